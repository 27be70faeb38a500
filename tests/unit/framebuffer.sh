#!/bin/sh
# The framebuffer of the firmware in the memory of what is taken.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# Two cards, 01:00 of the class in $1 and 02:00, and a display on the root bus for the host.
cards() {
	machine - <<-END
	iommu intel
	1 0000:00:01.0 0604 8086:1901 - pcieport -
	14 0000:01:00.0 $1 10de:1b80 - - 0000:00:01.0
	14 0000:01:00.1 0403 10de:10f0 - - 0000:00:01.0
	2 0000:00:02.0 0604 8086:1905 - pcieport -
	15 0000:02:00.0 0300 10de:1b80 - - 0000:00:02.0
	3 0000:00:03.0 0300 8086:3e92 - - -
	dir sys/bus/platform/devices
	END
}

# framebuffer NAME DRIVER REAL: such a platform device; REAL is its directory below sys/devices
framebuffer() {
	real=$root/sys/devices/$3/$1
	mkdir -p "$real" "$root/sys/bus/platform/drivers/$2"
	: >"$root/sys/bus/platform/drivers/$2/bind"
	: >"$root/sys/bus/platform/drivers/$2/unbind"
	ln -s "../../../devices/$3/$1" "$root/sys/bus/platform/devices/$1"
	ln -s "../../../bus/platform/drivers/$2" "$real/driver"
}

# The kernel says whose child it is, since 6.9.
child_of_first() {
	framebuffer "$1" "$2" pci0000:00/0000:00:01.0/0000:01:00.0
}

# Before, only /proc/iomem tells: the claim named in $2 is in the memory of the function in $1.
claims() {
	framebuffer efi-framebuffer.0 efi-framebuffer platform
	for address in 0000:01:00.0 0000:02:00.0 0000:00:03.0; do
		echo '  80000000-80ffffff : PCI Bus 0000:01'
		echo "    80000000-80ffffff : $address"
		[ "$address" != "$1" ] || printf '      80000000-802fffff : %s\n' "$2"
		echo "    81000000-81000fff : $address"
	done | { echo '00000000-00000fff : Reserved'; cat; echo 'fed00000-fed003ff : HPET 0'; } >"$root/proc/iomem"
}

holder() {
	readlink "$root/sys/bus/platform/devices/$1/driver"
}

released() {
	line "device address=$1 path=- id=- class=- group=14 for=group holds=0000:01:00.0 before=${1%.0} after=- result=released"
	assertEquals '' "$(holder "$1")"
	driver 0000:01:00.0 vfio-pci
	line 'result status=ok bound=2 already=0 refused=0 failed=0 *'
	ended 0
}

kept() {
	no_line 'device address=*framebuffer*'
	assertNotNull "$(holder "$1")"
	ended 0
}

test_child_of_a_display() {
	for class in 0300 0380 0302; do
		cards $class
		child_of_first efi-framebuffer.0 efi-framebuffer
		boot 01:00.0
		released efi-framebuffer.0
	done
}

test_simple_framebuffer() {
	cards 0300
	child_of_first simple-framebuffer.0 simple-framebuffer
	boot 01:00.0
	released simple-framebuffer.0
}

test_dry_run_plans_it() {
	cards 0380
	child_of_first efi-framebuffer.0 efi-framebuffer
	dry 01:00.0
	line 'device address=efi-framebuffer.0 * before=efi-framebuffer after=- result=planned'
	line 'result status=ok * planned=2'
}

test_claim_in_iomem() {
	for claim in BOOTFB efifb vesafb; do
		cards 0380
		claims 0000:01:00.0 $claim
		boot 01:00.0
		released efi-framebuffer.0
	done
}

test_claim_in_another_display() {
	for other in 0000:02:00.0 0000:00:03.0; do
		cards 0380
		claims $other efifb
		boot 01:00.0
		kept efi-framebuffer.0
	done
}

test_claim_of_a_driver_is_no_framebuffer() {
	cards 0380
	claims 0000:01:00.0 bochs-drm
	boot 01:00.0
	kept efi-framebuffer.0
}

test_child_of_another_display() {
	cards 0300
	framebuffer efi-framebuffer.0 efi-framebuffer pci0000:00/0000:00:02.0/0000:02:00.0
	boot 01:00.0
	kept efi-framebuffer.0
}

test_framebuffer_without_a_driver_holds_nothing() {
	cards 0300
	child_of_first efi-framebuffer.0 efi-framebuffer
	rm "$root/sys/bus/platform/devices/efi-framebuffer.0/driver"
	boot 01:00.0
	no_line 'device address=efi*'
	not_called '*efi-framebuffer*'
}

test_other_platform_devices_are_left_alone() {
	cards 0300
	child_of_first rtc_cmos rtc_cmos
	boot 01:00.0
	kept rtc_cmos
}

test_refused_group_keeps_it() {
	cards 0300
	child_of_first efi-framebuffer.0 efi-framebuffer
	echo vfio-noiommu >"$root/sys/kernel/iommu_groups/14/name"
	boot '01:00.0'
	line 'group id=14 result=refused *'
	line 'device address=efi-framebuffer.0 * before=efi-framebuffer after=efi-framebuffer result=left'
	assertNotNull "$(holder efi-framebuffer.0)"
}

test_it_does_not_let_go() {
	cards 0380
	child_of_first efi-framebuffer.0 efi-framebuffer
	boot_with 'unbind efi-framebuffer*=EIO' '01:00.0\n02:00.0'
	line 'device address=efi-framebuffer.0 * errno=EIO step=unbind result=failed'
	line 'device address=0000:01:00.0 * after=- result=returned'
	line 'group id=14 result=failed'
	driver 0000:01:00.0 -
	driver 0000:02:00.0 vfio-pci
	ended 1
}

test_its_unbind_hangs() {
	cards 0380
	child_of_first efi-framebuffer.0 efi-framebuffer
	boot_with 'unbind efi-framebuffer*=hang' 'set timeout=1\n01:00.0'
	line 'device address=efi-framebuffer.0 * errno=ETIMEDOUT step=unbind result=failed'
	line 'device address=0000:01:00.0 * result=returned'
	line 'group id=14 result=failed'
	driver 0000:01:00.0 -
	ended 1
}

test_it_comes_back_with_what_failed() {
	cards 0380
	child_of_first efi-framebuffer.0 efi-framebuffer
	boot_with 'bind vfio-pci 0000:01:00.0=EIO' 01:00.0
	line 'device address=efi-framebuffer.0 * before=efi-framebuffer after=efi-framebuffer result=returned'
	assertNotNull "$(holder efi-framebuffer.0)"
	driver 0000:01:00.1 -
	ended 1
}

test_second_run() {
	cards 0380
	child_of_first efi-framebuffer.0 efi-framebuffer
	boot 01:00.0
	rm "$root/run/vfio-early.log"
	: >"$root/sim.log"
	boot 01:00.0
	line 'result status=ok bound=0 already=2 *'
	assertEquals '' "$(cat "$root/sim.log")"
}

test_nothing_tells_whose_memory_it_is() {
	cards 0302
	framebuffer efi-framebuffer.0 efi-framebuffer platform
	rm -f "$root/proc/iomem"
	boot 01:00.0
	no_line 'device *holds=*'
	result 0000:01:00.0 bound
}

test_entry_of_the_platform_bus_that_is_no_link() {
	cards 0302
	framebuffer efi-framebuffer.0 efi-framebuffer platform
	rm "$root/sys/bus/platform/devices/efi-framebuffer.0"
	cp -r "$root/sys/devices/platform/efi-framebuffer.0" "$root/sys/bus/platform/devices"
	rm -f "$root/proc/iomem"
	boot 01:00.0
	no_line 'device *holds=*'
	result 0000:01:00.0 bound
}

# shellcheck source=/dev/null
. shunit2
