#!/bin/sh
# Runs one scenario on one release with one image builder: makes its image, boots
# it, checks what it expects. Prints one line with the verdict, and what is wrong
# under it; leaves the verdict in OUT/verdict.
# usage: scenario.sh RELEASE BUILDER SCENARIO
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
release=$1
builder=$2
scenario=$here/scenarios/$3
name=$3
dir=$top/build/vm/$release
out=$dir/boots/$builder/$name

rm -rf "$out"
mkdir -p "$out/etc"
started=$(date +%s)

verdict() {
	echo "$1" >"$out/verdict"
	{
		printf '%-4s %s %s %s, %d s%s\n' "$1" "$release" "$builder" "$name" \
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
firmware=
presence=installed
included=yes
options=
before=
unified=
agreement=yes
steps=
keys=
server=
manifest=
skip=
configure() { :; }
expect() { false; }
# shellcheck source=tests/vm/machines.sh
. "$here/machines.sh"
# shellcheck source=tests/vm/modules.sh
. "$here/modules.sh"
# shellcheck source=tests/vm/streams.sh
. "$here/streams.sh"
# shellcheck source=tests/vm/assert.sh
. "$here/assert.sh"
# shellcheck source=/dev/null
. "$scenario"

[ -z "$skip" ] || verdict skip "$skip"

etc=$out/etc
if [ "$steps" ]; then
	# shellcheck source=tests/vm/roots.sh
	. "$here/roots.sh"
	live >"$out/wrong" 2>&1 || verdict FAIL
	failures=0
	{
		expect
		expect_always
	} >"$out/wrong"
	[ "$failures" -eq 0 ] || verdict FAIL
	verdict ok
fi
configure
if [ "$builder" = arm64 ]; then
	VM_ARCH=aarch64
	export VM_ARCH
	dir=$dir/arm64
	image=$(VM_MANIFEST=$manifest "$here/arm64/image.sh" "$release" "$dir" "$etc" "$presence" \
	    2>"$out/wrong") || verdict FAIL 'no image'
else
	# shellcheck disable=SC2086
	image=$(VM_BEFORE=$before "$here/image.sh" "$dir" "$etc" "$presence" \
	    "$builder" $options 2>"$out/wrong") || verdict FAIL 'no image'
fi
# dracut wants one, and never finds it.
case $builder in
dracut*) cmdline="root=/dev/vm-test $cmdline" ;;
esac
kernel=$dir/kernel
[ -z "$unified" ] || { kernel=$image image=; }
# shellcheck disable=SC2086
VM_FIRMWARE=$firmware "$here/boot.sh" "$out" "$kernel" "$image" "$cmdline" $machine \
    >"$out/wrong" || verdict FAIL

# What holds for every boot with vfio-early in the image.
expect_always() {
	[ -s "$out/manifest" ] || wrong 'the image has no manifest'
	[ "$builder" != initramfs-tools ] ||
	    awk '/^\/scripts\/init-top\/00-vfio-early / { ours = NR }
	     /^\/scripts\/init-top\/udev / { udev = NR }
	     END { exit !(ours && udev && ours < udev) }' "$out/order" ||
	    wrong 'in ORDER of init-top, 00-vfio-early is not before udev'
	# the ticks of udevd are hundredths, rounded down
	awk 'FNR == NR { udevd = $1 / 100 + 0.01; next }
	     /^\[.*vfio-early: result / { sub(/^\[ */, ""); ours = $1 + 0 }
	     END { exit !(ours && udevd > 0.01 && ours <= udevd) }' \
	    "$out/udevd" "$out/dmesg" ||
	    wrong 'vfio-early had not ended when udevd was started'
	head -n 1 "$out/log" >"$out/first"
	[ -n "$(matching "$out/first" vfio-early "kernel=$(cat "$dir/version")" \
	    "by=${builder%-systemd}")" ] || wrong 'the first record is not our header'
	case $(tail -n 1 "$out/log") in
	'result status='*) ;;
	*) wrong 'the last record is not the result' ;;
	esac
	awk 'FNR == NR { if (sub(/^.*\] vfio-early: /, "")) said[substr($0, 1, 800)]; next }
	     /^(error|warning|group|absent|result|device .* result=(bound|released|failed))/ &&
	     !(substr($0, 1, 800) in said) {
		print
		lost = 1
	     }
	     END { exit lost }' "$out/dmesg" "$out/log" >"$out/lost" ||
	    wrong "the kernel log has not: $(cat "$out/lost")"
	[ "$(cat "$out/log-mode")" = 644 ] || wrong 'the log has not mode 644'
}

failures=0
{
	[ "$presence" = absent ] || [ "$included" = no ] || expect_always
	[ "$presence" = absent ] || [ "$included" = no ] || [ "$agreement" = no ] || agrees
	kernel_never_says '(Oops|BUG|general protection|Call Trace):'
	expect
} >"$out/wrong"
[ "$failures" -eq 0 ] || verdict FAIL
verdict ok
