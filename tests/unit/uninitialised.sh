#!/bin/sh
# Values that were never set, which the other sanitizers do not see: the boot program as clang's
# MemorySanitizer builds it goes through whole suites; the host command, whose libraries no sanitizer
# has built, runs under valgrind (which knows no child with memory in common, as the boot program's).
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

test_boot_program() {
	watched=$top/build/watched/vfio-early-boot
	for suite in boot faults golden; do
		# a child has no standard error
		MSAN_OPTIONS=log_path=$work/seen BOOT_ASAN=$watched BOOT_SIM=$watched-sim \
			sh "$here/$suite.sh" >"$out" 2>&1 || fail "$suite: $(head -n 40 "$out")"
	done
	! cat "$work"/seen* >"$out" 2>/dev/null || fail "$(head -n 40 "$out")"
}

test_host_command() {
	! command -v valgrind >/dev/null && skip "valgrind is not installed" && return
	VFIO_EARLY=$work/vfio-early
	printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 --leak-check=no "%s" "$@"\n' "$top/build/test/vfio-early-plain" >"$VFIO_EARLY"
	chmod 755 "$VFIO_EARLY"
	machine host-driver-first
	boot 01:00.0
	kernel 6.12.107+deb13-amd64
	mkdir -p "$root/etc/modprobe.d"
	echo 'options vfio-pci ids=10de:1b80' >"$root/etc/modprobe.d/vfio.conf"
	for arguments in list 'list --json' check 'check 02:00.0 --json' verify "capture $work/captured" import \
		'image --kernel 6.12.107+deb13-amd64'; do
		# shellcheck disable=SC2086 # words on purpose
		host $arguments
		if [ "$status" -eq 99 ] || grep -q '^==' "$err"; then
			fail "$arguments: $(head -40 "$err")"
		fi
		[ -s "$out" ] || fail "$arguments said nothing: $(cat "$err")"
	done
}

# shellcheck source=/dev/null
. shunit2
