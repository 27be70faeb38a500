#!/bin/sh
# Unpacks a Debian as an administrator has it into the empty directory TREE: with
# vfio-early, one image builder, no configuration of ours, the drivers for a root on
# anything, and without an image yet.
# usage: tree.sh RELEASE-DIRECTORY BUILDER TREE
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$1
builder=$2
tree=$3

zstd -dc "$("$here/chroot.sh" "$(basename "$dir")" roots)" |
    tar -C "$tree" --numeric-owner -xf -
rm -f "$tree"/boot/init*
cp -a "$dir/product/." "$tree/"
cp "$dir/root/usr/local/sbin/vm-exit" "$tree/usr/local/sbin/"
cp "$here/guest/life" "$tree/usr/local/sbin/vm-life"
cp "$here/guest/install" "$tree/usr/local/sbin/vm-install"

# In the image, for udev to load. What does not load here should not either.
etc=$tree/etc
drivers='ext4 virtio_blk virtio_pci nvme ahci sd_mod usb_storage uas xhci_pci usbhid'
drivers="$drivers hid_generic raid1 dm_crypt nfsv3 virtio_net e1000e i2c_i801 lpc_ich"
drivers="$drivers bochs cirrus snd_hda_intel"
printf 'MODULES=list\nCOMPRESS=zstd\nCOMPRESSLEVEL=1\n' >"$etc/initramfs-tools/conf.d/vm-test"
cat >"$etc/initramfs-tools/hooks/vm-test" <<END
#!/bin/sh
[ "\$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions
manual_add_modules $drivers
END
chmod 755 "$etc/initramfs-tools/hooks/vm-test"
cp "$here/guest/drivers-first" "$etc/initramfs-tools/scripts/init-top/00-aaa-drivers-first"
cat >"$etc/dracut.conf.d/vm-test.conf" <<END
hostonly=no
dracutmodules+=" base rootfs-block fs-lib kernel-modules udev-rules shutdown vfio-early "
drivers=" $drivers "
compress=cat
END
[ "$builder" = initramfs-tools ] || rm -f "$tree/usr/sbin/update-initramfs"
