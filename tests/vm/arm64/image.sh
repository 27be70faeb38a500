#!/bin/sh
# Puts an initramfs for arm64 together, from the manifest of vfio-early as an image
# builder would, the drivers that compete for the devices, and an init that loads
# them as udev does. Prints the image's name. VM_MANIFEST are lines of the
# manifest in place of what it says of the host, which cannot be known here.
# usage: image.sh RELEASE DIR ETC installed|absent
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
release=$1
dir=$2
etc=$3
presence=$4
drivers='bochs cirrus snd_hda_intel e1000 e1000e xhci_pci nvme ahci virtio_pci virtio_net'

mkdir -p "$(dirname "$dir")"
exec 9>"$dir.lock"
flock 9
[ -e "$dir/vfio-open" ] || "$here/root.sh" "$release" "$dir"
root=$dir/root
version=$(cat "$dir/version")
key=$({ echo "$presence ${VM_MANIFEST:-}"; tar -C "$etc" --sort=name --owner=0 --group=0 \
    --mtime=@0 -cf - .; } | sha256sum | cut -c1-12)
image=$dir/images/$key
if [ -s "$image" ]; then
	echo "$image"
	exit
fi

tree=$image.tree
rm -rf "$tree"
mkdir -p "$tree/bin" "$tree/usr/sbin" "$tree/proc" "$tree/sys" "$tree/dev" \
    "$tree/run" "$tree/tmp" "$tree/vm"
cp "$root/usr/bin/busybox" "$tree/bin/"
cp "$dir/vfio-open" "$tree/usr/sbin/"
cp "$here/../guest/findings" "$tree/usr/sbin/vm-findings"
cp "$here/init" "$tree/init"
chmod 755 "$tree/init"

# copy FILE [DESTINATION]
copy() {
	mkdir -p "$tree$(dirname "${2:-$1}")"
	cp -L "$root$1" "$tree${2:-$1}"
}
for driver in $drivers $(cat "$etc/vm/modules" 2>/dev/null); do
	modprobe --dirname "$root" --set-version "$version" --show-depends \
	    "$driver" 2>/dev/null || :
done | sed -n "s|^insmod $root\([^ ]*\).*|\1|p" | sort -u |
while read -r module; do
	copy "$module"
	# busybox loads what is not compressed
	case $module in
	*.xz) xz -d "$tree$module" ;;
	esac
done

if [ "$presence" = installed ]; then
	rm -rf "${root:?}/etc"
	cp -r "$etc" "$root/etc"
	mkdir -p "$tree/usr/lib/vfio-early"
	manifest=$tree/usr/lib/vfio-early/manifest
	"$top/build/vfio-early" image --kernel "$version" --builder arm64 \
	    --root "$root" >"$manifest" 2>"$image.said" || [ $? -eq 1 ] || {
		cat "$image.said" >&2
		exit 1
	}
	if [ "${VM_MANIFEST:-}" ]; then
		sed -i '/^use /d' "$manifest"
		echo "$VM_MANIFEST" >>"$manifest"
	fi
	while read -r kind path; do
		case $kind in
		file) copy "$path" ;;
		program) cp "$dir/source/build/vfio-early-boot" "$tree${path#* }" ;;
		esac
	done <"$manifest"
fi
[ ! -e "$etc/vm" ] || cp -r "$etc/vm/." "$tree/vm/"
depmod -b "$tree" "$version"
(cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$image.new"
rm -rf "$tree"
mv "$image.new" "$image"
echo "$image"
