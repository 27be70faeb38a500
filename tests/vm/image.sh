#!/bin/sh
# Makes one initramfs with the Debian's own image builder, from the files of a
# directory copied over /etc, with vfio-early installed or not. Prints the
# image's name; NAME.said holds what the builder said. VM_BEFORE is a command that
# changes the modules of that Debian for this image.
# usage: image.sh RELEASE-DIRECTORY ETC installed|absent BUILDER [OPTION...]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$1
etc=$2
presence=$3
builder=$4
shift 4
root=$dir/root
version=$(cat "$dir/version")

key=$({ echo "$presence $builder $* ${VM_BEFORE:-}"; tar -C "$etc" --sort=name \
    --owner=0 --group=0 --mtime=@0 -cf - .; } | sha256sum | cut -c1-12)
image=$dir/images/$key

exec 9>"$dir/lock"
flock 9
if [ -s "$image" ]; then
	echo "$image"
	exit
fi

in_root() {
	"$here/in-root.sh" "$root" "$@"
}

# No image inherits settings from another one.
rm -rf --one-file-system "${root:?}/etc"
cp -a "$root/etc.clean" "$root/etc"
if [ -e "$root/modules.clean" ]; then
	rm -rf "${root:?}/usr/lib/modules"
	mv "$root/modules.clean" "$root/usr/lib/modules"
fi

case $presence in
installed) target=install ;;
absent) target=uninstall ;;
esac
if ! in_root make -C /usr/src/vfio-early "$target" prefix=/usr \
    >"$image.make" 2>&1; then
	cat "$image.make" >&2
	echo "image.sh: make $target failed" >&2
	exit 1
fi
cp -r "$etc/." "$root/etc/"
if [ "${VM_BEFORE:-}" ]; then
	rm -rf "$root/modules.new"
	cp -al "$root/usr/lib/modules" "$root/modules.new"
	mv "$root/modules.new" "$root/modules.clean"
	if ! in_root sh -ec "$VM_BEFORE" >"$image.before" 2>&1; then
		cat "$image.before" >&2
		echo "image.sh: failed: $VM_BEFORE" >&2
		exit 1
	fi
fi

no_systemd='systemd systemd-initrd systemd-battery-check systemd-pcrphase dracut-systemd'
made=$root/boot/initrd.img-$version
case "$builder $*" in
initramfs-tools*) set -- update-initramfs -u -k "$version" ;;
# It knows by itself where images go, and has one kernel here.
dracut-systemd*--regenerate-all*)
	rm -f "$root"/boot/init*
	set -- dracut --force --regenerate-all
	made="$root/boot/init*"
	;;
'dracut '*) set -- dracut --force --omit "$no_systemd" \
    "$@" "/boot/initrd.img-$version" "$version" ;;
dracut-systemd*) set -- dracut --force "$@" "/boot/initrd.img-$version" "$version" ;;
*) echo "image.sh: no such builder: $builder" >&2; exit 2 ;;
esac
if in_root "$@" >"$image.said" 2>&1; then
	# shellcheck disable=SC2086
	cp $made "$image.new"
	mv "$image.new" "$image"
fi

if [ ! -s "$image" ]; then
	cat "$image.said" >&2
	echo "image.sh: $1 failed" >&2
	exit 1
fi
echo "$image"
