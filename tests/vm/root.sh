#!/bin/sh
# Unpacks a Debian afresh into DIR/root (build/vm/RELEASE/root if no other is
# named), compiles the project inside it with that release's own compiler and
# libraries, and adds what the tests need in an image.
# usage: root.sh RELEASE [DIR]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
release=${1:?usage: root.sh RELEASE [DIR]}
dir=${2:-$top/build/vm/$release}
root=$dir/root

tarball=$("$here/chroot.sh" "$release")

# No other file system is ever mounted in there outside a namespace of its own.
rm -rf --one-file-system "$dir"
mkdir -p "$dir/images" "$root"
zstd -dc "$tarball" | tar -C "$root" --numeric-owner -xf -

source=$root/usr/src/vfio-early
mkdir -p "$source"
tar -C "$top" --exclude=./build --exclude=./.cache --exclude=./.git -cf - . |
    tar -C "$source" --no-same-owner -xf -
if ! "$here/in-root.sh" "$root" make -C /usr/src/vfio-early WERROR=1 \
    install prefix=/usr >"$dir/make.log" 2>&1; then
	tail -n 20 "$dir/make.log" >&2
	echo "root.sh: cannot build on $release, see $dir/make.log" >&2
	exit 1
fi

# What "make install" has to say, for other roots.
product=$dir/product
"$here/in-root.sh" "$root" make -C "${source#"$root"}" install prefix=/usr \
    DESTDIR=/usr/src/product >>"$dir/make.log" 2>&1
mv "$root/usr/src/product" "$product"

for program in vfio-open vm-exit; do
	cc -std=gnu11 -Wall -Wextra -Werror -O2 -static \
	    -o "$root/usr/local/sbin/$program" "$here/$program.c"
done
etc=$root/etc/initramfs-tools
etc_dracut=$root/etc/dracut.conf.d
cp "$here/guest/tmpfs-root" "$root/usr/local/sbin/vm-tmpfs-root"
mkdir -p "$etc/conf.d" "$etc/hooks" "$etc/scripts/init-top" \
    "$etc/scripts/init-premount"
# Small and quick images: only what our hook names, loaded by udev alone.
echo MODULES=list >"$etc/conf.d/vm-test"
cp "$here/guest/hook" "$etc/hooks/vm-test"
cp "$here/guest/drivers-first" "$etc/scripts/init-top/00-aaa-drivers-first"
cp "$here/guest/findings" "$etc/scripts/init-premount/vm-test"
# The same for dracut.
module=$root/usr/lib/dracut/modules.d/98vm-test
mkdir -p "$module" "$etc_dracut"
cp "$here"/guest/dracut/* "$here/guest/drivers-first" "$here/guest/findings" "$module/"
cp "$here/guest/dracut.conf" "$etc_dracut/vm-test.conf"
cp -a "$root/etc" "$root/etc.clean"

cp "$root"/boot/vmlinuz-* "$dir/kernel"
basename "$root"/boot/vmlinuz-* | sed 's/^vmlinuz-//' >"$dir/version"
