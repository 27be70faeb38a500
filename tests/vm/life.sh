#!/bin/sh
# Boots a real root again and again, each time with the image that the step
# before has left in its /boot. What each step says is in OUT/STEP.
# usage: life.sh RELEASE-DIRECTORY BUILDER OUT "STEP..." QEMU-ARGUMENT...
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$1
builder=$2
out=$3
steps=$4
shift 4
version=$(cat "$dir/version")
tree=$out/tree
disk=$out/disk

cleanup() {
	rm -rf --one-file-system "$tree" "$disk" "$out/image"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# A machine as an administrator has it: one builder, no configuration of ours, and
# images for the root on a virtio disk, without the programs of the other tests.
exec 9>"$dir/lock"
flock 9
"$here/in-root.sh" "$dir/root" make -C /usr/src/vfio-early install prefix=/usr >"$out/make" 2>&1
cp -a "$dir/root" "$tree"
flock -u 9
rm -rf "${tree:?}/etc" "$tree/usr/lib/dracut/modules.d/98vm-test" "$tree/usr/src" "$tree"/boot/init*
mv "$tree/etc.clean" "$tree/etc"
[ ! -e "$tree/modules.clean" ] || { rm -rf "$tree/usr/lib/modules"; mv "$tree/modules.clean" "$tree/usr/lib/modules"; }
etc=$tree/etc
rm -f "$etc/initramfs-tools/hooks/vm-test" "$etc/initramfs-tools/scripts/init-premount/vm-test" \
    "$etc/initramfs-tools/scripts/init-top/00-aaa-drivers-first" "$etc/dracut.conf.d/vm-test.conf"
drivers='ext4 virtio_blk virtio_pci bochs snd_hda_intel cirrus'
# shellcheck disable=SC2086
printf '%s\n' $drivers >"$etc/initramfs-tools/modules"
cat >"$etc/dracut.conf.d/root.conf" <<END
hostonly=no
dracutmodules+=" base rootfs-block fs-lib kernel-modules udev-rules shutdown vfio-early "
drivers=" $drivers "
compress=cat
END
cp "$here/guest/life" "$tree/usr/local/sbin/vm-life"
# udev gives modules to the devices; what does not load here should not either
case $builder in
initramfs-tools) make_image="update-initramfs -c -k $version" ;;
dracut)
	rm -f "$tree/usr/sbin/update-initramfs"
	make_image="dracut --regenerate-all --force"
	;;
esac
# shellcheck disable=SC2086
if ! "$here/in-root.sh" "$tree" $make_image >"$out/first-image" 2>&1; then
	cat "$out/first-image"
	exit 1
fi
mke2fs -qq -t ext4 -E lazy_itable_init=0 -O ^has_journal -d "$tree" "$disk" 1200M >"$out/mke2fs" 2>&1
rm -rf --one-file-system "$tree"

for step in $steps; do
	file=$(debugfs -R 'ls -p /boot' "$disk" 2>/dev/null |
	    awk -F / '$6 ~ /^init.*[0-9]/ { print $6; exit }')
	debugfs -R "dump /boot/$file $out/image" "$disk" 2>/dev/null
	VM_TIMEOUT=900 "$here/boot.sh" "$out/$step" "$dir/kernel" "$out/image" \
	    "root=/dev/vda rw init=/usr/local/sbin/vm-life vm.step=$step" \
	    -drive "file=$disk,format=raw,if=virtio,cache=unsafe" "$@"
done
