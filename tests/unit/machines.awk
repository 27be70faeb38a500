# Reads a table of tests/machines and prints what a dry run has to say for each of its functions as the only one
# in the configuration, as section "What is taken, and refusals" of the design demands; known nothing of the program.

function is_bridge(f) { return class[f] ~ /^06(00|01|04|07|09)$/ }
function is_for_guests(driver) { return driver == "vfio-pci" || driver == "pci-stub" }
function is_hosts_display(f) { return class[f] ~ /^03(00|01|80)$/ && !is_for_guests(driver[f]) }

# The way from the root bus: the first function with its bus, then the device and function behind each bridge.
function path(f,   hop) {
	hop = substr(address[f], length(address[f]) - 3)
	if (parent[f] != "-")
		return path(number[parent[f]]) "/" hop
	return domain(f) == "0000" ? substr(address[f], 6) : address[f]
}

function domain(f) { return substr(address[f], 1, index(address[f], ":") - 1) }

function device(f, selected, after, result) {
	printf "device address=%s path=%s id=%s class=%s group=%s for=%s before=%s after=%s result=%s\n", address[f],
		path(f), id[f], class[f] "00", group[f], f == selected ? "/etc/vfio-early.conf:1" : "group", driver[f],
		after, result
}

function end(status, already, refused, planned) {
	printf "result status=%s bound=0 already=%d refused=%d failed=0 absent=0 planned=%d\nexit %d\n", status, already,
		refused, planned, status != "ok"
}

function is_member(f, s) { return f == s || (group[s] != "-" && group[f] == group[s]) }

function expect(s,   f, mine, displays, obstacles, refusal, because, taken, already, planned) {
	print "select " address[s]
	if (is_bridge(s))
		print "error " address[s] " is a bridge"
	print "iommu state=on kind=" kind
	if (is_bridge(s)) {
		end("degraded", 0, 0, 0)
		return
	}
	for (f = 1; f <= count; f++) {
		takes[f] = is_member(f, s) && !is_bridge(f) && (class[f] !~ /^06/ || f == s)
		if (takes[f] && is_hosts_display(f)) {
			mine++
			displays = displays "," address[f]
		}
		if (is_member(f, s) && !takes[f] && driver[f] !~ /^(-|pcieport|vfio-pci|pci-stub)$/)
			obstacles = obstacles "," address[f]
	}
	if (mine && mine == all_displays) { refusal = refusal ",last-display"; because = because displays }
	if (obstacles) { refusal = refusal ",group-not-viable"; because = because obstacles }
	if (group[s] == "-") { refusal = refusal ",no-iommu"; because = because "," address[s] }
	for (f = 1; f <= count; f++) {
		if (!is_member(f, s))
			continue
		if (!takes[f])
			device(f, s, driver[f], "left")
		else if (refusal)
			device(f, s, driver[f], "refused")
		else
			device(f, s, "vfio-pci", driver[f] == "vfio-pci" ? "already" : "planned")
		taken += takes[f]
		already += takes[f] && driver[f] == "vfio-pci"
	}
	if (refusal)
		print "group id=" group[s] " result=refused refusal=" substr(refusal, 2) " because=" substr(because, 2)
	else
		print "group id=" group[s] " result=viable"
	if (refusal)
		end("refused", 0, taken, 0)
	else
		end("ok", already, 0, taken - already)
}

BEGIN { FS = "\t" }
/^#/ { next }
{
	number[$2] = ++count
	group[count] = $1; address[count] = $2; class[count] = $3; id[count] = $4; driver[count] = $6; parent[count] = $7
	all_displays += is_hosts_display(count)
}
END {
	kind = id[1] ~ /^1022:/ ? "amd" : id[1] ~ /^1014:/ ? "other" : "intel"
	for (s = 1; s <= count; s++)
		expect(s)
}
