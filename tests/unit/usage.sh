#!/bin/sh
# Options of the program, its exit codes, and that it never changes a machine that is not booting.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# run ARGUMENT... : both builds, which must end alike
run() {
	"$BOOT_ASAN" "$@" >"$out" 2>"$err"
	status=$?
	sound $status
	"$BOOT" "$@" >"$work/other" 2>&1
	assertEquals 'exit status of the klibc build' $status $?
}

test_help() {
	run --help
	ended 0
	grep -q -e --dry-run "$out" || fail 'no --dry-run in the help'
	assertEquals '' "$(cat "$err")"
}

test_version() {
	run --version
	ended 0
	line 'vfio-early-boot [0-9]*'
}

test_wrong_usage() {
	machine desktop
	for arguments in --frobnicate -x extra '--root' "--root $root" '--dry-run extra'; do
		# shellcheck disable=SC2086 # they are several
		run $arguments
		ended 2
		[ -s "$err" ] || fail "no message for $arguments"
		[ ! -s "$out" ] || fail "output for $arguments"
	done
}

test_root_that_is_none() {
	run --dry-run --root "$work/nowhere"
	ended 2
	: >"$work/file"
	run --dry-run --root "$work/file"
	ended 2
}

test_root_may_end_in_a_slash() {
	machine desktop
	run --dry-run --root "$root/"
	taken 0000:01:00.0 0000:01:00.1
}

test_root_may_be_relative() {
	machine desktop
	cd "$root/sys" || fail cd
	run --root .. --dry-run
	cd - >/dev/null || fail cd
	taken 0000:01:00.0 0000:01:00.1
}

test_no_real_run_outside_an_initramfs() {
	[ ! -e /etc/initrd-release ] || { skip 'there is an /etc/initrd-release' && return; }
	run
	ended 2
	grep -q vfio-early "$err" || fail 'no hint'
}

listing() {
	(cd "$root" && find . -exec ls -ld --time-style=full-iso {} +)
}

test_dry_run_changes_nothing() {
	machine host-driver-first
	listing >"$work/before"
	run_dry
	listing >"$work/after"
	assertEquals "" "$(diff "$work/before" "$work/after")"
}

test_dry_run_writes_nothing_but_the_records() {
	machine desktop
	dry 01:00.0
	assertEquals '' "$(cat "$err")"
}

test_dry_run_makes_no_call_that_changes_anything() {
	machine host-driver-first
	strace -f -o "$work/calls" "$BOOT" --dry-run --root "$root" >"$out"
	grep -q '"sys/bus/pci/devices' "$work/calls" || fail "$(head "$work/calls")"
	assertEquals '' "$(grep -E 'O_(WRONLY|RDWR|CREAT)|^[0-9]+ +(mk|un|re[mn]|mount|fork|clone|finit|sym|link|ch)' "$work/calls")"
}

# A root that is kept in a tmpfs is that of a system that runs; only what the kernel unpacks an initramfs into is a rootfs.
test_a_root_on_tmpfs_is_no_initramfs() {
	unshare -rm true 2>/dev/null || { skip 'no mounts of our own'; return; }
	mkdir -p "$work/tmpfs"
	# shellcheck disable=SC2016 # the inner shell expands them
	unshare -rm sh -c '
		mount -t tmpfs root "$1" && mkdir "$1/proc" && cp "$2" "$1/boot" && mount --rbind /proc "$1/proc" &&
			exec chroot "$1" /boot' - "$work/tmpfs" "$BOOT" >"$out" 2>"$err"
	status=$?
	ended 2
	grep -q 'this is no initramfs' "$err" || fail "$(cat "$err")"
}

# shellcheck source=/dev/null
. shunit2
