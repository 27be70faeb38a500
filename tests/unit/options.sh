#!/bin/sh
# Every option of a configuration line.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
}

test_siblings_group_is_the_default() {
	dry '01:00.0 siblings=group'
	taken 0000:01:00.0 0000:01:00.1
	line 'group id=14 result=viable'
}

test_siblings_none() {
	dry '01:00.0 siblings=none'
	taken 0000:01:00.0
	no_line 'device address=0000:01:00.1 *'
	line 'group id=14 result=unchecked'
	ended 0
}

test_siblings_none_asks_for_no_viability() {
	machine lpc-has-driver
	dry '00:1f.3 siblings=none'
	taken 0000:00:1f.3
}

test_allow() {
	machine last-display
	dry '01:00.0 allow=last-display'
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_allow_of_something_else() {
	machine last-display
	dry '01:00.0 allow=boot-disk,in-use'
	refused last-display 0000:01:00.0
}

test_allow_knows_all_that_can_be_overruled() {
	dry '01:00.0 allow=boot-disk,root-network,default-route,in-use,last-input,last-display'
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_allow_adds_up_in_a_line() {
	machine last-display
	dry '01:00.0 allow=in-use allow=last-display'
	taken 0000:01:00.0 0000:01:00.1
}

test_except_slot() {
	dry '10de:1b80 except=01:00.0'
	taken 0000:02:00.0 0000:02:00.1
}

test_except_path_and_id() {
	dry '10de:1b80 except=00:01.1/00.0'
	taken 0000:01:00.0 0000:01:00.1
	dry '10de:1b80 except=10de:1b80:1458:3702'
	taken 0000:02:00.0 0000:02:00.1
}

test_except_several() {
	dry '10de:1b80 except=01:00.0,02:00.0'
	exact 'device address=- select=10de:1b80 for=/etc/vfio-early.conf:1 result=absent'
}

test_except_all_functions() {
	dry '10de:10f0 except=02:00'
	taken 0000:01:00.0 0000:01:00.1
}

test_driver() {
	dry '01:00.0 driver=vfio-pci'
	line 'device address=0000:01:00.0 *after=vfio-pci result=planned'
}

test_driver_pci_stub_is_for_the_named_device_only() {
	dry '01:00.0 driver=pci-stub'
	line 'device address=0000:01:00.0 *after=pci-stub result=planned'
	line 'device address=0000:01:00.1 *after=vfio-pci result=planned'
}

test_driver_variants() {
	for name in mlx5_vfio_pci nvgrace_gpu_vfio_pci xe-vfio-pci virtio_vfio_pci; do
		dry "01:00.0 driver=$name"
		line "device address=0000:01:00.0 *after=$name result=planned"
	done
}

test_optional_absence_is_no_failure() {
	dry '09:00.0 optional'
	exact 'device address=- select=09:00.0 for=/etc/vfio-early.conf:1 result=absent'
	line 'result status=ok *absent=1 planned=0'
	ended 0
}

test_optional_device_with_another_id_is_no_failure() {
	dry '03:00.0 10de:1b80 optional'
	line 'result status=ok *absent=1 planned=0'
	ended 0
}

test_optional_device_that_is_there() {
	dry '01:00.0 optional'
	taken 0000:01:00.0 0000:01:00.1
}

test_optional_is_no_excuse_for_a_refusal() {
	machine last-display
	dry '01:00.0 optional'
	line 'result status=refused *'
	ended 1
}

test_else_none_changes_nothing_where_the_device_is_taken() {
	dry '01:00.0 else=none'
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_set_timeout() {
	dry 'set timeout=30\n01:00.0'
	taken 0000:01:00.0 0000:01:00.1
	no_line 'error *'
	ended 0
}

test_options_in_any_order() {
	dry '10de:1b80 optional else=none driver=pci-stub except=01:00.0 allow=last-display siblings=none'
	taken 0000:02:00.0
	no_line 'error *'
}

test_timeout_is_at_most_an_hour() {
	dry 'set timeout=3600'
	no_line 'error *'
	dry 'set timeout=1000000'
	line 'error at=/etc/vfio-early.conf:1:13 *'
}

test_last_timeout_counts() {
	dry 'set timeout=5\nset timeout=6'
	no_line 'error *'
	ended 0
}

# shellcheck source=/dev/null
. shunit2
