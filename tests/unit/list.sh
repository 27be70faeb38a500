#!/bin/sh
# "vfio-early list": groups, devices, what the host has of them, and what the next boot does.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# value ADDRESS FIELD: of the JSON in $out
value() {
	jq -r ".devices[] | select(.address == \"$1\") | .$2" "$out"
}

# is ADDRESS FIELD VALUE
is() {
	assertEquals "$1 $2" "$3" "$(value "$1" "$2")"
}

setUp() {
	machine desktop
}

test_every_device_once() {
	host list --json
	ended 0
	assertEquals 17 "$(jq '.devices | length' "$out")"
	assertEquals 1 "$(jq .schema "$out")"
	is 0000:01:00.0 group 14
	is 0000:01:00.0 path 00:01.0/00.0
	is 0000:01:00.0 id 10de:1b80
	is 0000:00:01.0 driver pcieport
}

test_next_boot() {
	configure '01:00.0\n02:00.0\n00:02.0'
	host list --json
	is 0000:01:00.0 next_boot vfio-pci
	is 0000:01:00.1 next_boot vfio-pci
	is 0000:02:00.0 next_boot vfio-pci
	is 0000:00:02.0 next_boot 'refused: last-display'
	is 0000:03:00.0 next_boot host
	is 0000:00:01.0 next_boot null
}

test_left_without_driver() {
	configure '00:1f.3'
	host list --json
	is 0000:00:1f.3 next_boot vfio-pci
	is 0000:00:1f.0 next_boot null
}

# What is bound today is as unbound at the next boot as anything.
test_cold_view() {
	boot '01:00.0'
	rm "$conf"
	host list --json
	is 0000:01:00.0 driver vfio-pci
	is 0000:01:00.0 next_boot host
}

test_tree() {
	host list
	ended 0
	line 'ADDRESS *PATH *ID *NAME *DRIVER *USED-BY *NEXT-BOOT*'
	line 'group 14'
	line '*-01:00.0 00:01.0/00.0 *10de:1b80 *vfio-pci*'
	line 'Twins: 01:00.0, 02:00.0 have the same ID, 10de:1b80: select by path.'
	line 'next: vfio-early check *'
}

test_filters() {
	host list --display -J
	# 00:1f.3 has the sound of 00:02.0, and a group
	assertEquals '0000:00:02.0 0000:00:1f.3 0000:00:1f.4 0000:00:1f.5 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1' \
		"$(jq -r '.devices[].address' "$out" | xargs)"
	host list --storage -J
	assertEquals '0000:00:17.0 0000:03:00.0' "$(jq -r '.devices[].address' "$out" | xargs)"
	for selector in 01:00.1 01:00 00:01.0/00.0 10de:1b80:1458:3702; do
		host list -J "$selector"
		assertEquals "$selector" '0000:01:00.0 0000:01:00.1' "$(jq -r '.devices[].address' "$out" | xargs)"
	done
	host list --network
	ended 1
	assertEquals 'vfio-early: list: no such device' "$(cat "$err")"
}

test_columns() {
	host list -l -o address,GROUP,next-boot 01:00.0
	ended 0
	assertEquals 'ADDRESS GROUP NEXT-BOOT' "$(head -n 1 "$out" | xargs)"
	assertEquals '01:00.0 14 vfio-pci' "$(sed -n 2p "$out" | xargs)"
	host list -o address,nome
	ended 2
	assertEquals 'vfio-early: list: no such column: nome; did you mean NAME? See vfio-early list --help' "$(cat "$err")"
}

test_without_iommu() {
	machine desktop - <<-END
		iommu none
	END
	host list
	ended 0
	line 'No IOMMU groups: no DMAR table: VT-d is disabled in the firmware, or absent.'
	line 'fix: enable VT-d in the firmware setup'
	line '01:00.0 *'
	no_line 'group *'
}

test_screens_and_console() {
	on_device 0000:02:00.0 drm drm/card1/card1-DP-1
	echo connected >"$root/sys/class/drm/card1-DP-1/status"
	on_device 0000:01:00.0 drm drm/card0/card0-DP-1
	echo disconnected >"$root/sys/class/drm/card0-DP-1/status"
	echo 1 >"$root/sys/bus/pci/devices/0000:02:00.0/boot_vga"
	host list -J
	is 0000:02:00.0 used_by 'boot console, screen on DP-1'
	is 0000:01:00.0 used_by null
}

# What hangs on a disk's controller cannot be told without the mounts; no sound card is one.
test_unknown() {
	host list -J
	for device in 0000:00:17.0 0000:03:00.0 0000:00:14.0; do
		is $device used_by unknown
	done
	is 0000:01:00.0 used_by null
	is 0000:00:1f.3 used_by null
	host list --storage
	line '*03:00.0 *SM981* unknown *'
	host check 00:17.0 00:1f.3
	line 'WARN in use *the host may need 00:17.0 *: unknown'
	no_line '*may need 00:1f.3*'
	runs
	host list -J
	is 0000:00:17.0 used_by null
	is 0000:03:00.0 used_by /
}

test_keyboard() {
	runs
	keyboard 0000:00:14.0
	host list -J
	is 0000:00:14.0 used_by keyboard
	echo '1f0000 0 0 0 0' >"$root/sys/class/input/input3/capabilities/key"
	host list -J
	is 0000:00:14.0 used_by null
}

# A file system on LVM on LUKS on a partition, and swap on the disk.
test_disk_under_layers() {
	runs
	disk 0000:03:00.0 259:2 nvme/nvme0/nvme0n1/nvme0n1p2
	layer 254:0 dm-0 nvme0n1p2
	layer 254:1 dm-1 dm-0
	mounted 254:1 /home ext4 /dev/mapper/vg-home
	host list -J
	is 0000:03:00.0 used_by '/, /home'
	is 0000:00:17.0 used_by null
}

test_default_route_over_a_bridge() {
	on_device 0000:00:1f.5 net net/eth0
	mkdir -p "$root/sys/devices/virtual/net/br0" "$root/proc/net"
	ln -s ../../devices/virtual/net/br0 "$root/sys/class/net/br0"
	ln -s ../eth0 "$root/sys/devices/virtual/net/br0/lower_eth0"
	printf 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nbr0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' \
		>"$root/proc/net/route"
	host list -J
	is 0000:00:1f.5 used_by 'default route (br0), br0'
}

test_physical_slot() {
	mkdir -p "$root/sys/bus/pci/slots/7"
	echo 0000:02:00 >"$root/sys/bus/pci/slots/7/address"
	host list -J
	is 0000:02:00.0 slot 7
	is 0000:02:00.1 slot 7
	is 0000:01:00.0 slot null
}

# Each slot is read once, not once for each device.
test_fates() {
	configure '01:00.0\n02:00.0\n00:02.0'
	host list -J
	is 0000:00:02.0 next_boot 'refused: last-display'
	is 0000:01:00.0 next_boot vfio-pci
	configure '01:00.0 siblings=none\n03:00.0 else=none'
	host list -J
	is 0000:01:00.1 next_boot host
	is 0000:03:00.0 next_boot vfio-pci
	machine virtual-functions
	ln -s ../0000:07:00.0 "$root/sys/bus/pci/devices/0000:07:10.0/physfn"
	host list -J
	is 0000:07:10.0 next_boot 'comes later'
}

test_selectors_of_another_domain() {
	machine vmd-disk
	for selector in 10000:e1:00.0 10000:e1:00 10000:e0:06.0/00.0; do
		host list "$selector" -J
		ended 0
		assertEquals "$selector" '0000:00:0e.0 10000:e1:00.0' "$(jq -r '.devices[].address' "$out" | xargs)"
	done
	for selector in e1:00.0 10000:e0:06.0/01.0 10000:e0:06.0/00.0/00.0 e0:06.0/00.0; do
		host list "$selector"
		ended 1
	done
}

# A name without an address, or an address of another form, is no slot.
test_odd_slots() {
	mkdir -p "$root/sys/bus/pci/slots/empty" "$root/sys/bus/pci/slots/none" "$root/sys/bus/pci/slots/longer"
	: >"$root/sys/bus/pci/slots/empty/address"
	echo 0000:01:00.0 >"$root/sys/bus/pci/slots/longer/address"
	host list -J
	is 0000:01:00.0 slot null
}

test_slots_cost() {
	command -v strace >/dev/null || { skip 'no strace'; return; }
	for slot in 1 2 3 4 5 6 7 8 9; do
		mkdir -p "$root/sys/bus/pci/slots/$slot"
		echo "0000:8$slot:00" >"$root/sys/bus/pci/slots/$slot/address"
	done
	strace -o "$work/trace" "$top/build/vfio-early" list --root "$root" >/dev/null
	assertEquals 9 "$(grep 'sys/bus/pci/slots/./address' "$work/trace" | grep -cv O_PATH)"
}

# pci.ids does not know it, and libpci asks elsewhere then.
test_unknown_name() {
	machine - <<-END
		1 0000:00:02.0 0300 fffe:fffd 00 - -
	END
	host list -J
	ended 0
	is 0000:00:02.0 name 'Device fffd'
}

test_bad_usage() {
	host list 01:0x
	ended 2
	assertEquals 'vfio-early: list: no selector: 01:0x' "$(cat "$err")"
	host list 01:00.0 02:00.0
	ended 2
	host list --frobnicate
	ended 2
	assertTrue 'begins with the program' "grep -q '^vfio-early: list: ' '$err'"
}

test_no_sysfs() {
	rm -r "${root:?}/sys"
	host list
	ended 3
	assertEquals "vfio-early: list: $root/sys/bus/pci/devices: there is none: is /sys mounted?" "$(cat "$err")"
	"$VFIO_EARLY" list --root "$work/nowhere" 2>"$err"
	assertEquals 3 $?
	assertEquals "vfio-early: list: $work/nowhere: No such file or directory" "$(cat "$err")"
}

# shellcheck source=/dev/null
. shunit2
