#!/bin/sh
# Bad input of every kind: a record of what and where, everything else still done.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
	mkdir "$root/etc/vfio-early.conf.d"
	echo 02:00.0 >"$root/etc/vfio-early.conf.d/good.conf"
}

# the good drop-in holds, whatever else there is
good_holds() {
	result 0000:02:00.0 planned
	ended 1
}

test_directory_as_the_file() {
	rm "$conf"
	mkdir "$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf text=*'
	good_holds
}

test_directory_as_a_drop_in() {
	mkdir "$root/etc/vfio-early.conf.d/x.conf"
	dry ''
	line 'error at=/etc/vfio-early.conf.d/x.conf text=*'
	good_holds
}

test_file_as_the_directory() {
	rm -r "$root/etc/vfio-early.conf.d"
	: >"$root/etc/vfio-early.conf.d"
	dry 01:00.0
	line 'error at=/etc/vfio-early.conf.d text=*'
	taken 0000:01:00.0 0000:01:00.1
	ended 1
}

test_file_that_cannot_be_read() {
	# reading fails there, even for root
	ln -sf /proc/self/mem "$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf text=*'
	good_holds
}

test_link_to_nowhere() {
	ln -sf nowhere "$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf text=*'
	good_holds
}

test_link_to_itself() {
	ln -sf loop.conf "$root/etc/vfio-early.conf.d/loop.conf"
	dry ''
	line 'error at=/etc/vfio-early.conf.d/loop.conf text=*'
	good_holds
}

test_fifo() {
	rm "$conf"
	mkfifo "$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf text=*'
	good_holds
}

test_device_node() {
	ln -sf /dev/zero "$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf text=*'
	good_holds
}

test_binary_garbage() {
	head -c 20000 "$BOOT" >"$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf:1:* text=*'
	good_holds
	[ "$(wc -c <"$out")" -lt 65536 ] || fail 'the log is too long'
}

test_file_of_many_mistakes() {
	yes nonsense | head -5000 >"$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf:1:1 *'
	good_holds
	[ "$(wc -c <"$out")" -lt 65536 ] || fail 'the log is too long'
}

test_huge_file() {
	head -c 5000000 /dev/zero | tr '\0' '#' >"$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf* text=*'
	good_holds
}

test_zeros() {
	printf '01:00.0\000\n' >"$conf"
	run_dry
	line 'error at=/etc/vfio-early.conf:1:8 *'
	good_holds
}

test_no_sys() {
	rm -r "$root/sys"
	dry 01:00.0
	line 'error at=*sys* text=*'
	line 'device address=- select=01:00.0 *result=absent'
	ended 1
}

test_no_sys_and_nothing_asked() {
	rm -r "$root/sys" "$root/etc/vfio-early.conf.d"
	dry ''
	line 'result status=nothing *'
	ended 0
}

test_no_proc() {
	rm -r "$root/proc"
	dry ''
	line 'error at=/proc/cmdline text=*'
	good_holds
}

test_no_etc() {
	rm -r "${root:?}/etc"
	run_dry
	line 'result status=nothing *'
	ended 0
}

test_file_as_etc() {
	rm -r "${root:?}/etc"
	: >"$root/etc"
	run_dry
	line 'error at=/etc/vfio-early.conf text="cannot be read: ENOTDIR"'
	line 'error at=/etc/vfio-early.conf.d text="cannot be read: ENOTDIR"'
	ended 1
}

# no word of it may ask for a recovery boot ("s", "S", "1", "-b")
test_command_line_of_garbage() {
	head -c 20000 "$BOOT" | tr 'sS1b' '....' >"$root/proc/cmdline"
	dry ''
	result 0000:02:00.0 planned
}

test_command_line_with_zeros() {
	printf 'quiet\000vfio.slots=01:00.0\n' >"$root/proc/cmdline"
	dry ''
	result 0000:02:00.0 planned
}

test_command_line_without_end_of_quotes() {
	cmdline 'quiet vfio.slots="01:00.0'
	dry ''
	result 0000:01:00.0 planned
	result 0000:02:00.0 planned
}

test_empty_command_line() {
	: >"$root/proc/cmdline"
	dry ''
	result 0000:02:00.0 planned
	ended 0
}

test_manifest_of_garbage() {
	head -c 20000 "$BOOT" >"$root/usr/lib/vfio-early/manifest"
	dry ''
	result 0000:02:00.0 planned
}

test_manifest_that_cannot_be_read() {
	rm "$root/usr/lib/vfio-early/manifest"
	mkdir "$root/usr/lib/vfio-early/manifest"
	dry ''
	line 'error at=/usr/lib/vfio-early/manifest text=*'
	good_holds
}

test_names_in_sysfs_that_are_no_devices() {
	mkdir "$root/sys/bus/pci/devices/nonsense" "$root/sys/bus/pci/devices/0000:01:00.0x"
	dry 10de:1b80
	result 0000:02:00.0 planned
	ended 0
}

test_device_without_uevent() {
	rm "$root/sys/bus/pci/devices/0000:03:00.0/uevent"
	dry 10de:1b80
	result 0000:02:00.0 planned
}

test_uevent_of_garbage() {
	printf 'PCI_ID=zz:\nPCI_CLASS=\nDRIVER\n=\n' >"$root/sys/bus/pci/devices/0000:03:00.0/uevent"
	dry 'ffff:ffff\n03:00.0'
	result 0000:02:00.0 planned
}

test_device_without_config() {
	machine root-port-in-group
	rm "$root/sys/bus/pci/devices/0000:00:01.1/config"
	: >"$root/sys/bus/pci/devices/0000:00:01.0/config"
	dry 01:00.0
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0
}

test_group_with_a_member_that_is_gone() {
	ln -s ../nowhere "$root/sys/kernel/iommu_groups/14/devices/0000:77:00.0"
	dry 01:00.0
	result 0000:02:00.0 planned
	result 0000:01:00.0 planned
}

test_release_of_a_kernel_that_is_no_number() {
	echo 'linux-next' >"$root/proc/sys/kernel/osrelease"
	dry 01:00.0
	result 0000:01:00.0 planned
	ended 0
}

test_member_of_a_group_that_cannot_be_read() {
	rm "$root/sys/bus/pci/devices/0000:01:00.1/uevent"
	dry 01:00.0
	refused group-not-viable 0000:01:00.0
	has 'its group cannot be read: see /sys/kernel/iommu_groups/14'
	good_holds
}

# A member that is gone is not taken for a device of the platform, however the line finds the others.
test_member_that_is_gone_of_a_group_that_is_found_by_its_id() {
	ln -s ../nowhere "$root/sys/kernel/iommu_groups/14/devices/0000:77:00.0"
	for selector in 01:00.0 10de:1b80; do
		dry "$selector"
		line 'group id=14 result=viable'
		no_line '*0000:77:00.0*'
	done
}

# The first is below no host bridge, on the way to the second is what is no function, and the third is a link by another way.
test_a_place_that_is_none() {
	device=$root/sys/bus/pci/devices/0000:03:00.0
	cp -a "$(readlink -f "$device")" "$work/03:00.0"
	for place in ../../../devices/pci0000:77 ../../../devices/pci0000:00/what/0000:03:00.0 "$root/sys/elsewhere/03:00.0"; do
		ln -sfn "$place" "$device"
		place=$(readlink -m "$device")
		mkdir -p "${place%/*}"
		cp -a "$work/03:00.0" "$place"
		dry 03:00.0
		line 'device address=0000:03:00.0 path=- *'
		result 0000:03:00.0 planned
	done
	rm -r "$work/03:00.0"
}

# A link of sysfs always has a directory in front of the name.
test_a_link_to_a_name_alone() {
	ln -sfn 14 "$root/sys/bus/pci/devices/0000:01:00.0/iommu_group"
	dry 01:00.0
	line 'device address=0000:01:00.0 * group=14 *'
}

# shellcheck source=/dev/null
. shunit2
