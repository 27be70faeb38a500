#!/bin/sh
# Makes the disks of a Debian (see tree.sh) on LUKS over LVM over MD, once, and prints
# the directory that holds them: "a" and "b", and "boot" with the image. Only a guest
# has the drivers for it. At each start it takes vfio-early anew from the disk
# "product". What they are made from is hashed into the directory's name.
# usage: stack.sh RELEASE-DIRECTORY
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/vm
dir=$1
release=$(basename "$dir")

key=$({
	"$here/chroot.sh" "$release" roots
	cat "$0" "$here/tree.sh" "$here/guest/install" "$dir/product/usr/share/initramfs-tools/hooks/vfio-early"
} | sha256sum | cut -c1-12)
stack=$cache/$release-stack-$key
exec 8>"$cache/$release-stack.lock"
flock 8
if [ -d "$stack" ]; then
	echo "$stack"
	exit
fi

work=$cache/.new-$release-stack
tree=$work/tree
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP
rm -rf --one-file-system "$work" "$cache/$release-stack"-*
mkdir -p "$work/disks" "$work/stack" "$tree"

"$here/tree.sh" "$dir" initramfs-tools "$tree"
cat >"$tree/etc/fstab" <<END
/dev/mapper/root / ext4 defaults 0 1
LABEL=boot /boot ext4 defaults 0 2
END
echo 'root /dev/vg/crypt none luks,tries=0,initramfs' >"$tree/etc/crypttab"
array=$(sed -n 's/^array=//p' "$here/guest/install")
echo "ARRAY /dev/md0 metadata=1.2 UUID=$array" >>"$tree/etc/mdadm/mdadm.conf"
cat >"$tree/etc/rc.local" <<END
mount /boot
tar -xf /dev/disk/by-id/virtio-product -C /
END
# said COMMAND...: its output only if it fails
said() {
	if ! "$@" >"$work/said" 2>&1; then
		cat "$work/said" >&2
		echo "stack.sh: failed: $*" >&2
		exit 1
	fi
}
said "$here/in-root.sh" "$tree" update-initramfs -c -k all
said mke2fs -qq -t ext4 -L boot -d "$tree/boot" "$work/stack/boot" 100M
rm -rf "${tree:?}"/boot/*
# Debian 12 does not compress its modules
size=$(($(du -sm "$tree" | cut -f 1) * 6 / 5))
said mke2fs -qq -t ext4 -L root -d "$tree" "$work/disks/new" "${size}M"
truncate -s "$((size + 40))M" "$work/stack/a" "$work/stack/b"

cp --sparse=always "$("$here/disk.sh" "$dir" initramfs-tools)" "$work/disks/root"
ln "$work/stack/a" "$work/stack/b" "$work/disks/"
for disk in root a b new; do
	set -- "$@" -device "virtio-blk-pci,drive=$disk,serial=$disk"
done
shift
if ! echo install cryptomgr.notests=1 | "$here/life.sh" "$dir" initramfs-tools "$work" -M q35 "$@" >"$work/said" 2>&1 ||
    ! grep -qx 'exit 0' "$work/install/install"; then
	cat "$work/said" "$work/install/findings" >&2
	echo 'stack.sh: the installation failed' >&2
	exit 1
fi
mv "$work/stack" "$stack"
echo "$stack"
