#!/bin/sh
# Lines that meet in one device or in one group.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
}

test_for_names_the_first_line() {
	dry '10de:1b80\n01:00.0'
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:1 *'
	dry '01:00.0\n10de:1b80'
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:1 *'
	line 'device address=0000:02:00.0 *for=/etc/vfio-early.conf:2 *'
}

test_allow_adds_up_on_one_device() {
	machine last-display
	dry '01:00.0 allow=in-use\n01:00.0 allow=last-display'
	taken 0000:01:00.0 0000:01:00.1
	dry '01:00.0 allow=last-display\n01:00.0 allow=in-use'
	taken 0000:01:00.0 0000:01:00.1
}

test_allow_adds_up_in_a_group() {
	machine last-display
	dry '01:00.0\n01:00.1 allow=last-display'
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.1 *for=/etc/vfio-early.conf:2 *'
	dry '01:00.0 allow=last-display\n01:00.1'
	taken 0000:01:00.0 0000:01:00.1
}

test_siblings_group_beats_none() {
	dry '01:00.0 siblings=none\n01:00.0 siblings=group'
	taken 0000:01:00.0 0000:01:00.1
	line 'group id=14 result=viable'
	dry '01:00.0\n01:00.0 siblings=none'
	taken 0000:01:00.0 0000:01:00.1
}

test_siblings_group_beats_none_in_a_group() {
	dry '00:1f.3 siblings=none\n00:1f.4'
	taken 0000:00:1f.3 0000:00:1f.4 0000:00:1f.5
	line 'group id=7 result=viable'
}

test_siblings_none_twice() {
	dry '00:1f.3 siblings=none\n00:1f.4 siblings=none'
	taken 0000:00:1f.3 0000:00:1f.4
	line 'group id=7 result=unchecked'
}

test_explicit_driver_beats_the_default() {
	dry '01:00.0\n01:00.0 driver=pci-stub'
	line 'device address=0000:01:00.0 *after=pci-stub *'
	dry '01:00.0 driver=pci-stub\n01:00.0'
	line 'device address=0000:01:00.0 *after=pci-stub *'
	ended 0
}

test_same_driver_twice() {
	dry '01:00.0 driver=pci-stub\n10de:1b80 driver=pci-stub'
	line 'device address=0000:02:00.0 *after=pci-stub *'
	ended 0
}

test_two_drivers_are_a_mistake_in_the_later_line() {
	dry '01:00.0 driver=pci-stub\n01:00.0   driver=vfio-pci'
	line 'error at=/etc/vfio-early.conf:2:* text=*pci-stub*'
	line 'device address=0000:01:00.0 *after=pci-stub result=planned'
	line 'result status=degraded *'
	ended 1
}

test_a_sibling_that_is_named_has_its_own_driver() {
	dry '01:00.0\n01:00.1 driver=pci-stub'
	line 'device address=0000:01:00.0 *after=vfio-pci *'
	line 'device address=0000:01:00.1 *for=/etc/vfio-early.conf:2 *after=pci-stub *'
}

test_one_group_record_for_lines_that_meet() {
	dry '01:00.0\n01:00.1\n10de:1b80'
	assertEquals 1 "$(grep -c '^group id=14 ' "$out")"
	assertEquals 1 "$(grep -c '^device address=0000:01:00.0 ' "$out")"
}

test_groups_are_in_the_order_of_the_configuration() {
	dry '02:00.0\n00:1f.3\n01:00.0'
	assertEquals '15 7 14' "$(sed -n 's/^group id=\([0-9]*\) .*/\1/p' "$out" | xargs)"
}

test_optional_line_and_a_line_that_is_not() {
	dry '09:00.0 optional\n09:00.0'
	line 'result status=degraded *'
	ended 1
}

# shellcheck source=/dev/null
. shunit2
