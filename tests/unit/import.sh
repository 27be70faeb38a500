#!/bin/sh
# "vfio-early import": settings of other tools to our configuration, which the boot program then reads.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
: "${VFIO_EARLY:=$top/build/test/vfio-early}"
PATH=$PATH:/usr/sbin:/sbin

setUp() {
	machine desktop
	rm "$conf"
	written=$root/etc/vfio-early.conf.d/50-import.conf
}

# put PATH TEXT: a file below the root, in printf's format without the last newline
put() {
	mkdir -p "$(dirname "$root/$1")"
	# shellcheck disable=SC2059 # escapes in it are wanted
	printf -- "$2\n" >"$root/$1"
}

# import [OPTION...]: the output in $out
import() {
	"$VFIO_EARLY" import "$@" --root "$root" >"$out" 2>"$err"
	status=$?
	[ $status -eq 3 ] || sound $status
}

# imports TEXT... : these are the lines of the configuration but for comments, and they are read without a mistake
imports() {
	sed 's/[ \t]*#.*//; /^$/d' "$out" >"$work/lines"
	assertEquals "$(printf '%s\n' "$@" | sed '/^$/d')" "$(cat "$work/lines")"
	cp "$out" "$conf"
	run_dry
	no_line 'error *'
	assertEquals 'lines that select' $# "$(grep -c '^device address=.* for=/etc/vfio-early.conf:.* result=planned$' "$out")"
	rm "$conf"
}

complains() {
	grep -Fq -e "$1" "$err" || fail "no complaint: $1
$(cat "$err")"
}

test_nothing() {
	import
	exact '# No settings of other tools were found.'
	ended 0
	import --apply
	ended 0
	[ ! -e "$written" ] || fail 'something was written'
}

test_ids_of_the_command_line() {
	cmdline 'ro vfio-pci.ids=144d:a808 quiet'
	import
	exact '# kernel command line: vfio-pci.ids=144d:a808'
	exact '00:1b.0/00.0 144d:a808	# 0000:03:00.0'
	ended 0
	cmdline 'ro'
	imports '00:1b.0/00.0 144d:a808'
}

test_ids_of_modprobe() {
	for directory in etc run usr/lib lib; do
		put $directory/modprobe.d/vfio.conf '# mine\n\n options vfio_pci disable_vga=1 ids=144d:a808'
		import
		exact "# /$directory/modprobe.d/vfio.conf:3: options vfio_pci disable_vga=1 ids=144d:a808"
		imports '00:1b.0/00.0 144d:a808'
		rm "$root/$directory/modprobe.d/vfio.conf"
	done
}

test_a_file_hides_another_of_its_name() {
	put etc/modprobe.d/vfio.conf '#'
	put lib/modprobe.d/vfio.conf 'options vfio-pci ids=144d:a808'
	put lib/modprobe.d/vfio.conf.bak 'options vfio-pci ids=144d:a808'
	import
	exact '# No settings of other tools were found.'
}

test_a_line_that_goes_on() {
	put etc/modprobe.d/vfio.conf 'options vfio-pci \\\n  ids=144d:a808\nsoftdep nvme pre: vfio-pci'
	import --apply
	has '  remove line 1 of /etc/modprobe.d/vfio.conf'
	has '  remove line 3 of /etc/modprobe.d/vfio.conf'
}

test_twins() {
	cmdline 'vfio-pci.ids=10de:1b80'
	import
	exact '# 2 devices have the ID 10de:1b80, and the old setting takes all of them:'
	cmdline ''
	imports '00:01.0/00.0 10de:1b80' '00:01.1/00.0 10de:1b80'
}

# ffffffff is the kernel's "any"
test_subsystems_and_other_spellings() {
	cmdline 'vfio-pci.ids=10de:1b80:1458:3702,144D:A808:ffffffff:ffffffff'
	import
	cmdline ''
	imports '00:01.0/00.0 10de:1b80' '00:1b.0/00.0 144d:a808'
}

test_each_device_once() {
	cmdline 'pci-stub.ids=10de:1b80:1458:3702 xen-pciback.hide=(01:00.0)(0000:01:00.1)'
	import
	exact '# 0000:01:00.0: see above'
	cmdline ''
	imports '00:01.0/00.0 10de:1b80' '00:01.0/00.1 10de:10f0'
}

test_the_last_list_counts() {
	put etc/modprobe.d/a.conf 'options vfio-pci ids=10de:1b80'
	put etc/modprobe.d/b.conf 'options vfio-pci ids=10de:10f0'
	cmdline 'vfio-pci.ids=144d:a808 pci-stub.ids=8086:a36d'
	import
	exact '# (without effect: that of /etc/modprobe.d/b.conf:1 counts)'
	exact '# (without effect: that of kernel command line counts)'
	cmdline ''
	rm "$root"/etc/modprobe.d/*
	imports '00:1b.0/00.0 144d:a808' '00:14.0 8086:a36d'
}

test_xen() {
	put etc/modprobe.d/xen.conf 'options xen-pciback hide=(0000:02:00.0)(01:00.*)'
	import
	ended 0
	imports '00:01.1/00.0 10de:1b80' '00:01.0/00.0 10de:1b80' '00:01.0/00.1 10de:10f0'
}

test_driverctl() {
	put etc/driverctl.d/0000:03:00.0 vfio-pci
	put etc/driverctl.d/0000:01:00.0 uio_pci_generic
	import
	exact '# /etc/driverctl.d/0000:03:00.0: vfio-pci'
	imports '00:1b.0/00.0 144d:a808'
	import --apply
	has '  remove the file /etc/driverctl.d/0000:03:00.0'
}

test_unraid() {
	put boot/config/vfio-pci.cfg 'BIND=0000:01:00.0|10de:1b80 0000:01:00.1|10de:10f0 03:00.0\r'
	import
	exact '# /boot/config/vfio-pci.cfg:1: BIND=0000:01:00.0|10de:1b80 0000:01:00.1|10de:10f0 03:00.0'
	imports '00:01.0/00.0 10de:1b80' '00:01.0/00.1 10de:10f0' '00:1b.0/00.0 144d:a808'
}

test_odd_unraid() {
	put boot/config/vfio-pci.cfg '# BIND=\nBIND="0000:01:00.0|zz" zz|10de:1b80 10de:1b80|10de:1b80 zz 03:00.0|01:00.0\nOTHER=1'
	import
	ended 1
	complains 'cannot be translated: 0000:01:00.0|zz'
	complains 'cannot be translated: zz|10de:1b80'
	complains 'cannot be translated: 10de:1b80|10de:1b80'
	complains 'cannot be translated: zz'
	complains 'cannot be translated: 03:00.0|01:00.0'
}

# With "#" off, the line says the same as the old setting.
test_devices_that_are_not_there() {
	put boot/config/vfio-pci.cfg 'BIND=0000:01:00.0|10de:2204 0b:00.0'
	cmdline 'vfio-pci.ids=1002:67df'
	import
	exact '#0000:01:00.0 10de:2204	# is not there now'
	exact '#0b:00.0	# is not there now'
	exact '#1002:67df	# is not there now'
	ended 0
	import --apply
	has 'nothing to write'
	[ ! -e "$written" ] || fail 'a file without a device'
}

test_bridges_stay() {
	cmdline 'vfio-pci.ids=8086:1901,144d:a808'
	import
	exact '# 0000:00:01.0 8086:1901: a bridge, which stays with the host'
	cmdline ''
	imports '00:1b.0/00.0 144d:a808'
}

test_what_cannot_be_translated() {
	cmdline 'vfio-pci.ids=144d:a808,10de:1ffff xen-pciback.hide=(00:*.*)'
	import
	has '# cannot be translated: ids=: not VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE[:CLASS:MASK]]: 10de:1ffff'
	complains 'kernel command line: cannot be translated: 00:*'
	ended 1
	import --apply
	ended 1
	[ -s "$written" ] || fail 'the rest was not written'
	cmdline ''
	cp "$written" "$out"
	imports '00:1b.0/00.0 144d:a808'
}

test_a_file_that_cannot_be_read() {
	mkdir -p "$root/etc/modprobe.d/vfio.conf"
	import
	complains '/etc/modprobe.d/vfio.conf: Is a directory'
	ended 1
}

# A setting can neither end its comment nor hide what stands in it.
test_bytes_that_are_not_printable() {
	put etc/modprobe.d/vfio.conf 'options vfio-pci ids=144d:a808,\001\n'
	printf 'BIND=03:00.0|\r144d:a808\f01:00.0\n' | tr '\r' '\001' >"$root/etc/x"
	mkdir -p "$root/boot/config"
	mv "$root/etc/x" "$root/boot/config/vfio-pci.cfg"
	import
	if LC_ALL=C grep -q '[^	 -~]' "$out" "$err"; then
		fail 'a byte that is not printable'
	fi
	imports '00:1b.0/00.0 144d:a808'
}

test_long_lists_are_not_cut() {
	list=144d:a808
	for number in 1 2 3 4 5 6 7 8 9; do
		list=$list,1002:000$number,1002:001$number
	done
	put etc/modprobe.d/vfio.conf "options vfio-pci ids=$list"
	import
	exact "# /etc/modprobe.d/vfio.conf:1: options vfio-pci ids=$list"
	exact '#1002:0019	# is not there now'
}

test_five_digits() {
	machine vmd-disk
	rm "$conf"
	put etc/driverctl.d/10000:e1:00.0 vfio-pci
	import
	exact '10000:e0:06.0/00.0 144d:a808	# 10000:e1:00.0'
}

test_apply() {
	put etc/modprobe.d/vfio.conf 'options vfio-pci ids=10de:1b80\nsoftdep nouveau pre: vfio-pci\noptions vfio-pci disable_vga=1'
	cmdline 'rd.driver.pre=vfio_pci'
	import
	sed '/^# Next/d' "$out" | sed '$d' >"$work/printed"
	umask 077
	import --apply
	umask 022
	ended 0
	has 'etc/vfio-early.conf.d/50-import.conf: 2 devices.'
	has '  remove line 1 of /etc/modprobe.d/vfio.conf'
	has '  remove line 2 of /etc/modprobe.d/vfio.conf'
	has '  take vfio-pci out of rd.driver.pre= on the kernel command line'
	assertEquals 3 "$(grep -c '^  ' "$out")"
	assertEquals 'Next: vfio-early check' "$(tail -n 1 "$out")"
	cmp "$work/printed" "$written" || fail 'not what was printed'
	assertEquals 644 "$(stat -c %a "$written")"
	assertEquals 'nothing but that file' '50-import.conf' "$(ls -A "$root/etc/vfio-early.conf.d")"
	assertEquals 'old settings stay' 3 "$(wc -l <"$root/etc/modprobe.d/vfio.conf")"
	run_dry
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
}

test_apply_again() {
	cmdline 'vfio-pci.ids=144d:a808'
	import --apply
	touch -d '2 days ago' "$written"
	before=$(stat -c %Y.%i "$written")
	import --apply
	has 'already says all of it'
	has '  remove vfio-pci.ids= from the kernel command line'
	ended 0
	assertEquals "$before" "$(stat -c %Y.%i "$written")"
}

test_apply_on_other_content() {
	cmdline 'vfio-pci.ids=144d:a808'
	put etc/vfio-early.conf.d/50-import.conf '01:00.0 # mine'
	import --apply
	ended 3
	complains 'is there with other content'
	assertEquals '01:00.0 # mine' "$(cat "$written")"
}

test_apply_where_it_cannot() {
	cmdline 'vfio-pci.ids=144d:a808'
	: >"$root/etc/vfio-early.conf.d"
	import --apply
	ended 3
	complains 'Not a directory'
}

# What a run that was killed has left behind is in nobody's way.
test_apply_after_a_kill() {
	cmdline 'vfio-pci.ids=144d:a808'
	put etc/vfio-early.conf.d/.50-import.conf.new x
	import --apply
	ended 0
	assertEquals '50-import.conf' "$(ls -A "$root/etc/vfio-early.conf.d")"
}

test_blacklists_of_drivers_that_the_devices_have() {
	machine host-driver-first
	device=$(sed -n 's/^device address=\([^ ]*\) .*for=\/etc.*before=[a-z].*/\1/p' "$fixtures/host-driver-first.expected" | head -n 1)
	module=$(basename "$(readlink "$root/sys/bus/pci/devices/$device/driver/module")")
	rm "$conf"
	put etc/driverctl.d/"$device" vfio-pci
	put etc/modprobe.d/a.conf "blacklist pcspkr\nblacklist $module"
	put lib/modprobe.d/b.conf "blacklist $module"
	cmdline "modprobe.blacklist=pcspkr,$module"
	import --apply
	has '  remove line 2 of /etc/modprobe.d/a.conf'
	has "  take $module out of modprobe.blacklist= on the kernel command line"
	assertEquals 3 "$(grep -c '^  ' "$out")"
}

# A driver that is on a blacklist has no device: the kernel's index tells whose it would be.
test_blacklists_of_drivers_that_the_devices_would_have() {
	version=6.12.107+deb13-amd64
	rm -r "$root/lib/modules/$version"
	mkdir -p "$root/lib/modules/$version/kernel"
	echo '.section .modinfo; .string "license=GPL"; .string "alias=pci:v0000144Dd*sv*sd*bc01sc08i*"' |
		${CC:-gcc} -c -x assembler -o "$root/lib/modules/$version/kernel/nvme.ko" -
	: >"$root/lib/modules/$version/modules.order"
	: >"$root/lib/modules/$version/modules.builtin"
	: >"$root/lib/modules/$version/modules.builtin.modinfo"
	depmod -b "$root" "$version"
	put etc/modprobe.d/a.conf 'blacklist nouveau\nblacklist nvme'
	import --apply
	exact '# No settings of other tools were found.'
	cmdline 'vfio-pci.ids=144d:a808'
	import --apply
	has '  remove line 2 of /etc/modprobe.d/a.conf'
	assertEquals 2 "$(grep -c '^  ' "$out")"
}

test_no_pci() {
	rm -r "$root/sys/bus/pci"
	import
	ended 3
	complains 'sys/bus/pci'
}

test_wrong_usage() {
	for arguments in --frobnicate --root extra; do
		"$VFIO_EARLY" import "$arguments" >"$out" 2>"$err"
		status=$?
		ended 2
		[ -s "$err" ] || fail "no message for $arguments"
		assertEquals '' "$(cat "$out")"
	done
	"$VFIO_EARLY" import --help >"$out" 2>"$err"
	status=$?
	ended 0
	has 'Usage: vfio-early import'
}

# shellcheck source=/dev/null
. shunit2
