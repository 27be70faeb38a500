#!/bin/sh
# The tools of these tests: what mktree makes is what the kernel shows.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# shows FILE TEXT: the file in the tree has this in it, and only this
shows() {
	assertEquals "$1" "$2" "$(cat "$root/$1")"
}

devices=sys/bus/pci/devices

test_uevent() {
	machine desktop
	shows $devices/0000:01:00.0/uevent 'PCI_CLASS=30000
PCI_ID=10DE:1B80
PCI_SUBSYS_ID=1458:3702
PCI_SLOT_NAME=0000:01:00.0
MODALIAS=pci:v000010DEd00001B80sv00001458sd00003702bc03sc00i00'
	shows $devices/0000:00:01.0/uevent 'DRIVER=pcieport
PCI_CLASS=60400
PCI_ID=8086:1901
PCI_SUBSYS_ID=0000:0000
PCI_SLOT_NAME=0000:00:01.0
MODALIAS=pci:v00008086d00001901sv00000000sd00000000bc06sc04i00'
	shows $devices/0000:00:14.0/uevent 'PCI_CLASS=C0330
PCI_ID=8086:A36D
PCI_SUBSYS_ID=1458:5007
PCI_SLOT_NAME=0000:00:14.0
MODALIAS=pci:v00008086d0000A36Dsv00001458sd00005007bc0Csc03i30'
}

test_attributes() {
	machine desktop
	shows $devices/0000:00:14.0/class 0x0c0330
	shows $devices/0000:00:14.0/vendor 0x8086
	shows $devices/0000:00:14.0/device 0xa36d
	shows $devices/0000:00:14.0/subsystem_vendor 0x1458
	shows $devices/0000:00:14.0/subsystem_device 0x5007
	shows $devices/0000:00:14.0/revision 0x10
	shows $devices/0000:00:14.0/driver_override '(null)'
}

test_configuration_space() {
	machine desktop
	assertEquals 256 "$(wc -c <"$root/$devices/0000:01:00.0/config")"
	assertEquals 'de 10 80 1b' "$(od -An -tx1 -N4 "$root/$devices/0000:01:00.0/config" | xargs)"
	assertEquals 'a1 00 00 03' "$(od -An -tx1 -j8 -N4 "$root/$devices/0000:01:00.0/config" | xargs)"
	assertEquals 80 "$(od -An -tx1 -j14 -N1 "$root/$devices/0000:01:00.0/config" | xargs)"
	assertEquals 81 "$(od -An -tx1 -j14 -N1 "$root/$devices/0000:00:01.0/config" | xargs)"
	assertEquals 01 "$(od -An -tx1 -j14 -N1 "$root/$devices/0000:00:1b.0/config" | xargs)"
}

test_links() {
	machine desktop - <<-.
		driver nouveau
		20 0000:04:00.0 0300 10de:1b81 - nouveau 0000:00:1b.0
	.
	assertEquals ../../../devices/pci0000:00/0000:00:1b.0/0000:04:00.0 "$(readlink "$root/$devices/0000:04:00.0")"
	assertEquals ../../../../bus/pci/drivers/nouveau "$(readlink "$root/$devices/0000:04:00.0/driver")"
	assertEquals ../../../../kernel/iommu_groups/20 "$(readlink "$root/$devices/0000:04:00.0/iommu_group")"
	assertEquals "$root/sys/module/nouveau" "$(readlink -e "$root/sys/bus/pci/drivers/nouveau/module")"
	assertEquals '' "$(find "$root" -xtype l)"
	[ ! -e "$root/sys/bus/pci/drivers/pcieport/module" ] || fail 'pcieport is built in'
}

test_domain_behind_a_controller() {
	machine vmd-disk
	assertEquals ../../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0 \
		"$(readlink "$root/$devices/10000:e1:00.0")"
	assertEquals "$root/sys/kernel/iommu_groups/6" "$(readlink -e "$root/$devices/10000:e1:00.0/iommu_group")"
}

test_tables_are_whole() {
	for table in "$top"/tests/machines/*.tsv; do
		machine "$table"
		assertEquals "$(grep -vc '^#' "$table")" "$(find "$root/$devices" -type l | wc -l)"
		assertEquals "$table" '' "$(find "$root/sys" -xtype l)"
	done
}

test_wrong_descriptions() {
	for text in 'nonsense' '1 0000:00:00.0 0600' '1 0000:00:00.0 0600 8086 - - -' \
		'1 0000:00:00.0 0600 8086:3ec2 - - 0000:09:00.0' 'iommu magic'; do
		echo "$text" | "$MKTREE" - "$work/wrong" 2>"$err" && fail "taken: $text"
		[ -s "$err" ] || fail "no message: $text"
	done
	rm -rf "$work/wrong"
}

test_big_machines() {
	for functions in 20 500; do
		awk -v functions=$functions -f "$top/tests/tools/big-machine.awk" >"$work/big"
		machine "$work/big"
		assertEquals $functions "$(find "$root/$devices" -type l | wc -l)"
		dry '01:00.0'
		taken 0000:01:00.0 0000:01:00.1
	done
}

# The simulated kernel says what the real one says.
test_simulated_kernel() {
	machine desktop
	boot_with 'bind vfio-pci 0000:01:00.0=EBUSY' 01:00.0
	called '* insmod irqbypass -> 0'
	called '* override 0000:01:00.0 vfio-pci -> 0'
	called '* bind vfio-pci 0000:01:00.1 -> 0'
	called '* bind vfio-pci 0000:01:00.0 -> EBUSY'
	called '* unbind vfio-pci 0000:01:00.1 -> 0'
	called '* override 0000:01:00.0 - -> 0'
	driver 0000:01:00.1 -
	assertEquals '' "$(grep DRIVER "$root/$devices/0000:01:00.1/uevent")"
}

# shellcheck source=/dev/null
. shunit2
