#!/bin/sh
# Makes a minimal Debian with a kernel, initramfs-tools and dracut, once, and prints
# the name of the tarball that holds it: one that compiles the project, or one
# whose root can be on anything. What it is made from is hashed into the name, so a
# change makes another one; an interrupted run leaves nothing.
# usage: chroot.sh RELEASE [roots]
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/vm

release=${1:?usage: chroot.sh RELEASE [roots]}
name=$release${2:+-$2}
case $name in
*[!a-z-]*) echo "chroot.sh: not a release name: $release" >&2; exit 2 ;;
esac

# The big kernel: the cloud one lacks bochs, snd_hda_intel, lpc_ich and others.
packages="linux-image-amd64 initramfs-tools busybox klibc-utils kmod udev
	zstd xz-utils pciutils pci.ids ca-certificates"
# dracut-core stands beside initramfs-tools; without systemd it wants util-linux-extra.
packages="$packages dracut-core systemd systemd-boot-efi util-linux-extra"
case ${2:-} in
# The project is compiled in there too, as it would be on such a machine.
'') packages="$packages gcc libc6-dev make pkgconf libkmod-dev libpci-dev
	libsmartcols-dev libmount-dev libmnl-dev libklibc-dev" ;;
roots) packages="$packages libkmod2 libpci3 libsmartcols1 libmount1 libmnl0 iproute2 mdadm
	lvm2 cryptsetup-initramfs e2fsprogs nfs-kernel-server nfs-common rpcbind" ;;
esac

# One of them compiles a module of the tests', too.
[ "$name" != trixie ] || packages="$packages linux-headers-amd64"

key=$({ cat "$0"; echo "$name"; } | sha256sum | cut -c1-12)
tarball=$cache/$name-$key.tar.zst
if [ -s "$tarball" ]; then
	echo "$tarball"
	exit
fi

if [ "$(id -u)" != 0 ]; then
	echo "chroot.sh: needs root, to make a Debian $release" >&2
	exit 1
fi

if [ "$(dpkg --print-architecture)" != amd64 ]; then
	echo "chroot.sh: needs an amd64 machine, to run programs in it" >&2
	exit 1
fi

mkdir -p "$cache"
# One maker at a time; what a killed one left is in the way.
exec 9>"$cache/$name.lock"
flock 9
if [ -s "$tarball" ]; then
	echo "$tarball"
	exit
fi
rm -rf "$cache/.new-$name".*
work=$(mktemp -d "$cache/.new-$name.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

"$here/mirror.sh" >"$work/mirrors"
if [ ! -s "$work/mirrors" ]; then
	echo "chroot.sh: no Debian mirror in this machine's apt sources" >&2
	exit 1
fi
# shellcheck disable=SC2086
set -- --quiet --mode=root --variant=essential \
    --include="$(echo $packages | tr ' ' ,)" \
    --hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/man/*'
case $release in
bookworm | trixie) ;;
# A mirror of a moving release may be a little old.
*) set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"' ;;
esac
while read -r keyring mirror; do
	[ "$keyring" = - ] || set -- "$@" --keyring="$keyring"
done <"$work/mirrors"
set -- "$@" "$release" "$work/$release.tar"
while read -r keyring mirror; do
	set -- "$@" "deb $mirror $release main"
done <"$work/mirrors"

# What mmdebstrap mounts is gone with the namespace, whatever happens.
if ! TMPDIR=$work unshare --mount mmdebstrap "$@" </dev/null >"$work/log" 2>&1
then
	cp "$work/log" "$cache/$name.log"
	tail -n 20 "$work/log" >&2
	echo "chroot.sh: mmdebstrap failed, see $cache/$name.log" >&2
	exit 1
fi
zstd -q -T0 --rm "$work/$release.tar" -o "$work/done"
rm -f "$cache/$name"-[0-9a-f]*.tar.zst
mv "$work/done" "$tarball"
echo "$tarball"
