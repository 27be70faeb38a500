#!/bin/sh
# The race in real boots: vfio-early-boot, the floor and four scripts as people
# have them take five devices in two groups, in the initramfs and before udev,
# several times in each boot. Prints "row BOOT CONTENDER MICROSECONDS" lines; BOOT
# "counted" is one more boot, in which the clock counts the guest's instructions,
# 1000 a microsecond.
# usage: boots.sh RELEASE BOOTS ROUNDS
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tests/vm
release=$1
boots=$2
rounds=$3
dir=$top/build/vm/bench-$release

# shellcheck source=tests/vm/machines.sh
. "$vm/machines.sh"
# shellcheck source=tests/vm/session.sh
. "$vm/session.sh"

# A card of two functions, and three devices behind a conventional bridge, which
# is a member of their group.
# shellcheck disable=SC2154
machine="$intel $display $card
	-device pcie-root-port,id=port3,chassis=3,addr=3.0
	-device pcie-pci-bridge,id=bridge,bus=port3
	-device bochs-display,bus=bridge,addr=1.0
	-device e1000,bus=bridge,addr=2.0
	-device ich9-intel-hda,bus=bridge,addr=3.0"
slots='0000:01:00.0 0000:03:01.0'
devices='0000:01:00.0 0000:01:00.1 0000:03:01.0 0000:03:02.0 0000:03:03.0'
bridges='0000:02:00.0'

mkdir -p "$top/build/vm"
exec 8>"$top/build/vm/bench.lock"
if ! flock -n 8; then
	echo 'boots.sh: already running in this tree' >&2
	exit 1
fi
"$vm/root.sh" "$release" "$dir"

etc=$dir/etc
bench=$etc/vfio-early-bench
mkdir -p "$bench" "$etc/initramfs-tools/hooks" \
    "$etc/initramfs-tools/scripts/init-top"
echo "$slots" | tr ' ' '\n' >"$etc/vfio-early.conf"
echo "$devices" >"$bench/devices"
echo "$bridges" >"$bench/bridges"
sed "s/@DEVICES@/$devices/" "$here/guest/overrides.sh" >"$bench/overrides.sh"
for script in group usual checked; do
	sed "s/@DEVICES@/$slots/" "$here/guest/$script.sh" >"$bench/$script.sh"
done
chmod 755 "$bench"/*.sh
cp "$top/build/bench/floor" "$top/build/bench/stopwatch" "$bench/"
cp "$here/guest/hook" "$etc/initramfs-tools/hooks/vfio-early-bench"
cp "$here/guest/race" "$etc/initramfs-tools/scripts/init-top/00-aaa-bench"
image=$("$vm/image.sh" "$dir" "$etc" installed initramfs-tools)

# race BOOT ROUNDS QEMU-ARGUMENT...
race() {
	boot=$1
	out=$dir/boot-$boot
	cmdline="quiet race.rounds=$2"
	shift 2
	# shellcheck disable=SC2086
	session_start "$vm/boot.sh" "$out" "$dir/kernel" "$image" "$cmdline" \
	    $machine "$@" >&2
	session_wait
	if grep -v '^row [a-z-]* [0-9][0-9]*$' "$out/rows" >&2; then
		echo "boots.sh: that was no fair race, see $out" >&2
		exit 1
	fi
	sed "s/^row/row $boot/" "$out/rows"
}

boot=1
while [ "$boot" -le "$boots" ]; do
	# with an odd number of rounds vfio-early begins, else the floor
	race "$boot" $((rounds - boot % 2))
	boot=$((boot + 1))
done
race counted 3 -icount shift=0,sleep=off
