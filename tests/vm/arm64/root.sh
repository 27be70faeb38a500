#!/bin/sh
# Makes ready what arm64 boots of a release are made of, in DIR: the kernel and its
# modules, busybox, and vfio-early-boot, cross-compiled with klibc. Nothing of it
# runs on this machine, so an initramfs is put together by image.sh.
# usage: root.sh RELEASE DIR
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
cache=$top/.cache/vm
release=$1
dir=$2
root=$dir/root

packages=linux-image-arm64,busybox-static,libklibc-dev
key=$({ echo "$release $packages"; cat "$0"; } | sha256sum | cut -c1-12)
tarball=$cache/arm64-$release-$key.tar.zst

if [ ! -s "$tarball" ]; then
	mkdir -p "$cache"
	rm -rf "$cache/.new-arm64-$release".*
	work=$(mktemp -d "$cache/.new-arm64-$release.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM HUP
	"$here/../mirror.sh" >"$work/mirrors"
	set -- --quiet --mode=root --variant=extract --architectures=arm64 \
	    --include="$packages" --aptopt='APT::Install-Recommends "false"' \
	    --aptopt='Acquire::Check-Valid-Until "false"'
	while read -r keyring mirror; do
		[ "$keyring" = - ] || set -- "$@" --keyring="$keyring"
	done <"$work/mirrors"
	set -- "$@" "$release" "$work/root.tar"
	while read -r keyring mirror; do
		set -- "$@" "deb $mirror $release main"
	done <"$work/mirrors"
	if ! TMPDIR=$work unshare --mount mmdebstrap "$@" </dev/null \
	    >"$work/log" 2>&1; then
		tail -n 20 "$work/log" >&2
		exit 1
	fi
	zstd -q -T0 --rm "$work/root.tar" -o "$work/done"
	rm -f "$cache/arm64-$release"-*.tar.zst
	mv "$work/done" "$tarball"
fi

rm -rf --one-file-system "$dir"
mkdir -p "$dir/images" "$root"
zstd -dc "$tarball" | tar -C "$root" --numeric-owner -xf -
# As merged as an installed Debian is.
for part in bin sbin lib; do
	mkdir -p "$root/usr/$part" "$root/$part"
	cp -a "$root/$part/." "$root/usr/$part/"
	rm -r "${root:?}/$part"
	ln -s "usr/$part" "$root/$part"
done
rm -rf "${root:?}/etc"
# Of forky on, the kernel stands beside its modules.
find "$root/boot" "$root/usr/lib/modules" -name 'vmlinuz*' \
    -exec cp {} "$dir/kernel" \; 2>/dev/null || :
(cd "$root/lib/modules" && ls) >"$dir/version"
depmod -b "$root" "$(cat "$dir/version")"

# klibc's compiler of arm64 is a wrapper of the cross compiler, with fixed paths.
sed -e "s|\\\\/usr\\\\/lib\\\\/klibc|$(echo "$root" | sed 's|/|\\\\/|g')\\\\/usr\\\\/lib\\\\/klibc|g" \
    -e "s|usr\\\\/bin\\\\/strip|usr\\\\/bin\\\\/aarch64-linux-gnu-strip|" \
    "$root/usr/bin/klcc" >"$dir/klcc"
chmod 755 "$dir/klcc"
mkdir "$dir/source"
cp -r "$top/early" "$top/Makefile" "$dir/source/"
make -C "$dir/source" WERROR=1 build/vfio-early-boot BOOT_CC="$dir/klcc" \
    >"$dir/make.log" 2>&1 || {
	tail -n 20 "$dir/make.log" >&2
	exit 1
}
aarch64-linux-gnu-gcc -std=gnu11 -Wall -Wextra -Werror -O2 -static \
    -o "$dir/vfio-open" "$here/../vfio-open.c"
