#!/bin/sh
# Boots a real root again and again, each time with the image that the step
# before has left in its /boot. The disks are the files in OUT/disks, as drives of
# that name; those that are links stay as they are. A step is a line "NAME
# KERNEL-PARAMETER..." of the standard input, and what it says is in OUT/NAME.
# usage: life.sh RELEASE-DIRECTORY BUILDER OUT QEMU-ARGUMENT...
set -eu

here=$(cd "$(dirname "$0")" && pwd)
life=$1/life/$2
product=$1/product
out=$3
shift 3
disks=$out/disks

cleanup() {
	if [ -s "$out/server.pid" ]; then
		kill "$(cat "$out/server.pid")"
		wait
	fi
	rm -rf "$disks" "$out/more" "$out/initrd"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# with_disks COMMAND...: which gets their QEMU arguments, too.
with_disks() {
	for disk in "$disks"/*; do
		snapshot=off
		[ ! -L "$disk" ] || snapshot=on
		set -- "$@" -drive "file=$disk,format=raw,if=none,id=${disk##*/},cache=unsafe,snapshot=$snapshot"
	done
	"$@"
}

# A /boot of its own is a file system without that directory. Behind the image comes
# an archive, which the kernel wants aligned and compressed, with today's program and
# the manifest that the step before has left there: what an update of the image
# would change, without the minutes that it takes here.
take_image() {
	from=$disks/root path=/boot
	[ ! -e "$disks/boot" ] || from=$disks/boot path=
	image=$(debugfs -R "ls -p $path/" "$from" 2>/dev/null |
	    awk -F / '$6 ~ /^init.*[0-9]$/ { print $6; exit }')
	debugfs -R "dump $path/$image $out/initrd" "$from" 2>/dev/null
	rm -rf "$out/more"
	mkdir -p "$out/more/usr/lib/vfio-early" "$out/more/usr/sbin" "$out/more/scripts"
	cp "$product/usr/lib/vfio-early/vfio-early-boot" "$out/more/usr/sbin/"
	cp -r "$product/usr/share/initramfs-tools/scripts/init-top" "$out/more/scripts/"
	debugfs -R "dump $path/manifest $out/more/usr/lib/vfio-early/manifest" "$from" 2>/dev/null
	truncate -s %512 "$out/initrd"
	(cd "$out/more" && find . -type f | cpio -o --quiet -H newc | gzip) >>"$out/initrd"
}

# boot STEP KERNEL-PARAMETERS QEMU-ARGUMENT...
boot() {
	step=$1
	words=$2
	shift 2
	take_image
	VM_TIMEOUT=900 $attach "$here/boot.sh" "$out/$step" "$life/kernel" "$out/initrd" \
	    "root=LABEL=root rw init=/usr/local/sbin/vm-life vm.step=$step $words" "$@"
}

# With VM_KEYS a person types these again and again, until the machine is gone and
# the pipe broken.
type_keys() {
	cat "$out/keys.out" >/dev/null &
	while sleep 5; do
		# shellcheck disable=SC2086
		printf 'sendkey %s\n' $VM_KEYS
	done >"$out/keys.in"
}
if [ "${VM_KEYS:-}" ]; then
	mkfifo "$out/keys.in" "$out/keys.out"
	set -- "$@" -monitor "pipe:$out/keys"
fi

# With VM_SERVER the disks are those of another guest, made with these QEMU
# arguments, which serves its root to this one.
attach=with_disks
if [ "${VM_SERVER:-}" ]; then
	# shellcheck disable=SC2086
	boot serve '' $VM_SERVER -pidfile "$out/server.pid" >"$out/served" 2>&1 &
	server=$!
	attach=
	until grep -q '^@ serving' "$out/serve/findings"; do
		kill -0 "$server"
		sleep 1
	done 2>"$out/waiting"
fi

while read -r step words; do
	[ -z "${VM_KEYS:-}" ] || type_keys &
	boot "$step" "$words" "$@"
done
