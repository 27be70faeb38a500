#!/bin/sh
# Both programs under valgrind, which sees what a sanitizer does not: values that were never set.
# Memory is kept until the end by design, and is no leak.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# watched PROGRAM: the name of a script that runs it under valgrind
watched() {
	script=$work/${1##*/}
	printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 --leak-check=no "%s" "$@"\n' "$1" >"$script"
	chmod 755 "$script"
	echo "$script"
}

BOOT_ASAN=$(watched "$top/build/plain/vfio-early-boot")
BOOT_SIM=$(watched "$top/build/plain/vfio-early-boot-sim")
VFIO_EARLY=$(watched "$top/build/vfio-early")

# clean: valgrind has said nothing, of a child neither
clean() {
	if [ "$status" -eq 99 ] || grep -q '^==' "$err"; then
		fail "exit $status: $(head -40 "$err")"
	fi
}

missing() {
	! command -v valgrind >/dev/null && skip "valgrind is not installed"
}

test_dry_run() {
	missing && return
	machine last-of-two-displays
	cmdline 'quiet vfio.slots=02:00.0+10de:1b80,zz vfio-pci.ids=10de:1b80,1: "a b'
	dry '01:00.0 allow=last-display
00:01.0/00.0 10de:1b80 driver=pci-stub
10de:1b80 except=01:00.0 optional
01:00.0 alow=x'
	clean
	has 'result=planned'
}

test_boot() {
	missing && return
	machine host-driver-first
	boot 01:00.0
	clean
	line 'device address=0000:01:00.0 *result=bound'
}

test_boot_that_fails() {
	missing && return
	machine host-driver-first
	boot_with 'bind vfio-pci 0000:01:00.1=EBUSY' 01:00.0
	clean
	line 'device address=0000:01:00.0 *result=returned'
}

test_host_command() {
	missing && return
	machine host-driver-first
	boot 01:00.0
	kernel 6.12.107+deb13-amd64
	mkdir -p "$root/etc/modprobe.d"
	echo 'options vfio-pci ids=10de:1b80' >"$root/etc/modprobe.d/vfio.conf"
	for arguments in list 'list --json' check 'check 02:00.0 --json' verify "capture $work/captured" import \
		'image --kernel 6.12.107+deb13-amd64'; do
		# shellcheck disable=SC2086 # words on purpose
		host $arguments
		clean
		[ -s "$out" ] || fail "$arguments said nothing: $(cat "$err")"
	done
}

# shellcheck source=/dev/null
. shunit2
