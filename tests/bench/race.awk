# Turns the rows of boots.sh into the figures: over all boots, against one another
# within each boot, of the first run in a boot, and in instructions.
# usage: awk -v kernel=VERSION -f race.awk ROWS

function sort(list, n,   i, j, t) {
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
			t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
		}
}

function median(list, n) {
	return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

# Sets low, middle and high of a contender's runs in a boot, or in all.
function look(boot, contender,   i, n, list) {
	for (i = 1; i <= runs[boot, contender]; i++)
		list[++n] = time[boot, contender, i]
	sort(list, n)
	low = list[1]; middle = median(list, n); high = list[n]
}

function add(boot, contender, value) {
	time[boot, contender, ++runs[boot, contender]] = value
}

# The medians of two contenders in each boot, divided; then as look() does.
function divide(over, under,   i, list, a) {
	for (i = 1; i <= boots; i++) {
		look(i, over); a = middle
		look(i, under)
		list[i] = a / middle
	}
	sort(list, boots)
	low = list[1]; middle = median(list, boots); high = list[boots]
}

function fastest(contender) {
	look("all", contender)
	return low
}

function figure(name, text, target, met) {
	printf "%s: %s", name, text
	if (target)
		printf " (target: %s; %s)", target, met ? "met" : "missed"
	print ""
}

function report_times(contender, what) {
	look("all", contender)
	figure("time of " what, sprintf("%.1f ms (fastest %.1f, slowest %.1f), median of %d runs in %d boots",
	       middle / 1000, low / 1000, high / 1000, runs["all", contender], boots))
}

# The text of such a division, whose numbers have that form; sets low, middle and high.
function ratio(over, under, form,   a) {
	a = fastest(over) / fastest(under)
	divide(over, under)
	return sprintf(form " times, from " form " to " form " by boot; fastest runs " form, middle, low, high, a)
}

function report_script(script, what, target,   text) {
	text = ratio(script, "vfio-early", "%.1f")
	figure(what " against vfio-early-boot", text, target ? "at least " target : "", middle >= target)
}

{ add($2, $3, $4) }
$2 != "counted" {
	add("all", $3, $4)
	if (runs[$2, $3] == 1 && $2 != boots) {
		boots = $2
		first = first sprintf("%s%s %.1f ms", first ? ", " : "", $3, $4 / 1000)
	}
}

END {
	print "five devices in two groups, real boots of Debian's kernel " kernel " (quiet) in QEMU, before udev;"
	print "in turn in every boot, and what they did undone in between:"
	report_times("vfio-early", "vfio-early-boot")
	report_times("floor", "the floor (the same overrides and modules, no question asked)")
	report_times("overrides", "the shortest script (overrides and modprobe: no group, no unbind, no result)")
	report_times("group", "the shortest script with groups (and unbind, but it looks at no result)")
	report_times("usual", "the usual script with groups (the steps of vfio-pci-bind)")
	report_times("checked", "a script that does as much (groups, unbind, and it looks at the result)")
	text = ratio("vfio-early", "floor", "%.2f")
	figure("vfio-early-boot against the floor", text, "at most 1.15", middle <= 1.15)
	report_script("overrides", "the shortest script")
	report_script("group", "the shortest script with groups")
	report_script("usual", "the usual script with groups", 8)
	report_script("checked", "the script that does as much")
	figure("the first run in each boot, whose code QEMU has yet to translate", first)
	# the first ones count what the kernel still does after its start
	look("counted", "floor")
	a = low
	look("counted", "vfio-early")
	figure("instructions in the guest, kernel and all, which no other load disturbs",
	       sprintf("%.2f million for vfio-early-boot, %.2f for the floor, %.2f more", low / 1000, a / 1000,
		       (low - a) / 1000))
}
