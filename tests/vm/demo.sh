#!/bin/sh
# The main job, shown on an emulated machine: one of two identical graphics cards
# is kept for a virtual machine, on a real Debian boot. Says what it does.
# usage: demo.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
release=trixie
dir=$top/build/vm/demo

# shellcheck source=tests/vm/machines.sh
. "$here/machines.sh"
# shellcheck source=tests/vm/session.sh
. "$here/session.sh"

say() {
	printf '%s\n' "$@"
}

# A command as a user would type it there, and what came of it.
typed() {
	printf '\n    # %s\n' "$1"
	sed 's/^/    /'
}

step=0
# step TEXT COMMAND...: says what is done, shows that it goes on, and how long it
# took.
step() {
	step=$((step + 1))
	printf '\n%d. %s ' "$step" "$1"
	shift
	started=$(date +%s)
	session_start "$@" >"$log" 2>&1
	while session_running; do
		printf .
		sleep 2
	done
	if ! session_wait; then
		printf ' failed:\n'
		cat "$log"
		exit 1
	fi
	printf ' %d s\n' $(($(date +%s) - started))
}

boot() {
	# shellcheck disable=SC2086
	step "$1" "$here/boot.sh" "$dir/$2" "$dir/kernel" "$3" '' \
	    $intel $display $card $twin
}

# What lspci says of the card and its twin.
cards() {
	awk '/^[^\t]/ { on = /^0[12]:00\./ } on' "$1/lspci"
}

if [ "$(id -u)" != 0 ]; then
	say 'demo: needs root, to make a Debian and its image: sudo make demo' >&2
	exit 1
fi
mkdir -p "$top/build/vm"
log=$top/build/vm/demo.log
exec 8>"$top/build/vm/demo.lock"
flock -n 8 || {
	say 'demo: already running in this tree' >&2
	exit 1
}

say 'A machine with two identical graphics cards, 01:00 and 02:00, and a third' \
    'display for the host. The card at 01:00 is meant for a virtual machine; its' \
    'graphics and its sound function are one IOMMU group. The machine is emulated' \
    '(QEMU); kernel, image and boot are those of Debian 13.'

step 'A Debian 13 with kernel and initramfs-tools (kept for the next time)' \
    "$here/chroot.sh" "$release"
step 'Compile vfio-early in it, and make install' \
    "$here/root.sh" "$release" "$dir"

mkdir "$dir/before.etc" "$dir/after.etc"
echo '01:00.0' >"$dir/after.etc/vfio-early.conf"

step 'BEFORE: an image without vfio-early' \
    "$here/image.sh" "$dir" "$dir/before.etc" absent initramfs-tools
image=$(cat "$log")
boot 'Boot it' before "$image"
cards "$dir/before" | typed 'lspci -nnk'
say '' '    The drivers of the host have both cards.'

step 'AFTER: the configuration, and update-initramfs -u' \
    "$here/image.sh" "$dir" "$dir/after.etc" installed initramfs-tools
image=$(tail -n 1 "$log")
typed 'cat /etc/vfio-early.conf' <"$dir/after.etc/vfio-early.conf"
typed 'update-initramfs -u' <"$image.said"
boot 'Boot it' after "$image"
typed 'cat /run/vfio-early.log' <"$dir/after/log"
grep 'vfio-early:' "$dir/after/dmesg" | typed 'dmesg | grep vfio-early'
cards "$dir/after" | typed 'lspci -nnk'
say '' '    The card is on vfio-pci, both of its functions. Its twin, which has the' \
    '    same ID, is still with the drivers of the host.'
typed 'vfio-open 0000:01:00.0 0000:01:00.1' <"$dir/after/open"

if [ "$(grep -c ' result=ok$' "$dir/after/open")" != 2 ] ||
    [ "$(cards "$dir/after" | grep -c 'Kernel driver in use: vfio-pci')" != 2 ]
then
	say '' "But that is not what it should be. Everything seen: $dir" >&2
	exit 1
fi
say '' '    A program did what a hypervisor does: it opened the group through VFIO,' \
    '    read the configuration of each device and mapped its memory.' '' \
    "Everything that was seen: $dir/before and $dir/after"
