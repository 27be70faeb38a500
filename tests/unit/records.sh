#!/bin/sh
# The records: their order, and that nothing in a file or in sysfs can forge one.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
}

test_order_of_records() {
	machine desktop - <<-.
		iommu intel no-remap
	.
	dry '09:00.0\nfoo\n02:00.0\n01:00.0'
	assertEquals 'vfio-early error iommu device device group device device group device warning result' \
		"$(cut -d' ' -f1 "$out" | xargs)"
}

test_devices_of_a_group_are_in_the_order_of_their_addresses() {
	machine conventional-bridge
	dry '05:02.0\n05:00.0'
	assertEquals '0000:00:1e.0 0000:05:00.0 0000:05:01.0 0000:05:02.0' \
		"$(sed -n 's/^device address=\([^ ]*\).*/\1/p' "$out" | xargs)"
}

test_first_record() {
	dry ''
	line 'vfio-early version=* kernel=6.12.107+deb13-amd64 by=initramfs-tools stamp=0123456789abcdef'
}

test_first_record_without_a_manifest() {
	rm "$root/usr/lib/vfio-early/manifest"
	dry ''
	line 'vfio-early version=* kernel=6.12.107+deb13-amd64 by=- stamp=-'
}

test_quotes_and_backslashes_of_the_configuration() {
	dry '01:00.0 a"b\\c'
	has 'a\"b\\c"'
}

test_configuration_that_looks_like_a_record() {
	dry 'x" result status=ok bound=2'
	line 'error at=/etc/vfio-early.conf:1:1 text="*x\\"*'
	assertEquals 1 "$(grep -c '^result' "$out")"
}

test_carriage_return_in_a_line() {
	dry '01:00.0 x\rresult status=ok'
	line 'error at=/etc/vfio-early.conf:1:10 *'
}

test_name_of_a_file() {
	mkdir "$root/etc/vfio-early.conf.d"
	name='x y
result status=ok bound=1.conf'
	echo foo >"$root/etc/vfio-early.conf.d/$name"
	dry ''
	has 'error at="/etc/vfio-early.conf.d/x y\x0aresult status=ok bound=1.conf:1:1" '
	assertEquals 1 "$(grep -c '^result' "$out")"
}

test_name_of_a_file_that_names_a_device() {
	mkdir "$root/etc/vfio-early.conf.d"
	echo 01:00.0 >"$root/etc/vfio-early.conf.d/a\"b\\c.conf"
	dry ''
	has ' for="/etc/vfio-early.conf.d/a\"b\\c.conf:1" '
}

test_bytes_that_are_no_ascii() {
	mkdir "$root/etc/vfio-early.conf.d"
	echo 01:00.0 >"$root/etc/vfio-early.conf.d/$(printf '\303\274').conf"
	dry ''
	has ' for="/etc/vfio-early.conf.d/\xc3\xbc.conf:1" '
}

test_command_line() {
	cmdline 'vfio.slots="01:00.0+a b\c"'
	dry ''
	has 'a b\\c"'
	assertEquals 1 "$(grep -c '^result' "$out")"
}

test_name_of_a_driver() {
	machine host-driver-first
	rm "$root/sys/bus/pci/devices/0000:01:00.1/driver"
	ln -s '../../x y"
z' "$root/sys/bus/pci/devices/0000:01:00.1/driver"
	sed -i 1d "$root/sys/bus/pci/devices/0000:01:00.1/uevent"
	dry 01:00.0
	assertEquals 1 "$(grep -c '^result' "$out")"
}

test_name_of_a_group_member() {
	machine platform-member-idle - <<-.
		member 9 a=b\\c"d
	.
	dry 00:15.0
	has 'device address="a=b\\c\"d" '
}

test_stamp_of_the_manifest() {
	sed -i 's/stamp=.*/stamp="a \\"b\\x0aresult status=ok"/' "$root/usr/lib/vfio-early/manifest"
	dry ''
	assertEquals 1 "$(grep -c '^result' "$out")"
}

test_counts() {
	machine already-right - <<-.
		16 0000:03:00.0 0108 144d:a808 - - -
		17 0000:04:00.0 0601 144d:a808 - lpc_ich -
		17 0000:04:00.1 0880 144d:a808 - - -
	.
	dry '01:00.0\n03:00.0\n04:00.1\n09:00.0'
	exact 'result status=degraded bound=0 already=2 refused=1 failed=0 absent=1 planned=1'
	ended 1
}

# in_manifest RECORD...: the image's has these, too
in_manifest() {
	printf '%s\n' "$@" >>"$root/usr/lib/vfio-early/manifest"
}

test_values_that_begin_with_what_needs_quotes() {
	for release in '"6.12"' ' 6.12' '\6.12' "$(printf '6.12\177')" "$(printf '\3666')"; do
		printf '%s\n' "$release" >"$root/proc/sys/kernel/osrelease"
		dry ''
		line 'vfio-early version=* kernel="*" by=*'
	done
}

test_escapes_of_the_manifest() {
	sed -i 's/ by=initramfs-tools/ by="a\\x20\\"b\\\\c\\q\\x7\\xzz"/' "$root/usr/lib/vfio-early/manifest"
	dry ''
	exact 'vfio-early version=0.1.0 kernel=6.12.107+deb13-amd64 by="a \"b\\cqx7xzz" stamp=0123456789abcdef'
}

test_values_of_the_manifest_that_have_no_end() {
	sed -i 's/ by=.*/ by="/' "$root/usr/lib/vfio-early/manifest"
	dry ''
	line 'vfio-early version=* by="" stamp=-'
	sed -i 's/ by=.*/ by="a b\\/' "$root/usr/lib/vfio-early/manifest"
	dry ''
	line 'vfio-early version=* by="a b\\\\" stamp=-'
	sed -i 's/ by=.*/ alone by="" other/' "$root/usr/lib/vfio-early/manifest"
	dry ''
	line 'vfio-early version=* by="" stamp=-'
}

test_ids_of_the_manifest_without_what_they_need() {
	in_manifest 'ids at=/etc/modprobe.d/vfio.conf:1'
	dry ''
	line 'result status=nothing *'
	in_manifest 'ids list=144d:a808'
	dry ''
	line 'device address=0000:03:00.0 *for=modprobe.d *result=planned'
}

# What protects something must not be lost because it cannot be read.
test_uses_of_the_manifest_that_are_incomplete() {
	in_manifest 'use address=0000:03:00.0'
	dry 03:00.0
	result 0000:03:00.0 planned
	for use in 'address=0000:03:00.0 path=00:1b.0/00.0' 'address=0000:03:00.0 path=00:1b.0/00.0 id=03:00.0' \
		'address=0000:03:00.0 id=144d:a808' 'path=00:1b.0/00.0 id=144d:a808'; do
		setUp
		in_manifest "use reason=boot-disk $use"
		dry 03:00.0
		refused boot-disk 0000:03:00.0
	done
}

# One that is bound already counts: not all was refused.
test_status_where_one_was_bound_before_and_another_is_refused() {
	machine last-display - <<-.
		90 0000:09:00.0 0200 8086:15a1 05 vfio-pci - override=vfio-pci
	.
	dry '09:00.0\n01:00.0'
	line 'result status=degraded bound=0 already=1 refused=2 *'
}

# shellcheck source=/dev/null
. shunit2
