# The words in which scenarios say what they expect. Sourced by scenario.sh; each
# looks at the findings in $out and says what is wrong.
# shellcheck shell=sh disable=SC2154

wrong() {
	echo "  $*"
	failures=$((failures + 1))
}

# matching FILE [WORD] KEY=VALUE...: the lines of a file that begin with the word
# and have all of the pairs.
matching() {
	awk 'BEGIN {
		file = ARGV[1]
		for (i = 2; i < ARGC; i++)
			want[i - 1] = ARGV[i]
		n = ARGC - 2
		ARGC = 2
	}
	{
		line = " " $0 " "
		for (i = 1; i <= n; i++) {
			at = index(line, " " want[i] " ")
			if (at == 0 || (want[i] !~ /=/ && at > 1))
				next
		}
		print
	}' "$@"
}

# record WORD KEY=VALUE...: the log has such a record, exactly one.
record() {
	records 1 "$@"
}

# records COUNT WORD KEY=VALUE...
records() {
	count=$1
	shift
	seen=$(matching "$out/log" "$@" | wc -l)
	[ "$seen" -eq "$count" ] ||
	    wrong "expected $count of this record, the log has $seen: $*"
}

# driver ADDRESS DRIVER: who has the device in the end; - is nobody.
driver() {
	[ -n "$(matching "$out/devices" "address=$1" "driver=$2")" ] ||
	    wrong "expected $1 on $2, seen: $(matching "$out/devices" "address=$1")"
}

override() {
	[ -n "$(matching "$out/devices" "address=$1" "override=$2")" ] ||
	    wrong "expected $1 with override $2, seen:" \
		"$(matching "$out/devices" "address=$1")"
}

# opens ADDRESS: a virtual machine could have the device.
opens() {
	[ -n "$(matching "$out/open" open "address=$1" result=ok)" ] ||
	    wrong "VFIO does not open $1: $(matching "$out/open" "address=$1")"
}

kernel_says() {
	grep -Eq -e "$1" "$out/dmesg" || wrong "the kernel log has no: $1"
}

kernel_never_says() {
	! grep -Eq -e "$1" "$out/dmesg" ||
	    wrong "the kernel log has: $(grep -E -m1 -e "$1" "$out/dmesg")"
}

# The driver core names a driver and a device in this form.
host_drivers='(bochs|cirrus|snd_hda|e1000|xhci|nvme|ahci|i801|lpc_ich|virtio)'

# taken ADDRESS FOR: bound by us before any driver of the host had it, and fit
# for a virtual machine.
taken() {
	record device "address=$1" "for=$2" before=- after=vfio-pci result=bound
	driver "$1" vfio-pci
	opens "$1"
	kernel_never_says "${host_drivers}[a-z0-9_-]*( |.* for )$1"
}

# taken_from DRIVER ADDRESS FOR: the same, out of that driver's hands.
taken_from() {
	record device "address=$2" "for=$3" "before=$1" after=vfio-pci result=bound
	driver "$2" vfio-pci
	opens "$2"
}

# hosts ADDRESS DRIVER: the host has it, as if we were not there.
hosts() {
	driver "$1" "$2"
	override "$1" '(null)'
}

# stranger ADDRESS DRIVER: not named, in no group of what is: the host has it, and the
# log does not speak of it.
stranger() {
	hosts "$1" "$2"
	! grep -Fq "$1" "$out/log" || wrong "the log speaks of $1: $(grep -F -m1 "$1" "$out/log")"
}

# groupless ADDRESS: the kernel had made no group for it before vfio-early began.
groupless() {
	! grep -Fq "$1" "$out/grouped" || wrong "$1 had a group before: nothing is proven"
}

# image_says and image_silent: what the image builder said.
image_says() {
	grep -Eq -e "$1" "$image.said" ||
	    wrong "the image builder did not say: $1"
}

image_silent() {
	! grep -Fq vfio-early "$image.said" ||
	    wrong "the image builder said: $(grep -F -m1 vfio-early "$image.said")"
}

# parameter MODULE NAME VALUE: how a loaded module was set.
parameter() {
	grep -Fxq "$1/parameters/$2=$3" "$out/parameters" ||
	    wrong "expected $1.$2=$3, seen: $(grep -F "$1/" "$out/parameters")"
}

# udevd_within SECONDS: udevd was started so soon after vfio-early had ended.
udevd_within() {
	awk -v limit="$1" 'FNR == NR { udevd = $1 / 100; next }
	     /^\[.*vfio-early: result / { sub(/^\[ */, ""); ours = $1 + 0 }
	     END { exit !(ours && udevd && udevd - ours < limit) }' \
	    "$out/udevd" "$out/dmesg" ||
	    wrong "udevd was not started within $1 s, see $out/dmesg"
}

# What is in a log of the decision, whether it was carried out or foretold.
decided() {
	awk '/^(error|iommu|group|device) / && !/ holds=/ {
		gsub(/ (before|after|errno|step)=[^ ]*/, "")
		sub(/result=(bound|already)$/, "result=planned")
		print
	}
	/^result / { print $1, $2 }' "$1"
}

# agrees: "vfio-early check" in the booted system foretells this very boot.
agrees() {
	[ -e "$out/foretold" ] || return 0
	decided "$out/log" >"$out/decided"
	decided "$out/foretold" >"$out/decided-by-check"
	diff "$out/decided" "$out/decided-by-check" >"$out/disagreement" ||
	    wrong "check does not foretell this boot: $(cat "$out/disagreement")"
}

# check_says REGEX: a line of "vfio-early check" in the booted system matches.
check_says() {
	[ ! -e "$out/check" ] || grep -Eq -e "$1" "$out/check" ||
	    wrong "vfio-early check does not say: $1"
}
