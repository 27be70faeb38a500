#!/bin/sh
# Makes a disk with a Debian (see tree.sh) and an image that was built in a chroot.
# Prints its name.
# usage: disk.sh RELEASE-DIRECTORY BUILDER
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$1
builder=$2
life=$dir/life/$builder
disk=$life/disk

mkdir -p "$life"
exec 9>"$life/lock"
flock 9
if [ -s "$disk" ]; then
	echo "$disk"
	exit
fi
tree=$life/tree
trap 'rm -rf --one-file-system "$tree"' EXIT
trap 'exit 130' INT TERM HUP

rm -rf --one-file-system "$tree"
mkdir -p "$tree"
"$here/tree.sh" "$dir" "$builder" "$tree"
# what only the stack needs takes its time in each boot
rm "$tree"/usr/share/initramfs-tools/hooks/mdadm "$tree"/usr/share/initramfs-tools/hooks/lvm2 \
    "$tree"/usr/share/initramfs-tools/hooks/crypt*
cp "$tree"/boot/vmlinuz-* "$life/kernel"
case $builder in
initramfs-tools) set -- update-initramfs -c -k all ;;
dracut) set -- dracut --regenerate-all --force ;;
esac
if ! "$here/in-root.sh" "$tree" "$@" >"$life/said" 2>&1; then
	cat "$life/said" >&2
	exit 1
fi
mke2fs -qq -t ext4 -L root -E lazy_itable_init=0 -O ^has_journal -d "$tree" "$disk.new" 1200M >"$life/mke2fs" 2>&1
mv "$disk.new" "$disk"
echo "$disk"
