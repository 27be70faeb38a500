#!/bin/sh
# Makes a disk with a Debian as an administrator has it: one image builder, no
# configuration of ours, the drivers for a root on anything, and an image that was
# built in a chroot. Prints its name.
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
tarball=$("$here/chroot.sh" "$(basename "$dir")" roots)
zstd -dc "$tarball" | tar -C "$tree" --numeric-owner -xf -
cp -a "$dir/product/." "$tree/"
cp "$dir/root/usr/local/sbin/vm-exit" "$tree/usr/local/sbin/"
cp "$here/guest/life" "$tree/usr/local/sbin/vm-life"
cp "$here/guest/install" "$tree/usr/local/sbin/vm-install"
cp "$tree"/boot/vmlinuz-* "$life/kernel"
basename "$tree"/boot/vmlinuz-* | sed 's/^vmlinuz-//' >"$life/version"
rm -f "$tree"/boot/init*

# udev gives modules to the devices; what does not load here should not either
etc=$tree/etc
drivers='ext4 virtio_blk virtio_pci nvme ahci sd_mod usb_storage uas xhci_pci usbhid'
drivers="$drivers hid_generic raid1 dm_crypt nfsv3 virtio_net e1000e i2c_i801 lpc_ich"
drivers="$drivers bochs cirrus snd_hda_intel"
printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n' >"$etc/initramfs-tools/conf.d/vm-test"
# shellcheck disable=SC2086
printf '%s\n' $drivers >"$etc/initramfs-tools/modules"
cp "$here/guest/drivers-first" "$etc/initramfs-tools/scripts/init-top/00-aaa-drivers-first"
cat >"$etc/dracut.conf.d/vm-test.conf" <<END
hostonly=no
dracutmodules+=" base rootfs-block fs-lib kernel-modules udev-rules shutdown vfio-early "
drivers=" $drivers "
compress=cat
END
case $builder in
initramfs-tools) make_image="update-initramfs -c -k $(cat "$life/version")" ;;
dracut)
	rm -f "$tree/usr/sbin/update-initramfs"
	make_image="dracut --regenerate-all --force"
	;;
esac
# shellcheck disable=SC2086
if ! "$here/in-root.sh" "$tree" $make_image >"$life/said" 2>&1; then
	cat "$life/said" >&2
	exit 1
fi
mke2fs -qq -t ext4 -L root -E lazy_itable_init=0 -O ^has_journal -d "$tree" "$disk.new" 1200M >"$life/mke2fs" 2>&1
mv "$disk.new" "$disk"
echo "$disk"
