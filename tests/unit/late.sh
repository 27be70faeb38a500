#!/bin/sh
# Functions that are there now, and not yet when the next boot decides: virtual ones, and what is behind VMD.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64

# virtual PHYSICAL FUNCTION...: they are virtual ones of it
virtual() {
	physical=$1
	shift
	for function; do
		ln -s "../$physical" "$root/sys/bus/pci/devices/$function/physfn"
		late="$late $function"
	done
}

behind() {
	late="$late $*"
}

machine_is() {
	late=
	machine "$@"
	kernel $version
	configure '# nothing'
}

# a physical function with two virtual ones, each in a group of its own
separate() {
	machine_is - <<-END
		1  0000:00:1c.0 0604 8086:7a38 11 pcieport -
		24 0000:07:00.0 0200 8086:10c9 01 igb 0000:00:1c.0 sriov_numvfs=2
		25 0000:07:10.0 0200 8086:10ca 01 ${1:-igbvf} 0000:00:1c.0
		26 0000:07:10.2 0200 8086:10ca 01 igbvf 0000:00:1c.0
		30 0000:03:00.0 0108 144d:a808 - nvme -
		31 0000:08:00.0 0200 8086:1572 - i40e -
		$2
	END
	virtual 0000:07:00.0 0000:07:10.0 0000:07:10.2
	runs
}

# the same in one group
together() {
	machine_is - <<-END
		1  0000:00:1c.0 0604 8086:7a38 11 pcieport -
		24 0000:07:00.0 0200 8086:10c9 01 igb 0000:00:1c.0 sriov_numvfs=2
		24 0000:07:10.0 0200 8086:10ca 01 igbvf 0000:00:1c.0
		24 0000:07:10.2 0200 8086:10ca 01 igbvf 0000:00:1c.0
		24 0000:07:00.1 0403 8086:a348 01 - 0000:00:1c.0
		30 0000:03:00.0 0108 144d:a808 - nvme -
	END
	virtual 0000:07:00.0 0000:07:10.0 0000:07:10.2
	runs
}

# a physical function that has the ID of its virtual ones, on its own slot
one_id() {
	machine_is - <<-END
		1 0000:00:1c.0 0604 8086:7a38 11 pcieport -
		5 0000:06:00.0 0108 1b36:0010 02 nvme 0000:00:1c.0
		6 0000:06:00.1 0108 1b36:0010 02 nvme 0000:00:1c.0
		7 0000:06:00.2 0108 1b36:0010 02 nvme 0000:00:1c.0
		30 0000:03:00.0 0108 144d:a808 - nvme -
	END
	virtual 0000:06:00.0 0000:06:00.1 0000:06:00.2
	runs
}

# VMD with two root ports and two disks, and another function in its group; a twin of the disks elsewhere
vmd() {
	machine_is - <<-END
		40 0000:4a:00.5 0104 8086:28c0 04 vmd -
		40 0000:4a:00.1 0880 8086:09a4 04 - -
		40 10000:00:02.0 0604 8086:347a 04 pcieport 0000:4a:00.5/pci10000:00
		40 10000:00:04.0 0604 8086:347a 04 pcieport 0000:4a:00.5/pci10000:00
		40 10000:01:00.0 0108 144d:a824 - nvme 10000:00:02.0
		40 10000:02:00.0 0108 144d:a824 - nvme 10000:00:04.0
		41 0000:05:00.0 0108 144d:a824 - nvme -
		30 0000:03:00.0 0108 144d:a808 - nvme -
	END
	behind 10000:01:00.0 10000:02:00.0 10000:00:02.0 10000:00:04.0
}

# found LEVEL CHECK TEXT: such a line; the text is a pattern
found() {
	matches "$out" "$1 $2 *$3" || fail "no $1 $2 $3
$(cat "$out")"
}

# cold: the machine when the next boot decides, with an image that was built on it as it is now
cold() {
	host image --kernel $version
	cp "$out" "$root/usr/lib/vfio-early/manifest"
	for function in $late; do
		real=$(readlink -f "$root/sys/bus/pci/devices/$function")
		rm -rf "$root/sys/bus/pci/devices/$function" "$root"/sys/bus/pci/drivers/*/"$function" \
			"$root"/sys/kernel/iommu_groups/*/devices/"$function"
		rm -rf "$real"
	done
	rmdir "$root"/sys/kernel/iommu_groups/*/devices 2>/dev/null
	for group in "$root"/sys/kernel/iommu_groups/*; do
		[ -d "$group/devices" ] || rm -r "$group"
	done
	unload_drivers
}

# foretold MACHINE CONFIGURATION: check on the machine as it is says what the boot does that comes then
foretold() {
	$1
	configure "$2"
	host check --log
	as_booted >"$work/check"
	cold
	run_dry
	as_booted >"$work/boot"
	cmp -s "$work/check" "$work/boot" || fail "$1: $2: $(diff "$work/boot" "$work/check")"
}

# ---- the same answer as the boot ----

test_foretells_what_it_cannot_see_yet() {
	for lines in 07:00.0 07:10.0 00:1c.0/10.2 8086:10ca 8086:10c9 '07:00' '07:10' '07:00.0 siblings=none' \
		'07:00.0\n07:10.2 optional' '8086:10ca except=07:10.0' '00:1c.0/10.2 8086:10ca' '07:00.1'; do
		foretold separate "$lines"
		foretold together "$lines"
		foretold by_hand "$lines"
		foretold built_in "$lines"
		foretold with_route "$lines"
	done
	for lines in 06:00.0 1b36:0010 06:00 06:00.1 '1b36:0010 except=06:00.1' '06:00.0 1b36:0010' '06:00.2 1b36:0010'; do
		foretold one_id "$lines"
	done
	for lines in 4a:00.5 4a:00.1 144d:a824 10000:01:00.0 10000:00:02.0/00.0 05:00.0 '4a:00.5 siblings=none' \
		'4a:00.5 allow=boot-disk' '10000:00:02.0/00.0 144d:a824 optional'; do
		foretold vmd_alone "$lines"
		foretold vmd_with_root "$lines"
		foretold vmd_with_data "$lines"
	done
}

by_hand() {
	separate vfio-pci
}

# it does not make them by itself
built_in() {
	separate igbvf 'builtin igb'
}

with_route() {
	separate
	interface 0000:07:10.2 enp7s0v2
	route enp7s0v2 00000000 00000000
}

vmd_alone() {
	vmd
	runs
}

vmd_with_data() {
	vmd_alone
	disk 10000:02:00.0 259:9 nvme/nvme2/nvme2n1/nvme2n1p1
	mounted 259:9 /data ext4 /dev/nvme2n1p1
}

vmd_with_root() {
	vmd
	disk 10000:01:00.0 259:1 nvme/nvme1/nvme1n1/nvme1n1p1
	mounted 259:1 / ext4 /dev/nvme1n1p1
}

# ---- what check says of it ----

test_physical_function() {
	for kind in separate together by_hand built_in; do
		$kind
		host check 07:00.0
		found PASS 'group 24' 'takes 07:00.0*'
		found WARN match '2 virtual functions of 07:00.0 will not exist: vfio-pci makes none'
		no_line '*07:10.*'
		ended 0
	done
	separate
	host check '07:00.0 driver=pci-stub'
	found WARN match '2 virtual functions of 07:00.0 will not exist: pci-stub makes none'
}

# It is taken with the group, and what it makes with it; a group that is not taken loses nothing.
test_physical_function_that_nobody_named() {
	together
	host check 07:00.1
	found PASS 'group 24' 'takes 07:00.0, 07:00.1'
	found WARN match '2 virtual functions of 07:00.0 will not exist: vfio-pci makes none'
	interface 0000:07:00.0 eth0
	route eth0 00000000 00000000
	host check 07:00.1
	found FAIL default-route 'group 24 is not taken*'
	no_line '*will not exist*'
}

test_virtual_function() {
	for selector in 07:10.2 00:1c.0/10.2 '00:1c.0/10.2 8086:10ca' '07:10.2 8086:10ca'; do
		separate
		host check "$selector"
		ended 1
		found FAIL match 'argument 1: 0000:07:10.2 comes to be only after vfio-early: it is a virtual function'
		line ' *fix: leave it to libvirt (managed) or driverctl, once it is there'
		no_line '*no such device*'
		no_line '*a device with this ID is now at*'
	done
	host check 8086:10ca
	found FAIL match 'argument 1: 0000:07:10.0 comes to be only after vfio-early: it is a virtual function'
}

test_an_id_of_physical_and_virtual_functions() {
	one_id
	host check 1b36:0010
	ended 0
	found PASS match 'argument 1: 06:00.0 *'
	found WARN match 'argument 1: 1b36:0010 selects only 06:00.0: 06:00.1 and 1 more come to be after vfio-early'
	no_line '*takes 2 devices*'
	# and a slot that has both
	host check 06:00
	found WARN match 'argument 1: 06:00 selects only 06:00.0: 06:00.1 and 1 more come to be after vfio-early'
	host check '1b36:0010 except=06:00.1'
	found WARN match 'argument 1: 1b36:0010 selects only 06:00.0: 06:00.2 comes to be after vfio-early'
	host check 06:00.0
	no_line '*selects only*'
}

test_an_id_of_disks_behind_vmd_and_elsewhere() {
	vmd_alone
	host check 144d:a824
	found WARN match 'argument 1: 144d:a824 selects only 05:00.0: 10000:01:00.0 and 1 more come to be after vfio-early'
}

# Whoever uses a virtual function uses the physical one.
test_default_route_over_a_virtual_function() {
	with_route
	host check 07:00.0
	found FAIL default-route 'group 24 is not taken, because of 0000:07:00.0'
	host list -J
	assertEquals 'default route (enp7s0v2), enp7s0v2' \
		"$(jq -r '.devices[] | select(.address == "0000:07:00.0") | .used_by' "$out")"
	host check 08:00.0
	found PASS 'group 31' 'takes 08:00.0'
}

test_vmd() {
	vmd_with_data
	host check 4a:00.5
	ended 0
	found PASS 'group 40' 'takes 4a:00.1, 4a:00.5'
	found WARN match '10000:01:00.0 * goes with 4a:00.5'
	found WARN match '10000:02:00.0 * goes with 4a:00.5'
	no_line '*10000:00:0?.0*goes with*'
	found WARN 'in use' 'the host loses 4a:00.5 *: /data'
	# of a group that is taken for another member, too
	host check 4a:00.1
	found FAIL in-use 'group 40 is not taken, because of 0000:4a:00.5'
	no_line '*goes with*'
	host check '4a:00.1 allow=in-use'
	found WARN match '10000:02:00.0 * goes with 4a:00.5'
}

# The disk is not there when the boot decides: its controller stands for it, and no twin does.
test_boot_disk_behind_vmd() {
	vmd_with_root
	host check 4a:00.5
	found FAIL boot-disk 'group 40 is not taken, because of 0000:4a:00.5'
	host check 05:00.0
	found PASS 'group 41' 'takes 05:00.0'
	ended 0
	cold
	dry '4a:00.5\n05:00.0'
	refused boot-disk 0000:4a:00.5
	taken 0000:05:00.0
}

test_list() {
	separate
	configure 07:00.0
	host list -J
	assertEquals 'vfio-pci gone gone' \
		"$(jq -r '[.devices[] | select(.address | startswith("0000:07")) | .next_boot] | join(" ")' "$out")"
	configure '# nothing'
	host list -J
	assertEquals 'host comes later comes later' \
		"$(jq -r '[.devices[] | select(.address | startswith("0000:07")) | .next_boot] | join(" ")' "$out")"
}

# shellcheck source=/dev/null
. shunit2
