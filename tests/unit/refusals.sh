#!/bin/sh
# What is taken, what is left, and the refusals of this step (see also the golden plans).
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

test_last_display_by_id_of_twins() {
	machine - <<-.
		14 0000:01:00.0 0300 10de:1b80 a1 - -
		15 0000:02:00.0 0300 10de:1b80 a1 - -
	.
	dry '10de:1b80'
	result 0000:01:00.0 planned
	result 0000:02:00.0 refused
	line 'group id=15 result=refused refusal=last-display because=0000:02:00.0 *'
	ended 1
}

test_last_display_counts_in_the_order_of_the_configuration() {
	machine last-of-two-displays
	dry '01:00.0\n02:00.0'
	result 0000:01:00.0 planned
	result 0000:02:00.0 refused
	dry '02:00.0\n01:00.0'
	result 0000:02:00.0 planned
	result 0000:01:00.0 refused
}

test_last_display_allowed_for_the_other_line() {
	machine last-of-two-displays
	dry '01:00.0 allow=last-display\n02:00.0'
	result 0000:01:00.0 planned
	result 0000:02:00.0 refused
	dry '01:00.0\n02:00.0 allow=last-display'
	taken 0000:01:00.0 0000:02:00.0
}

test_a_display_that_is_refused_stays() {
	machine - <<-.
		14 0000:01:00.0 0300 10de:1b80 a1 -       -
		14 0000:01:00.1 0601 8086:1b80 a1 lpc_ich -
		15 0000:02:00.0 0300 10de:1b80 a1 -       -
	.
	dry '01:00.0\n02:00.0'
	line 'group id=14 result=refused refusal=group-not-viable because=0000:01:00.1 *'
	result 0000:02:00.0 planned
}

test_last_display_taken_as_a_sibling() {
	machine - <<-.
		14 0000:00:02.0 0300 8086:0412 06 - -
		14 0000:00:03.0 0403 8086:0c0c 06 - -
	.
	dry '00:03.0'
	refused last-display 0000:00:02.0
	result 0000:00:03.0 refused
}

test_two_displays_of_one_group_are_both_named() {
	machine - <<-.
		14 0000:01:00.0 0300 10de:1b80 a1 - -
		14 0000:02:00.0 0380 10de:1b81 a1 - -
	.
	dry '01:00.0'
	refused last-display 0000:01:00.0,0000:02:00.0
}

test_what_counts_as_a_display() {
	for class in 0300 0301 0380; do
		machine - <<-.
			14 0000:01:00.0 $class 10de:1b80 a1 - -
		.
		dry '01:00.0'
		refused last-display 0000:01:00.0
	done
	for class in 0302 0400 1200; do
		machine - <<-.
			14 0000:01:00.0 $class 10de:1b80 a1 - -
		.
		dry '01:00.0'
		taken 0000:01:00.0
	done
}

test_a_3d_controller_is_no_display_to_keep() {
	machine - <<-.
		14 0000:01:00.0 0300 10de:1b80 a1 - -
		15 0000:02:00.0 0302 10de:1db1 a1 - -
	.
	dry '01:00.0'
	refused last-display 0000:01:00.0
}

test_a_display_on_pci_stub_is_not_left() {
	machine - <<-.
		14 0000:01:00.0 0300 10de:1b80 a1 -        -
		15 0000:02:00.0 0300 10de:1b80 a1 pci-stub -
	.
	dry '01:00.0'
	refused last-display 0000:01:00.0
}

test_a_display_that_is_already_taken_is_no_loss() {
	machine - <<-.
		14 0000:01:00.0 0300 10de:1b80 a1 vfio-pci - override=vfio-pci
	.
	dry '01:00.0'
	line 'group id=14 result=viable'
	ended 0
}

test_siblings_none_does_not_save_the_last_display() {
	machine last-display
	dry '01:00.0 siblings=none'
	refused last-display 0000:01:00.0
}

test_no_display_at_all() {
	machine - <<-.
		14 0000:01:00.0 0200 8086:15a1 a1 - -
	.
	dry '01:00.0'
	taken 0000:01:00.0
}

test_disk_behind_vmd() {
	machine vmd-disk
	dry '10000:e1:00.0'
	refused own-parent 0000:00:0e.0
	line '*remedy=*0000:00:0e.0*'
	taken
}

test_disk_behind_vmd_without_an_iommu() {
	machine vmd-disk - <<-.
		iommu intel off
	.
	dry '10000:e1:00.0'
	line 'group id=- result=refused refusal=no-iommu because=10000:e1:00.0 *'
}

test_disk_with_a_group_of_its_own_behind_vmd() {
	machine - <<-.
		6 0000:00:0e.0 0104 8086:467f - vmd -
		7 10000:e1:00.0 0108 144d:a808 - nvme 0000:00:0e.0/pci10000:e1
	.
	dry '10000:e1:00.0'
	taken 10000:e1:00.0
}

# The tree does not show the controller whose name is in the path of the disk.
test_disk_behind_a_controller_that_is_not_there() {
	machine vmd-disk
	rm "$root/sys/bus/pci/devices/0000:00:0e.0"
	dry '10000:e1:00.0'
	no_line '*own-parent*'
	taken 10000:e1:00.0
}

# It goes when the driver of the controller goes.
test_last_display_behind_a_controller() {
	machine - <<-.
		6 0000:00:0e.0 0104 8086:467f - vmd -
		6 10000:e1:00.0 0300 10de:1b80 - nouveau 0000:00:0e.0/pci10000:e1
	.
	dry '00:0e.0'
	refused last-display 10000:e1:00.0
	dry '00:0e.0 allow=last-display'
	taken 0000:00:0e.0
}

test_own_parent_cannot_be_overruled() {
	machine vmd-disk
	dry '10000:e1:00.0\n00:0e.0'
	line 'group id=6 result=refused refusal=own-parent *'
}

test_the_vmd_controller() {
	machine vmd-disk
	dry '00:0e.0'
	taken 0000:00:0e.0
	line 'group id=6 result=viable'
	ended 0
}

test_path_of_a_disk_behind_vmd() {
	machine vmd-disk
	dry '10000:e0:06.0/00.0'
	line 'device address=10000:e1:00.0 path=10000:e0:06.0/00.0 *for=/etc/vfio-early.conf:1 *'
}

test_a_bridge_above_in_the_group_is_no_parent() {
	machine root-port-in-group
	dry '01:00.0'
	line 'group id=1 result=viable'
}

test_drivers_that_a_bridge_may_have() {
	for driver in pcieport vfio-pci pci-stub; do
		machine - <<-.
			8 0000:00:1e.0 0604 8086:244e a6 $driver -
			8 0000:05:01.0 0200 8086:100e 03 -       0000:00:1e.0
		.
		dry '05:01.0'
		result 0000:05:01.0 planned
	done
}

test_host_bridge_with_a_driver() {
	for kernel in 5.10.0-32-amd64 6.12.107+deb13-amd64; do
		machine - <<-.
			kernel $kernel
			8 0000:00:00.0 0600 8086:3ec2 07 agpgart-intel -
			8 0000:00:01.0 0880 8086:100e 03 -             -
		.
		dry '00:01.0'
		refused group-not-viable 0000:00:00.0
	done
}

test_host_bridge_without_a_driver_is_kept_so() {
	machine - <<-.
		8 0000:00:00.0 0600 8086:3ec2 07 - -
		8 0000:00:01.0 0880 8086:100e 03 - -
	.
	dry '00:01.0'
	taken 0000:00:01.0
	line 'device address=0000:00:00.0 *before=- after=- result=left'
}

test_other_bridge_with_a_driver() {
	machine - <<-.
		5 0000:00:08.0 0680 8086:1911 - i7core_edac -
		5 0000:00:08.1 0880 8086:1912 - -           -
	.
	dry '00:08.1'
	refused group-not-viable 0000:00:08.0
	dry '00:08.1\n00:08.0'
	taken 0000:00:08.0 0000:00:08.1
}

test_a_kernel_between() {
	machine shpchp-new-kernel - <<-.
		kernel 5.19.0
	.
	run_dry
	refused group-not-viable 0000:00:1e.0
	machine shpchp-new-kernel - <<-.
		kernel 5.18.19
	.
	run_dry
	line 'group id=8 result=viable'
}

test_several_obstacles_are_all_named() {
	machine lpc-has-driver - <<-.
		7 0000:00:1f.1 0601 8086:a306 10 lpc_ich -
		member 7 INT0800:00 something
	.
	run_dry
	refused group-not-viable 0000:00:1f.0,0000:00:1f.1,INT0800:00
}

test_all_refusals_are_reported() {
	machine - <<-.
		7 0000:00:1f.0 0601 8086:a305 10 lpc_ich -
		7 0000:00:1f.3 0300 8086:a348 10 -       -
	.
	dry '00:1f.3'
	refused last-display,group-not-viable 0000:00:1f.*
	line '*because=*0000:00:1f.0*'
	line '*because=*0000:00:1f.3*'
}

test_one_refused_group_does_not_stop_the_others() {
	machine lpc-has-driver - <<-.
		8 0000:03:00.0 0108 144d:a808 - - -
	.
	dry '00:1f.3\n03:00.0'
	taken 0000:03:00.0
	ended 1
}

test_status_refused_is_for_refusals_alone() {
	machine lpc-has-driver
	dry '00:1f.3'
	line 'result status=refused *'
	dry '00:1f.3\n09:00.0'
	line 'result status=degraded *'
	dry '00:1f.3\n09:00.0 optional'
	line 'result status=refused *'
}

test_nothing_of_another_group() {
	machine virtual-functions
	dry '07:10.2'
	taken 0000:07:10.2
	no_line 'device address=0000:07:00.0 *'
}

test_group_that_cannot_be_read() {
	machine desktop
	rm -r "$root/sys/kernel/iommu_groups/14"
	dry '01:00.0'
	line 'group id=14 result=refused refusal=group-not-viable *'
	ended 1
}

test_remedy_of_a_module_is_its_blacklist() {
	machine lpc-has-driver
	run_dry
	line '*remedy=*modprobe.blacklist=lpc_ich*'
}

# A driver that is built in and has parameters has such a link, too.
test_a_built_in_driver_cannot_be_blacklisted() {
	machine lpc-has-driver
	rm "$root/sys/module/lpc_ich/initstate"
	run_dry
	line '*remedy="put the device into a slot with a group of its own: 0000:00:1f.0 has the built-in driver lpc_ich *'
}

test_own_parent_without_siblings() {
	machine vmd-disk
	dry '10000:e1:00.0 siblings=none'
	refused own-parent 0000:00:0e.0
}

test_devices_without_a_group_are_refused_one_by_one() {
	machine group-missing - <<-.
		- 0000:01:00.1 0200 8086:15a1 05 - -
	.
	dry '01:00.0\n01:00.1'
	line 'group id=- result=refused refusal=no-iommu because=0000:01:00.0 *'
	line 'group id=- result=refused refusal=no-iommu because=0000:01:00.1 *'
	line 'result status=refused * refused=2 *'
}

test_remedy_names_the_line_to_change() {
	machine last-display
	dry '\n01:00.0'
	line '*remedy=*allow=last-display*/etc/vfio-early.conf:2*'
	configure ''
	cmdline 'vfio.slots=01:00.0'
	run_dry
	line '*remedy=*allow=last-display*'
	no_line '*vfio-early.conf*'
}

test_remedy_of_a_built_in_driver_is_no_blacklist() {
	machine shpchp-new-kernel
	run_dry
	no_line '*blacklist*'
}

test_other_guest_drivers_become_vfio_pci() {
	machine - <<-.
		14 0000:01:00.0 0200 10de:1b80 a1 pci-stub -
		14 0000:01:00.1 0403 10de:10f0 a1 pci-stub -
	.
	dry '01:00.0'
	line 'device address=0000:01:00.1 *for=group before=pci-stub after=vfio-pci result=planned'
	dry '01:00.0 driver=pci-stub'
	line 'device address=0000:01:00.0 *before=pci-stub after=pci-stub result=already'
}

test_a_platform_device_with_a_driver_on_an_old_kernel() {
	for kernel in 5.10.0-32-amd64 6.1.0; do
		machine desktop - <<-.
			kernel $kernel
			member 14 PNP0C02:00 some_driver
		.
		dry 01:00.0
		refused group-not-viable PNP0C02:00
	done
}

test_a_driver_on_a_bridge_and_a_kernel_that_is_not_known() {
	machine - <<-.
		kernel unknown
		3 0000:00:02.0 0300 8086:3e92 - i915 -
		14 0000:00:01.0 0604 8086:1901 - shpchp -
		14 0000:01:00.0 0300 10de:1b80 - - 0000:00:01.0
	.
	dry 01:00.0
	refused group-not-viable 0000:00:01.0
}

# What is to stay without a driver gets an override, too, which has to be put back; what keeps its driver gets none.
test_an_override_of_a_bridge_that_cannot_be_read() {
	machine lpc-kept-driverless
	rm "$root/sys/bus/pci/devices/0000:00:1f.0/driver_override"
	dry 00:1f.3
	refused group-not-viable 0000:00:1f.0
	has 'driver_override of 0000:00:1f.0 cannot be read'
	machine root-port-in-group
	rm "$root/sys/bus/pci/devices/0000:00:01.0/driver_override"
	dry 01:00.0
	line 'group id=1 result=viable'
}

# shellcheck source=/dev/null
. shunit2
