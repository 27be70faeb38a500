#!/bin/sh
# Who types a passphrase in the boot, and by which keyboard: told, or suspected.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
usb=0000:00:14.0

setUp() {
	machine desktop
	kernel $version
	keyboard $usb
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
}

# typed, not_typed: whether the image guards the keyboard for that
typed() {
	host image --kernel $version
	line "use reason=last-input address=$usb *"
	host check 00:14.0
	line 'FAIL last-input *'
}
not_typed() {
	host image --kernel $version
	no_line 'use reason=last-input *'
	host check 00:14.0
	no_line 'FAIL last-input *'
}

# mapping UUID: the root lies on that of dm-crypt
mapping() {
	layer 254:0 dm-0 nvme0n1p1
	mkdir "$layer/dm"
	echo "$1" >"$layer/dm/uuid"
	echo root >"$layer/dm/name"
	mounted 254:0 / ext4 /dev/mapper/root
}

crypttab() {
	printf '%s\n' "$@" >"$root/etc/crypttab"
}

# header JSON: of the LUKS device
header() {
	mkdir -p "$root/dev"
	{ head -c 4096 /dev/zero; printf '%s' "$1"; head -c 16384 /dev/zero; } >"$root/dev/nvme0n1p1"
}

test_nothing_is_encrypted() {
	mounted 259:1 / ext4 /dev/nvme0n1p1
	not_typed
}

test_kinds_of_dm_crypt() {
	for kind in LUKS1 LUKS2 PLAIN TCRYPT BITLK; do
		setUp
		mapping CRYPT-$kind-01-root
		typed
	done
	for kind in VERITY INTEGRITY; do
		setUp
		mapping CRYPT-$kind-01-root
		not_typed
	done
}

# Without crypttab the command line tells, if anything does.
test_command_line() {
	mapping CRYPT-LUKS2-01-root
	for words in rd.luks.uuid=01 rd.luks.name=01=root cryptdevice=UUID=01:root rd.luks.options=tpm2-device=auto,tpm2-pin=yes; do
		cmdline "quiet $words"
		typed
	done
	for words in rd.luks.key=/key 'cryptdevice=UUID=01:root cryptkey=rootfs:/key' rd.luks.options=01=tpm2-device=auto; do
		cmdline "quiet $words"
		not_typed
	done
}

test_crypttab_of_mkinitcpio() {
	mapping CRYPT-LUKS2-01-root
	echo 'root UUID=01 - tpm2-device=auto' >"$root/etc/crypttab.initramfs"
	crypttab 'root UUID=01 none luks'
	not_typed
}

# A script of one's own may ask.
test_key_scripts() {
	mapping CRYPT-LUKS2-01-root
	for script in decrypt_keyctl decrypt_gnupg decrypt_opensc /usr/local/sbin/own; do
		crypttab "root UUID=01 none luks,keyscript=$script"
		typed
	done
	for script in /lib/cryptsetup/scripts/passdev decrypt_derived; do
		crypttab "root UUID=01 none luks,keyscript=$script"
		not_typed
	done
}

test_pin_of_a_token() {
	mapping CRYPT-LUKS2-01-root
	for token in tpm2-device=auto fido2-device=auto; do
		crypttab "root /dev/nvme0n1p1 none luks,$token"
		header '{"tokens":{"0":{"type":"systemd-tpm2","tpm2-pin":false}}}'
		not_typed
		header '{"tokens":{"0":{"type":"systemd-tpm2","tpm2-pin":true},"1":{"fido2-clientPin-required":true}}}'
		typed
	done
	crypttab 'root UUID=01 none luks,tpm2-device=auto,tpm2-pin=yes'
	typed
}

# The boot waits for other disks, too.
test_other_disks() {
	mounted 259:1 / ext4 /dev/nvme0n1p1
	for line in 'data UUID=02 none luks' 'data UUID=02'; do
		crypttab "$line"
		typed
	done
	for line in 'data UUID=02 none luks,nofail' 'data UUID=02 none noauto' 'data UUID=02 /etc/key luks' \
		'swap UUID=02 /dev/urandom swap'; do
		crypttab "$line"
		not_typed
	done
}

# zfs_list LINE... : what zed keeps; columns are split at "|"
zfs_list() {
	mkdir -p "$root/etc/zfs/zfs-list.cache"
	printf '%s\n' "$@" | tr '|' '\t' >"$root/etc/zfs/zfs-list.cache/rpool"
}

test_zfs() {
	mounted 0:31 / zfs rpool/ROOT/debian
	mkdir -p "$root/run/udev/data"
	printf 'E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=rpool\n' >"$root/run/udev/data/b259:1"
	# nothing tells
	typed
	on='on|on|on|on|on|off|on|off'
	zfs_list "rpool|/rpool|$on|-|none" "rpool/ROOT/debian|/|$on|-|none"
	not_typed
	zfs_list "rpool|/rpool|$on|rpool|prompt" "rpool/ROOT/debian|/|$on|rpool|none"
	typed
	# Ubuntu's key lies in a volume with LUKS
	zfs_list "rpool|/rpool|$on|rpool|file:///run/keystore/rpool/system.key" "rpool/ROOT/debian|/|$on|rpool|none"
	typed
	zfs_list "rpool|/rpool|$on|rpool|file:///etc/zfs/key" "rpool/ROOT/debian|/|$on|rpool|none"
	not_typed
	zfs_list "rpool|/rpool|$on|rpool|https://192.0.2.7/key" "rpool/ROOT/debian|/|$on|rpool|none"
	interface 0000:00:1f.5 eth0
	route eth0 00000000 00000000
	host image --kernel $version
	no_line 'use reason=last-input *'
	line 'use reason=root-network address=0000:00:1f.5 *'
	zfs_list 'rpool|x' '' "rpool/ROOT/debian|/|$on|other|none"
	typed
}

test_other_file_systems() {
	mounted 0:50 / bcachefs /dev/nvme0n1p1
	typed
	setUp
	mounted 259:1 / ext4 /dev/nvme0n1p1
	mkdir -p "$root/.fscrypt/policies"
	not_typed
	: >"$root/.fscrypt/policies/0123"
	typed
}

# What cannot be followed may be encrypted, and so may what cannot be seen from a chroot.
test_unknown() {
	mounted 0:99 / weirdfs something
	host image --kernel $version
	line "use reason=last-input address=$usb *"
	rm "$root/proc/self/mountinfo"
	host image --kernel $version
	line "use reason=last-input address=$usb *"
}

# shellcheck source=/dev/null
. shunit2
