#!/bin/sh
# Writing that fails: each system call of each command that writes is made to fail in turn. What was there stays as it
# was, nothing is left beside it, and one line says which file and why.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

version=6.12.107+deb13-amd64
# a sanitizer finds no leaks below a tracer
case $VFIO_EARLY in */build/test/*) plain=$top/build/vfio-early ;; *) plain=$VFIO_EARLY ;; esac

setUp() {
	machine desktop
	rm -f "$conf"
	kernel $version
	rm -rf "$work/copy"
}

# files: all that a command could have changed, with what it is
files() {
	find "$root/etc" "$root/boot" "$root/var" "$root/metrics" -type f -exec cksum {} + 2>/dev/null | sort -k 3
}

# fails CALL FIRST LAST COMMAND... : with those calls made to fail, one by one, from the end if FIRST is negative
fails() {
	call=$1 first=$2 last=$3
	shift 3
	rm -rf "$work/template"
	cp -a "$root" "$work/template"
	files >"$work/before"
	strace -qq -o "$work/trace" -e trace="$call" "$plain" "$@" --root "$root" >/dev/null 2>&1
	files >"$work/after"
	count=$(grep -c "^$call(" "$work/trace")
	[ "$last" -lt "$count" ] || last=$count
	[ "$first" -gt 0 ] || first=$((count + first > 0 ? count + first : 1)) last=$count
	for k in $(seq "$first" "$last"); do
		rm -rf "$root" "$work/copy"
		cp -a "$work/template" "$root"
		strace -qq -o /dev/null -e trace="$call" -e inject="$call:error=EIO:when=$k" \
			"$plain" "$@" --root "$root" >"$out" 2>"$err"
		status=$?
		! grep -q 'error while loading' "$err" || continue
		tried=$((tried + 1))
		files >"$work/now"
		if ! cmp -s "$work/now" "$work/before" && ! cmp -s "$work/now" "$work/after"; then
			fail "$call $k of $*: half done: $(diff "$work/before" "$work/now")"
		fi
		[ $status -eq 0 ] || [ -s "$out" ] || [ -s "$err" ] || fail "$call $k of $*: exit $status without a word"
		[ $status -le 3 ] || fail "$call $k of $*: exit $status: $(cat "$err")"
		# what counts branches complains, too, where it is built in
		sed -i '/^libgcov profiling error/d; /^profiling:/d' "$err"
		if [ -s "$err" ]; then
			complained=$((complained + 1))
			cut -c 1-11 "$err" | sort -u >"$work/beginnings"
			assertEquals "$call $k of $*" 'vfio-early:' "$(cat "$work/beginnings")"
		fi
	done
	rm -rf "$root"
	cp -a "$work/template" "$root"
}

# each COMMAND... : with each system call
each() {
	command -v strace >/dev/null || { skip 'no strace'; return; }
	tried=0 complained=0
	for name in mkdirat unlinkat write fchmod fsync renameat symlinkat; do
		fails $name 1 12 "$@"
	done
	assertTrue "$tried tried" "[ $tried -ge 3 ]"
	assertTrue "$complained complaints" "[ $complained -ge 2 ]"
	fails close -6 0 "$@"
	fails openat -6 0 "$@"
}

test_enable() {
	mkdir -p "$root/etc/vfio-early.conf.d"
	echo '03:00.0 # mine' >"$root/etc/vfio-early.conf.d/90-enable.conf"
	each enable --no-image 02:00.0
}

test_enable_makes_a_directory() {
	each enable --no-image 02:00.0
}

test_disable() {
	mkdir -p "$root/etc/vfio-early.conf.d"
	printf '02:00.0\n03:00.0\n' >"$root/etc/vfio-early.conf.d/90-enable.conf"
	each disable --no-image 03:00.0
	echo '02:00.0' >"$root/etc/vfio-early.conf.d/90-enable.conf"
	each disable --no-image 02:00.0
}

test_import() {
	cmdline 'vfio-pci.ids=144d:a808'
	each import --apply
}

test_metrics() {
	mkdir "$root/metrics"
	echo old >"$root/metrics/vfio.prom"
	boot 01:00.0
	command -v strace >/dev/null || { skip 'no strace'; return; }
	for name in unlinkat fchmod fsync renameat; do
		fails $name 1 12 verify --metrics "$root/metrics/vfio.prom"
	done
}

test_capture() {
	each capture "$work/copy"
}

# ---- what it says ----

# says CALL ERROR TEXT COMMAND... : the last of these calls fails, and this is the complaint
says() {
	call=$1 error=$2 text=$3
	shift 3
	command -v strace >/dev/null || { skip 'no strace'; return; }
	if strace -qq -o /dev/null -e trace="$call" -e inject="$call:error=$error" "$plain" "$@" \
		--root "$root" >"$out" 2>"$err"; then
		fail "$* ends well"
	fi
	grep -Fq "$text" "$err" || fail "$call: $(cat "$err")"
}

test_complaints() {
	own=$root/etc/vfio-early.conf.d/90-enable.conf
	says fsync ENOSPC "$own: No space left on device; nothing was changed" enable --no-image 02:00.0
	says renameat EROFS "$own: Read-only file system; nothing was changed" enable --no-image 02:00.0
	says fchmod EPERM "$own: Operation not permitted; nothing was changed" enable --no-image 02:00.0
	says symlinkat ENOSPC 'copy: not complete: No space left on device' capture "$work/copy"
	rm -rf "$work/copy"
	says mkdir EACCES 'copy: Permission denied' capture "$work/copy"
	mkdir "$work/copy"
	touch "$work/copy/.hidden"
	host capture "$work/copy"
	ended 3
	grep -q 'is not empty: name a new directory' "$err" || fail "$(cat "$err")"
	rm -rf "$work/copy"
	: >"$work/copy"
	host capture "$work/copy"
	ended 3
	grep -q 'copy: Not a directory' "$err" || fail "$(cat "$err")"
	rm "$work/copy"
	says openat2 ENOSYS 'openat2: Function not implemented: this takes Linux 5.6 or later' list
	says openat2 EPERM 'openat2: Operation not permitted' list
}

# shellcheck source=/dev/null
. shunit2
