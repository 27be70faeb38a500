#!/bin/sh
# Runs one scenario on one release: makes its image, boots it, checks what it
# expects. Prints one line with the verdict, and what is wrong under it; leaves
# the verdict in OUT/verdict.
# usage: scenario.sh RELEASE SCENARIO
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
release=$1
scenario=$2
name=$(basename "$scenario")
dir=$top/build/vm/$release
out=$dir/boots/$name

rm -rf "$out"
mkdir -p "$out/etc"
started=$(date +%s)

verdict() {
	echo "$1" >"$out/verdict"
	{
		printf '%-4s %s %s, %d s%s\n' "$1" "$release" "$name" \
		    $(($(date +%s) - started)) "${2:+: $2}"
		[ ! -s "$out/wrong" ] || cat "$out/wrong"
	} >"$out/report"
	# In one write: two scenarios run side by side.
	cat "$out/report"
	exit
}

# What a scenario may set, and the words that it is written in.
machine=
cmdline=
presence=installed
skip=
configure() { :; }
expect() { false; }
# shellcheck source=tests/vm/machines.sh
. "$here/machines.sh"
# shellcheck source=tests/vm/assert.sh
. "$here/assert.sh"
# shellcheck source=/dev/null
. "$scenario"

[ -z "$skip" ] || verdict skip "$skip"

etc=$out/etc
configure
image=$("$here/image.sh" "$dir" "$etc" "$presence" 2>"$out/wrong") ||
    verdict FAIL 'no image'
# shellcheck disable=SC2086
"$here/boot.sh" "$out" "$dir/kernel" "$image" "$cmdline" $machine \
    >"$out/wrong" || verdict FAIL

# What holds for every boot with vfio-early in the image.
expect_always() {
	[ -s "$out/manifest" ] || wrong 'the image has no manifest'
	awk '/^\/scripts\/init-top\/00-vfio-early / { ours = NR }
	     /^\/scripts\/init-top\/udev / { udev = NR }
	     END { exit !(ours && udev && ours < udev) }' "$out/order" ||
	    wrong 'in ORDER of init-top, 00-vfio-early is not before udev'
	head -n 1 "$out/log" >"$out/first"
	[ -n "$(matching "$out/first" vfio-early "kernel=$(cat "$dir/version")" \
	    by=initramfs-tools)" ] || wrong 'the first record is not our header'
	case $(tail -n 1 "$out/log") in
	'result status='*) ;;
	*) wrong 'the last record is not the result' ;;
	esac
	[ "$(cat "$out/log-mode")" = 644 ] || wrong 'the log has not mode 644'
}

failures=0
{
	[ "$presence" = absent ] || expect_always
	kernel_never_says '(Oops|BUG|general protection|Call Trace):'
	expect
} >"$out/wrong"
[ "$failures" -eq 0 ] || verdict FAIL
verdict ok
