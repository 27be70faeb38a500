# shellcheck shell=sh
# What the suites share: a fake machine in $root, the programs run on it, and assertions on the
# records in $out. Each suite sources this first and shunit2 last.

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
fixtures=$top/tests/fixtures
: "${BOOT:=$top/build/vfio-early-boot}" "${BOOT_ASAN:=$top/build/test/vfio-early-boot}"
: "${VFIO_EARLY:=$top/build/test/vfio-early}" "${BOOT_SIM:=$top/build/test/vfio-early-boot-sim}" "${MKTREE:=$top/build/test/mktree}"
: "${CORE:=$top/build/test/core-plain}"
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

# Trees are thousands of small files: memory is many times faster than a disk.
[ -n "${TMPDIR:-}" ] || { [ -w /dev/shm ] && TMPDIR=/dev/shm || TMPDIR=/tmp; }
work=$(mktemp -d "$TMPDIR/vfio-early.XXXXXX") || exit 1

oneTimeTearDown() {
	rm -rf "$work"
}
root=$work/root out=$work/out err=$work/err
conf=$root/etc/vfio-early.conf

# skip REASON: this test cannot run here; run-unit counts it
skip() {
	echo "SKIPPED: $1"
}

# machine NAME... : the tree of the fixtures of that name, in an image as it is usual; "-" adds standard input
machine() {
	set -- "$@" end
	while [ "$1" != end ]; do
		case $1 in -|/*) set -- "$@" "$1" ;; *) set -- "$@" "$fixtures/$1.machine" ;; esac
		shift
	done
	shift
	rm -rf "$root"
	"$MKTREE" "$fixtures/image" "$@" "$root" || fail "mktree $*"
}

# configure TEXT: printf's format of /etc/vfio-early.conf, without the last newline
configure() {
	# shellcheck disable=SC2059 # escapes in it are wanted
	printf -- "$1\n" >"$conf"
}

cmdline() {
	printf '%s\n' "$1" >"$root/proc/cmdline"
}

# sound STATUS: no sanitizer has complained
sound() {
	if [ "$1" -gt 2 ] || grep -q -e Sanitizer -e 'runtime error' "$err"; then
		fail "exit $1: $(head -20 "$err")"
	fi
}

# A record: an event, then values that are plain or in quotes with escapes. Nothing else may be a line of a log.
plain="[]!#-[^-~]+"
quoted='"([] !#-[^-~]|\\["\\]|\\x[0-9a-f][0-9a-f])*"'
grammar="(vfio-early|error|iommu|device|group|warning|result)( [a-z][a-z-]*=($plain|$quoted))+"

well_formed() {
	if LC_ALL=C grep -Evxq "$grammar" "$out"; then
		fail "no record: $(LC_ALL=C grep -Evx "$grammar" "$out" | head -3)"
	fi
}

# run_dry: a dry run of both builds, which must agree
run_dry() {
	"$BOOT_ASAN" --dry-run --root "$root" >"$out" 2>"$err"
	status=$?
	sound $status
	"$BOOT" --dry-run --root "$root" >"$work/other" 2>&1
	[ $? -eq $status ] || fail "the klibc build does not end with $status"
	cmp -s "$out" "$work/other" || fail "the builds differ: $(diff "$out" "$work/other")"
	well_formed
}

# dry TEXT: the same with this configuration
dry() {
	configure "$1"
	run_dry
}

# run_boot: a real run in the simulated kernel; its log is copied to $out
run_boot() {
	"$BOOT_SIM" --root "$root" >"$work/stdout" 2>"$err"
	status=$?
	sound $status
	cp "$root/run/vfio-early.log" "$out" 2>/dev/null || : >"$out"
	well_formed
}

# boot TEXT: the same with this configuration
boot() {
	configure "$1"
	run_boot
}

# boot_with FAULTS TEXT: the same while the kernel misbehaves (see tests/sim/effects.c)
boot_with() {
	export SIM_FAULTS="$1"
	boot "$2"
	unset SIM_FAULTS
}

run_host() {
	"$@" --root "$root" >"$out" 2>"$err"
	status=$?
	[ $status -eq 3 ] || sound $status
}

# host COMMAND [ARGUMENT...]: the host command on the fake machine
host() {
	run_host "$VFIO_EARLY" "$@"
}

# live COMMAND [ARGUMENT...]: the host command on the fake machine as the system that runs (see tests/tools/live);
# without namespaces the rest of the test is skipped
live() {
	if ! unshare -rmpfn true 2>/dev/null; then
		isSkipping || skip 'no namespaces'
		startSkipping
		return
	fi
	"$top/tests/tools/live" "$root" "$work" "$top" "$VFIO_EARLY" "$@" >"$out" 2>"$err"
	status=$?
	[ $status -eq 3 ] || sound $status
}

# as_user COMMAND [ARGUMENT...]: the same by a user without rights; false, after a skip, where there is none
as_user() {
	if [ "$(id -u)" -ne 0 ]; then
		set -- "$VFIO_EARLY" "$@"
	elif command -v setpriv >/dev/null; then
		set -- setpriv --reuid=65534 --clear-groups "$VFIO_EARLY" "$@"
	else
		skip 'neither a user nor setpriv'
		return 1
	fi
	chmod 755 "$work"
	run_host "$@"
}

# ---- a machine that runs: what it has of its devices ----

# on_device ADDRESS CLASS DIRECTORY: makes it in the sysfs directory of the device, linked from /sys/class/CLASS
on_device() {
	real=$(readlink -f "$root/sys/bus/pci/devices/$1")
	mkdir -p "$real/$3" "$root/sys/class/$2"
	ln -s "../../${real#"$root/sys/"}/$3" "$root/sys/class/$2/${3##*/}"
}

# numbered NUMBER NAME: a block device has that number
numbered() {
	mkdir -p "$root/sys/dev/block"
	ln -s "$(readlink "$root/sys/class/block/$2")" "$root/sys/dev/block/$1"
}

# disk ADDRESS NUMBER DIRECTORY: a block device of that function
disk() {
	on_device "$1" block "$3"
	numbered "$2" "${3##*/}"
}

# layer NUMBER NAME SLAVE... : a block device upon others
layer() {
	layer=$root/sys/devices/virtual/block/$2
	mkdir -p "$layer/slaves" "$root/sys/class/block"
	ln -s "../../devices/virtual/block/$2" "$root/sys/class/block/$2"
	numbered "$1" "$2"
	shift 2
	for slave; do
		ln -s "../../$slave" "$layer/slaves/$slave"
	done
}

# mounted NUMBER TARGET TYPE SOURCE [OPTIONS]
mounted() {
	mkdir -p "$root/proc/self"
	echo "29 1 $1 / $2 rw - $3 $4 rw${5:+,$5}" >>"$root/proc/self/mountinfo"
}

# keyboard ADDRESS: on a USB controller
keyboard() {
	on_device "$1" input usb1/1-1/1-1:1.0/input/input3
	mkdir "$root/sys/class/input/input3/capabilities"
	echo '1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe' >"$root/sys/class/input/input3/capabilities/key"
}

# interface ADDRESS NAME
interface() {
	on_device "$1" net "net/$2"
}

# route NAME DESTINATION MASK: in hex, as they lie in memory
route() {
	mkdir -p "$root/proc/net"
	printf '%s\t%s\t0\t1\t0\t0\t0\t%s\t0\t0\t0\n' "$1" "$2" "$3" >>"$root/proc/net/route"
}

# runs: the machine runs, its root is on the first partition of 03:00.0
runs() {
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	mounted 259:1 / ext4 /dev/nvme0n1p1
}

# kernel VERSION: an installed kernel, in which VFIO is built in
kernel() {
	rm -rf "$root/lib/modules/${1:?}"
	mkdir -p "$root/lib/modules/$1"
	printf 'kernel/drivers/vfio/%s.ko\n' vfio vfio_iommu_type1 pci/vfio-pci >"$root/lib/modules/$1/modules.builtin"
	: >"$root/lib/modules/$1/vmlinuz"
	: >"$root/lib/modules/$1/modules.order"
	: >"$root/lib/modules/$1/modules.builtin.modinfo"
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$root" "$1"
}

# unload_drivers: the machine as it is before a module is loaded
unload_drivers() {
	for driver in "$root"/sys/bus/pci/drivers/*/module; do
		[ -e "$driver/initstate" ] || continue
		for device in "${driver%/module}"/*:*; do
			[ -e "$root/sys/bus/pci/devices/${device##*/}" ] || continue
			rm -f "$root/sys/bus/pci/devices/${device##*/}/driver"
			sed -i /^DRIVER=/d "$root/sys/bus/pci/devices/${device##*/}/uevent"
			echo '(null)' >"$root/sys/bus/pci/devices/${device##*/}/driver_override"
		done
	done
}

# as_booted: of a log in $out what check foretells of a boot without drivers
as_booted() {
	grep -Ev '^(vfio-early|warning) ' "$out" | sed 's/ before=[^ ]*//'
}

# boots NAME: a machine with a device configured, that booted as the fixture of tests/fixtures/booting says
boots() {
	machine desktop "$fixtures/booting/$1.machine"
	version=$(cat "$root/proc/sys/kernel/osrelease")
	installed "$version"
}

# installed VERSION: the kernel; what the fixture has of it stays
installed() {
	package=$(cat "$root/lib/modules/$1/pkgbase" 2>/dev/null)
	kernel "$1"
	[ -z "$package" ] || echo "$package" >"$root/lib/modules/$1/pkgbase"
}

# loader_variable NAME TEXT: what a loader leaves in the firmware, in UTF-16 behind its attributes
loader_variable() {
	variables=$root/sys/firmware/efi/efivars
	mkdir -p "$variables"
	{ printf '\006\0\0\0' && printf '%s\0' "$2" | iconv -f ASCII -t UTF-16LE; } \
		>"$variables/$1-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
}

ended() {
	[ "$status" -eq "$1" ] || fail "exit $status, not $1: $(cat "$out" "$err")"
}

# matches FILE PATTERN: whether a line of it matches the shell pattern
matches() {
	while IFS= read -r record; do
		# shellcheck disable=SC2254 # it is a pattern
		case $record in $2) return 0 ;; esac
	done <"$1"
	return 1
}

line() {
	matches "$out" "$1" || fail "no line: $1
$(cat "$out")"
}

no_line() {
	! matches "$out" "$1" || fail "a line: $1
$(cat "$out")"
}

# exact TEXT: a line is this, and nothing of it is a pattern
exact() {
	grep -Fxq -e "$1" "$out" || fail "no such line: $1
$(cat "$out")"
}

# has TEXT: some line has this in it, and nothing of it is a pattern
has() {
	grep -Fq -e "$1" "$out" || fail "nowhere: $1
$(cat "$out")"
}

# result ADDRESS WORD, refused NAMES BECAUSE: the most usual of them
result() {
	line "device address=$1 *result=$2"
}

refused() {
	line "group * result=refused refusal=$1 because=$2 remedy=*"
}

# taken ADDRESS... : these would be bound, and nothing else
taken() {
	set -- "$*" "$(sed -n 's/^device address=\([^ ]*\) .* result=planned$/\1/p' "$out" | xargs)"
	[ "$1" = "$2" ] || fail "taken: $2, not $1
$(cat "$out")"
}

# driver ADDRESS NAME: what the tree says; "-" is none
driver() {
	set -- "$1" "$2" "$(readlink "$root/sys/bus/pci/devices/$1/driver")"
	set -- "$1" "$2" "${3##*/}"
	[ "$2" = "${3:--}" ] || fail "$1 has the driver ${3:--}, not $2"
}

override() {
	set -- "$1" "$2" "$(cat "$root/sys/bus/pci/devices/$1/driver_override")"
	[ "$2" = "$3" ] || fail "$1 has the override $3, not $2"
}

# called PATTERN, not_called PATTERN: calls of the simulated kernel
called() {
	matches "$root/sim.log" "$1" || fail "no call: $1
$(cat "$root/sim.log")"
}

not_called() {
	[ ! -e "$root/sim.log" ] || ! matches "$root/sim.log" "$1" || fail "a call: $1
$(cat "$root/sim.log")"
}

# kernel_log REGEX: a line of it matches
kernel_log() {
	grep -Eq -e "$1" "$root/dev/kmsg" || fail "no $1 in the kernel log
$(cat "$root/dev/kmsg")"
}
