#!/bin/sh
# Groups that the kernel makes only when a driver probes their devices: arm64 up to 6.12.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# A card with two functions in one group, one whose functions have a group each, and a display for the host.
# shellcheck disable=SC2034 # for machine
late() {
	machine - <<-END
	iommu smmu late
	1 0000:00:01.0 0604 1b36:000c - pcieport -
	2 0000:01:00.0 0300 1234:1111 - - 0000:00:01.0
	2 0000:01:00.1 0403 8086:293e - - 0000:00:01.0
	3 0000:00:02.0 0604 1b36:000c - pcieport -
	4 0000:02:00.0 0200 8086:10d3 - - 0000:00:02.0
	5 0000:02:00.1 0200 8086:10d3 - - 0000:00:02.0
	6 0000:00:03.0 0300 1013:00b8 - - -
	7 0000:00:04.0 0106 8086:2922 - - -
	END
}

untouched() {
	driver "$1" -
	override "$1" '(null)'
}

test_named_and_its_siblings() {
	late
	boot 01:00.0
	line 'device address=0000:01:00.0 * group=2 for=/etc/vfio-early.conf:1 before=- after=vfio-pci result=bound'
	line 'device address=0000:01:00.1 * group=2 for=group before=- after=vfio-pci result=bound'
	line 'group id=2 result=viable'
	line 'result status=ok bound=2 *'
	untouched 0000:00:03.0
	not_called '*0000:02:00*'
	ended 0
}

test_neighbour_in_another_group_is_returned() {
	late
	boot 02:00.1
	line 'device address=0000:02:00.1 * group=5 for=* before=- after=vfio-pci result=bound'
	no_line '*0000:02:00.0*'
	line 'group id=5 result=viable'
	line 'result status=ok bound=1 *'
	untouched 0000:02:00.0
	ended 0
}

test_two_named_in_two_groups() {
	late
	boot '02:00'
	line 'device address=0000:02:00.0 * group=4 *result=bound'
	line 'device address=0000:02:00.1 * group=5 *result=bound'
	line 'group id=4 result=viable'
	line 'group id=5 result=viable'
	line 'result status=ok bound=2 *'
}

test_two_named_in_one_group() {
	late
	boot '01:00.1\n01:00.0'
	line 'device address=0000:01:00.0 * group=2 for=/etc/vfio-early.conf:2 *result=bound'
	line 'device address=0000:01:00.1 * group=2 for=/etc/vfio-early.conf:1 *result=bound'
	line 'group id=2 result=viable'
	assertEquals 1 "$(grep -c '^group ' "$out")"
}

test_on_the_root_bus_only_its_slot() {
	late
	boot '00:04.0'
	line 'device address=0000:00:04.0 * group=7 *result=bound'
	line 'result status=ok bound=1 *'
	not_called '*0000:00:03.0*'
}

test_siblings_none() {
	late
	boot '01:00.0 siblings=none'
	line 'device address=0000:01:00.0 * group=2 *result=bound'
	line 'group id=2 result=unchecked'
	line 'result status=ok bound=1 *'
	untouched 0000:01:00.1
}

test_the_bind_fails() {
	late
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' '01:00.0\n02:00.0'
	line 'device address=0000:01:00.0 * errno=EINVAL step=bind result=failed'
	line 'device address=0000:02:00.0 * group=4 *result=bound'
	line 'result status=degraded bound=1 *'
	untouched 0000:01:00.0
	untouched 0000:01:00.1
}

test_the_bind_of_a_sibling_fails() {
	late
	boot_with 'bind vfio-pci 0000:01:00.1=EINVAL' 01:00.0
	line 'device address=0000:01:00.0 * after=- result=returned'
	line 'device address=0000:01:00.1 * errno=EINVAL step=bind result=failed'
	line 'group id=- result=failed'
	untouched 0000:01:00.0
	untouched 0000:01:00.1
	ended 1
}

# What its group turns out to be is refused in the second pass, and what the first one took is returned.
test_refused_once_the_group_is_known() {
	late
	mkdir -p "$root/sys/kernel/iommu_groups/2"
	echo vfio-noiommu >"$root/sys/kernel/iommu_groups/2/name"
	boot '01:00.0\n02:00.0'
	line 'device address=0000:01:00.0 * group=2 * before=- after=- result=refused'
	line 'group id=2 result=refused refusal=no-iommu *'
	line 'device address=0000:02:00.0 * group=4 *result=bound'
	line 'result status=degraded bound=1 already=0 refused=2 *'
	untouched 0000:01:00.0
	untouched 0000:01:00.1
}

test_last_display_is_counted_over_both_passes() {
	late
	boot '01:00.0\n00:03.0'
	line 'device address=0000:01:00.0 *result=bound'
	refused last-display 0000:00:03.0
	untouched 0000:00:03.0
}

test_dry_run_says_what_it_cannot_know() {
	late
	dry 01:00.0
	line 'device address=0000:01:00.0 * group=- *result=planned'
	line 'group id=- result=unchecked'
	ended 0
}

test_second_run_changes_nothing() {
	late
	boot 01:00.0
	rm "$root/run/vfio-early.log"
	: >"$root/sim.log"
	boot 01:00.0
	line 'result status=ok bound=0 already=2 *'
	assertEquals '' "$(grep -v modprobe "$root/sim.log")"
}

test_recovery_leaves_them_alone() {
	late
	cmdline 'single'
	boot '01:00.0\n02:00.0 else=none'
	untouched 0000:01:00.0
	override 0000:02:00.0 none
	not_called 'bind *'
}

# shellcheck source=/dev/null
. shunit2
