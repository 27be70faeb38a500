#!/bin/sh
# Makes the disks of a system on LUKS over LVM over MD, in a guest, once, and prints
# the directory that holds them. What they are made from is hashed into its name.
# usage: stack.sh RELEASE-DIRECTORY
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/vm
dir=$1
release=$(basename "$dir")

key=$({
	"$here/chroot.sh" "$release" roots
	cat "$0" "$here/disk.sh" "$here/guest/install" "$dir/product/usr/share/initramfs-tools/hooks/vfio-early"
} | sha256sum | cut -c1-12)
stack=$cache/$release-stack-$key
exec 9>"$cache/$release-stack.lock"
flock 9
if [ -d "$stack" ]; then
	echo "$stack"
	exit
fi

work=$cache/.new-$release-stack
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
rm -rf "$work" "$cache/$release-stack"-*
mkdir -p "$work/disks" "$work/new"
cp --sparse=always "$("$here/disk.sh" "$dir" initramfs-tools)" "$work/disks/root"
truncate -s 600M "$work/new/a" "$work/new/b"
truncate -s 100M "$work/new/boot"
tar -C "$dir/product" -cf "$work/disks/product" .
ln "$work/new/a" "$work/new/b" "$work/disks/"
ln "$work/new/boot" "$work/disks/new-boot"
for disk in root a b new-boot product; do
	set -- "$@" -device "virtio-blk-pci,drive=$disk,serial=$disk"
done
shift
echo install | "$here/life.sh" "$dir" initramfs-tools "$work" -M q35 "$@" >"$work/said" 2>&1 ||
    { cat "$work/said" >&2; exit 1; }
if ! grep -qx 'exit 0' "$work/install/install"; then
	cat "$work/install/install" >&2
	echo 'stack.sh: the installation failed' >&2
	exit 1
fi
mv "$work/new" "$stack"
echo "$stack"
