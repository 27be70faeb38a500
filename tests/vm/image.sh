#!/bin/sh
# Makes one initramfs with the Debian's own update-initramfs, from the files of a
# directory copied over /etc, with vfio-early installed or not. Prints the
# image's name; NAME.said holds what update-initramfs said.
# usage: image.sh RELEASE-DIRECTORY ETC installed|absent
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$1
etc=$2
presence=$3
root=$dir/root

key=$({ echo "$presence"; tar -C "$etc" --sort=name --owner=0 --group=0 \
    --mtime=@0 -cf - .; } | sha256sum | cut -c1-12)
image=$dir/images/$key

exec 9>"$dir/lock"
flock 9
if [ -s "$image" ]; then
	echo "$image"
	exit
fi

# No image inherits settings from another one.
rm -rf --one-file-system "${root:?}/etc"
cp -a "$root/etc.clean" "$root/etc"

case $presence in
installed) target=install ;;
absent) target=uninstall ;;
esac
if ! "$here/in-root.sh" "$root" make -C /usr/src/vfio-early "$target" \
    prefix=/usr >"$image.make" 2>&1; then
	cat "$image.make" >&2
	echo "image.sh: make $target failed" >&2
	exit 1
fi

cp -r "$etc/." "$root/etc/"
version=$(cat "$dir/version")
if "$here/in-root.sh" "$root" update-initramfs -u -k "$version" \
    >"$image.said" 2>&1; then
	cp "$root/boot/initrd.img-$version" "$image.new"
	mv "$image.new" "$image"
fi

if [ ! -s "$image" ]; then
	cat "$image.said" >&2
	echo "image.sh: update-initramfs failed" >&2
	exit 1
fi
echo "$image"
