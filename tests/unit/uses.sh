#!/bin/sh
# What the host uses: from file systems, networks and keyboards to the records in an image.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
nvme='address=0000:03:00.0 path=00:1b.0/00.0 id=144d:a808'
sata='address=0000:00:17.0 path=00:17.0 id=8086:a352'
usb='address=0000:00:14.0 path=00:14.0 id=8086:a36d'
nic='address=0000:00:1f.5 path=00:1f.5 id=8086:a324'

setUp() {
	machine desktop
	kernel $version
}

# records RECORD... : the image has these of what the host uses, and no others
records() {
	host image --kernel $version
	grep '^use ' "$out" >"$work/uses"
	printf 'use %s\n' "$@" >"$work/wanted"
	cmp -s "$work/wanted" "$work/uses" || fail "$(diff "$work/wanted" "$work/uses")"
}

# fstab LINE..., crypttab LINE...
fstab() {
	printf '%s\n' "$@" >"$root/etc/fstab"
}
crypttab() {
	printf '%s\n' "$@" >"$root/etc/crypttab"
}

# tag KIND VALUE NAME: the link that udev makes
tag() {
	mkdir -p "$root/dev/disk/by-$1"
	ln -s "../../$3" "$root/dev/disk/by-$1/$2"
}

# mapping NUMBER NAME DM SLAVE: an unlocked LUKS device
mapping() {
	layer "$1" "$3" "$4"
	mkdir "$layer/dm"
	echo "CRYPT-LUKS2-0123-$2" >"$layer/dm/uuid"
	echo "$2" >"$layer/dm/name"
}

test_root_on_a_partition() {
	runs
	records "reason=boot-disk $nvme detail=/"
}

test_mount_points_of_the_system() {
	runs
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	for target in /boot /usr /var /boot/efi /efi; do
		mounted 8:1 $target ext4 /dev/sda1
	done
	mounted 8:1 /srv ext4 /dev/sda1
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=\"/boot, /usr, /var, /boot/efi, /efi\""
}

test_what_is_mounted_besides() {
	runs
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	mounted 8:1 /mnt ext4 /dev/sda1
	records "reason=boot-disk $nvme detail=/" "reason=in-use $sata detail=/mnt"
	fstab '/dev/sda1 /mnt ext4 defaults,nofail 0 2'
	records "reason=boot-disk $nvme detail=/" "reason=in-use $sata detail=/mnt"
	fstab '/dev/sda1 /mnt ext4 noauto 0 2'
	records "reason=boot-disk $nvme detail=/" "reason=in-use $sata detail=/mnt"
	fstab '/dev/sda1 /mnt ext4 defaults 0 2'
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=/mnt"
}

test_fstab_of_what_is_not_mounted() {
	runs
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	tag uuid 1234-ABCD sda1
	tag label DATA sda1
	tag partuuid 77 sda1
	tag partlabel data sda1
	tag id ata-x-part1 sda1
	for source in UUID=1234-ABCD LABEL=DATA PARTUUID=77 PARTLABEL=data /dev/sda1 /dev/disk/by-id/ata-x-part1; do
		fstab "$source /srv ext4 defaults 0 2"
		records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=/srv"
	done
	fstab 'UUID=1234-ABCD none swap sw 0 0'
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=swap"
	fstab 'UUID=1234-ABCD /srv ext4 nofail 0 2' 'UUID=absent /data ext4 defaults 0 0' 'tmpfs /tmp tmpfs defaults 0 0'
	records "reason=boot-disk $nvme detail=/"
}

test_swap_and_resume() {
	runs
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	printf 'Filename Type Size Used Priority\n/dev/sda1 partition 1 0 -2\n' >"$root/proc/swaps"
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=swap"
	rm "$root/proc/swaps"
	tag uuid 77 sda1
	cmdline 'quiet resume=UUID=77'
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=resume"
	cmdline quiet
	mkdir -p "$root/etc/initramfs-tools/conf.d"
	echo RESUME=UUID=77 >"$root/etc/initramfs-tools/conf.d/resume"
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=resume"
}

# LUKS over LVM over MD, on two controllers.
test_layers() {
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	layer 9:0 md0 nvme0n1p1 sda1
	layer 254:0 dm-0 md0
	mapping 254:1 root dm-1 dm-0
	mounted 254:1 / ext4 /dev/mapper/root
	crypttab 'root /dev/mapper/vg-root /etc/key luks'
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=/"
}

test_btrfs_of_several_devices() {
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	mkdir -p "$root/sys/fs/btrfs/6f-1/devices" "$root/sys/fs/btrfs/features"
	ln -s ../../../../devices/x/nvme0n1p1 "$root/sys/fs/btrfs/6f-1/devices/nvme0n1p1"
	ln -s ../../../../devices/x/sda1 "$root/sys/fs/btrfs/6f-1/devices/sda1"
	mounted 0:31 / btrfs /dev/nvme0n1p1
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=/"
}

test_zfs() {
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	mounted 0:31 / zfs rpool/ROOT/debian
	records 'reason=boot-disk address=unknown'
	mkdir -p "$root/run/udev/data"
	printf 'E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=rpool\n' >"$root/run/udev/data/b259:1"
	printf 'E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=tank\n' >"$root/run/udev/data/b8:1"
	records "reason=boot-disk $nvme detail=/"
}

# A root image in a file on a partition, under an overlay: a live system.
test_files_and_overlays() {
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	on_virtual=$root/sys/devices/virtual/block/loop0
	mkdir -p "$on_virtual/loop"
	echo /run/live/medium/live/root.squashfs >"$on_virtual/loop/backing_file"
	ln -s ../../devices/virtual/block/loop0 "$root/sys/class/block/loop0"
	numbered 7:0 loop0
	mounted 8:1 /run/live/medium vfat /dev/sda1
	mounted 7:0 /run/live/rootfs squashfs /dev/loop0
	mounted 0:30 /run/live/overlay tmpfs tmpfs
	mounted 0:31 / overlay overlay lowerdir=/run/live/rootfs,upperdir=/run/live/overlay/rw,workdir=/run/live/overlay/work
	records "reason=boot-disk $sata detail=/"
}

test_disk_of_usb() {
	disk 0000:00:14.0 8:1 usb1/1-1/1-1:1.0/host3/target3:0:0/3:0:0:0/block/sda/sda1
	mounted 8:1 / ext4 /dev/sda1
	records "reason=boot-disk $usb detail=/"
}

test_nvme_multipath() {
	on_device 0000:03:00.0 nvme nvme/nvme0
	echo pcie >"$root/sys/class/nvme/nvme0/transport"
	mkdir -p "$root/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1" \
		"$root/sys/class/nvme-subsystem" "$root/sys/class/block"
	ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0 "$root/sys/class/nvme-subsystem/nvme-subsys0"
	ln -s "../../../../$(readlink "$root/sys/class/nvme/nvme0" | sed 's|^../../||')" \
		"$root/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0"
	ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1 "$root/sys/class/block/nvme0n1p1"
	numbered 259:1 nvme0n1p1
	mounted 259:1 / ext4 /dev/nvme0n1p1
	records "reason=boot-disk $nvme detail=/"
}

# A disk behind VMD does not exist when the boot decides: its controller stands for it.
test_disk_behind_vmd() {
	machine vmd-disk
	kernel $version
	disk 10000:e1:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	mounted 259:1 / ext4 /dev/nvme0n1p1
	records 'reason=boot-disk address=0000:00:0e.0 path=00:0e.0 id=8086:467f detail=/'
}

# eMMC of the platform: nothing of PCI is used.
test_disk_of_the_platform() {
	mkdir -p "$root/sys/devices/platform/mmc/mmcblk0/mmcblk0p1" "$root/sys/class/block"
	ln -s ../../devices/platform/mmc/mmcblk0/mmcblk0p1 "$root/sys/class/block/mmcblk0p1"
	numbered 179:1 mmcblk0p1
	mounted 179:1 / ext4 /dev/mmcblk0p1
	records 'reason=nothing'
}

# ---- where it cannot be known ----

test_chroot() {
	records 'reason=boot-disk address=unknown'
	fstab '192.0.2.1:/root / nfs defaults 0 0'
	records 'reason=boot-disk address=unknown' 'reason=root-network address=unknown'
}

test_root_that_leads_nowhere() {
	mounted 0:99 / weirdfs something
	records 'reason=boot-disk address=unknown'
	rm "$root/proc/self/mountinfo"
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	mounted 259:1 /data ext4 /dev/nvme0n1p1
	records 'reason=boot-disk address=unknown' "reason=in-use $nvme detail=/data"
}

# rings COUNT: so many block devices, each upon all of them, and so many interfaces
rings() {
	for name in $(seq "$1"); do
		names="$names $name"
	done
	mkdir -p "$root/sys/class/net"
	for name in $names; do
		layer "254:$name" "dm-$name"
		mkdir -p "$root/sys/devices/virtual/net/br$name"
		ln -s "../../devices/virtual/net/br$name" "$root/sys/class/net/br$name"
		for other in $names; do
			ln -s "../../dm-$other" "$root/sys/devices/virtual/block/dm-$name/slaves/dm-$other"
			ln -s "../br$other" "$root/sys/devices/virtual/net/br$name/lower_br$other"
		done
	done
}

# What goes in a circle is followed once, and carries nothing.
test_circles() {
	rings 12
	mounted 254:1 / ext4 /dev/dm-1
	mounted 254:2 /data ext4 /dev/dm-2
	directories=/a
	for name in b c d e f g h; do
		directories=$directories:/$name
	done
	for name in a b c d e f g h; do
		mounted 0:31 "$name" overlay overlay "lowerdir=$directories,upperdir=/$name,workdir=/w"
	done
	route br1 00000000 00000000
	SECONDS_BEFORE=$(date +%s)
	records 'reason=boot-disk address=unknown' 'reason=default-route address=unknown'
	assertTrue 'in time' "[ $(($(date +%s) - SECONDS_BEFORE)) -lt 20 ]"
}

# Two ways that end at one disk are no circle.
test_two_ways_to_one_disk() {
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	layer 254:0 dm-0 nvme0n1p1
	layer 254:1 dm-1 nvme0n1p1
	layer 254:2 dm-2 dm-0 dm-1
	mounted 254:2 / ext4 /dev/dm-2
	records "reason=boot-disk $nvme detail=/"
}

test_memory_and_what_is_lost() {
	runs
	layer 1:0 ram0
	layer 252:0 zram0
	layer 253:0 dm-9
	mounted 1:0 /ram ext4 /dev/ram0
	mounted 252:0 /zram ext4 /dev/zram0
	mounted 253:0 /lost ext4 /dev/dm-9
	mounted 0:40 /old ramfs none
	mounted 0:41 /first rootfs rootfs
	records "reason=boot-disk $nvme detail=/"
	mounted 253:0 /usr ext4 /dev/dm-9
	records 'reason=boot-disk address=unknown' "reason=boot-disk $nvme detail=/"
}

# bcachefs and names of devices that have no number
test_several_sources() {
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	mounted 0:50 / bcachefs /dev/nvme0n1p1:/dev/sda1:/dev/missing
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=/"
}

# ---- networks ----

test_root_over_nfs() {
	interface 0000:00:1f.5 eth0
	route eth0 00000000 00000000
	mounted 0:40 / nfs4 198.51.100.1:/root addr=198.51.100.1
	records "reason=root-network $nic detail=\"the root from 198.51.100.1 (eth0)\"" \
		"reason=default-route $nic detail=\"default route (eth0)\""
}

test_the_way_to_the_server() {
	interface 0000:00:1f.5 eth0
	interface 0000:01:00.1 eth1
	route eth1 00000000 00000000
	route eth0 006433C6 00FFFFFF
	mounted 0:40 / nfs4 198.51.100.1:/root addr=198.51.100.1
	records "reason=root-network $nic detail=\"the root from 198.51.100.1 (eth0)\"" \
		'reason=default-route address=0000:01:00.1 path=00:01.0/00.1 id=10de:10f0 detail="default route (eth1)"'
}

test_no_way_to_the_server() {
	mounted 0:40 / nfs4 server:/root
	records 'reason=root-network address=unknown'
}

test_root_over_iscsi() {
	interface 0000:00:1f.5 eth0
	route eth0 006433C6 00FFFFFF
	session=devices/platform/host2/session1
	mkdir -p "$root/sys/$session/target2:0:0/2:0:0:0/block/sda/sda1" "$root/sys/class/block" \
		"$root/sys/class/iscsi_connection/connection1:0"
	ln -s "../../$session/target2:0:0/2:0:0:0/block/sda/sda1" "$root/sys/class/block/sda1"
	numbered 8:1 sda1
	echo 198.51.100.9 >"$root/sys/class/iscsi_connection/connection1:0/persistent_address"
	mounted 8:1 / ext4 /dev/sda1
	records "reason=root-network $nic detail=\"the root from 198.51.100.9 (eth0)\""
}

test_root_over_nvme_of() {
	interface 0000:00:1f.5 eth0
	route eth0 006433C6 00FFFFFF
	fabrics=$root/sys/devices/virtual/nvme-fabrics/ctl/nvme0
	mkdir -p "$fabrics" "$root/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1" \
		"$root/sys/class/nvme-subsystem" "$root/sys/class/block"
	echo tcp >"$fabrics/transport"
	echo traddr=198.51.100.9,trsvcid=4420 >"$fabrics/address"
	ln -s ../../nvme-fabrics/ctl/nvme0 "$root/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0"
	ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0 "$root/sys/class/nvme-subsystem/nvme-subsys0"
	ln -s ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1 "$root/sys/class/block/nvme0n1"
	numbered 259:1 nvme0n1
	mounted 259:1 / ext4 /dev/nvme0n1
	records "reason=root-network $nic detail=\"the root from 198.51.100.9 (eth0)\""
}

test_root_over_nbd() {
	mkdir -p "$root/sys/devices/virtual/block/nbd0" "$root/sys/class/block"
	ln -s ../../devices/virtual/block/nbd0 "$root/sys/class/block/nbd0"
	numbered 43:0 nbd0
	mounted 43:0 / ext4 /dev/nbd0
	records 'reason=root-network address=unknown'
}

# Through bridge, bond and VLAN; an address alone is a use, too.
test_interfaces_upon_interfaces() {
	runs
	interface 0000:00:1f.5 eth0
	for pair in bond0:eth0 vlan7:bond0 br0:vlan7; do
		mkdir -p "$root/sys/devices/virtual/net/${pair%:*}"
		ln -s "../../devices/virtual/net/${pair%:*}" "$root/sys/class/net/${pair%:*}"
		ln -s "../${pair#*:}" "$root/sys/devices/virtual/net/${pair%:*}/lower_${pair#*:}"
	done
	route br0 006433C6 00FFFFFF
	records "reason=boot-disk $nvme detail=/" "reason=in-use $nic detail=br0"
	route br0 00000000 00000000
	records "reason=boot-disk $nvme detail=/" "reason=default-route $nic detail=\"default route (br0)\""
}

test_default_route_of_ipv6() {
	runs
	interface 0000:00:1f.5 eth0
	mkdir -p "$root/proc/net"
	zero=00000000000000000000000000000000
	echo "$zero 00 $zero 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0" \
		>"$root/proc/net/ipv6_route"
	echo "$zero 00 $zero 00 $zero ffffffff 00000001 00000000 00200200 lo" >>"$root/proc/net/ipv6_route"
	records "reason=boot-disk $nvme detail=/" "reason=default-route $nic detail=\"default route (eth0)\""
}

# Lines of /proc that are none: cut off, or with numbers that are none.
test_odd_routes() {
	runs
	interface 0000:00:1f.5 eth0
	mkdir -p "$root/proc/net"
	printf '%s\n' 'Iface Destination' 'eth0 0 0 1 0 0 0 0' 'eth0 xyz' '' >"$root/proc/net/route"
	printf '%s\n' '0 0' '00000000000000000000000000000000 00 x 00 x 0 0 0 0' '' >"$root/proc/net/ipv6_route"
	records "reason=boot-disk $nvme detail=/"
}

# The way to a server is the most specific one, of its own family.
test_routes_of_both_families() {
	interface 0000:00:1f.5 eth0
	interface 0000:00:1f.3 eth1
	sound='address=0000:00:1f.3 path=00:1f.3 id=8086:a348'
	mounted 0:40 / nfs4 '[2001:db8::7]:/root' addr=2001:db8::7
	mkdir -p "$root/proc/net"
	zero=00000000000000000000000000000000
	{
		echo "20010db8000000000000000000000000 1d $zero 00 $zero 0 0 0 0 eth1"
		echo "20010db8000000000000000000000000 40 $zero 00 $zero 0 0 0 0 eth0"
		echo "20010db8000000010000000000000000 40 $zero 00 $zero 0 0 0 0 eth1"
		echo "20010db8000000000000000000000000 ff $zero 00 $zero 0 0 0 0 eth1"
	} >"$root/proc/net/ipv6_route"
	route eth1 00000000 00000080
	records "reason=root-network $nic detail=\"the root from 2001:db8::7 (eth0)\"" \
		"reason=default-route $sound detail=\"default route (eth1)\""
}

# ---- keyboards and keys ----

locked() {
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	mapping 254:0 root dm-0 nvme0n1p1
	mounted 254:0 / ext4 /dev/mapper/root
	keyboard 0000:00:14.0
}

test_keyboard() {
	runs
	keyboard 0000:00:14.0
	records "reason=boot-disk $nvme detail=/" "reason=in-use $usb detail=keyboard"
}

test_what_is_no_keyboard() {
	runs
	mkdir -p "$root/sys/devices/virtual/input/input7/capabilities" "$root/sys/class/input/input9"
	echo fffffffffffffffe >"$root/sys/devices/virtual/input/input7/capabilities/key"
	ln -s ../../devices/virtual/input/input7 "$root/sys/class/input/input7"
	on_device 0000:00:14.0 input usb1/1-1/1-1:1.0/input/input5
	on_device 0000:00:14.0 input usb1/1-1/1-1:1.0/input/event5
	records "reason=boot-disk $nvme detail=/"
	mkdir "$root/sys/class/input/input5/capabilities"
	for keys in '' 0 'fffffffffffffffe 0' fffffffffffffffc; do
		echo "$keys" >"$root/sys/class/input/input5/capabilities/key"
		records "reason=boot-disk $nvme detail=/"
	done
	echo fffffffffffffffe >"$root/sys/class/input/input5/capabilities/key"
	records "reason=boot-disk $nvme detail=/" "reason=in-use $usb detail=keyboard"
}

test_typed_passphrase() {
	locked
	set -- "reason=boot-disk $nvme detail=/" "reason=in-use $usb detail=keyboard" "reason=last-input $usb detail=keyboard"
	records "$@"
	for line in 'root UUID=1 none luks' 'root UUID=1 - luks,discard' 'root UUID=1' \
		'root UUID=1 root luks,keyscript=decrypt_keyctl'; do
		crypttab "$line"
		records "$@"
	done
}

test_keys_that_nobody_types() {
	locked
	set -- "reason=boot-disk $nvme detail=/" "reason=in-use $usb detail=keyboard"
	for line in 'root UUID=1 /etc/key luks' 'root UUID=1 none luks,tpm2-device=auto' \
		'root UUID=1 none luks,fido2-device=auto' 'root UUID=1 none pkcs11-uri=auto' \
		'root UUID=1 /dev/sdb:/key luks,keyscript=/lib/cryptsetup/scripts/passdev'; do
		crypttab "$line"
		records "$@"
	done
	rm "$root/etc/crypttab"
	for word in rd.luks.key=/key rd.luks.options=tpm2-device=auto rd.luks.options=0123=tpm2-device=auto; do
		cmdline "$word"
		records "$@"
	done
}

test_keyboard_that_is_not_usb() {
	locked
	mkdir -p "$root/sys/devices/platform/i8042/serio0/input/input1/capabilities"
	cp "$root/sys/class/input/input3/capabilities/key" "$root/sys/devices/platform/i8042/serio0/input/input1/capabilities"
	ln -s ../../devices/platform/i8042/serio0/input/input1 "$root/sys/class/input/input1"
	records "reason=boot-disk $nvme detail=/" 'reason=last-input address=- detail=keyboard' \
		"reason=in-use $usb detail=keyboard" "reason=last-input $usb detail=keyboard"
}

test_crypttab_of_other_disks() {
	runs
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	crypttab '# name source key options' 'data /dev/sda1 none luks'
	records "reason=boot-disk $nvme detail=/" "reason=boot-disk $sata detail=\"encrypted data\""
	crypttab 'data /dev/sda1 none luks,nofail'
	records "reason=boot-disk $nvme detail=/"
	crypttab 'data /dev/sda1 none noauto'
	records "reason=boot-disk $nvme detail=/"
}

test_unlocked_from_afar() {
	locked
	interface 0000:00:1f.5 eth0
	route eth0 006433C6 00FFFFFF
	mkdir -p "$root/etc/dropbear/initramfs"
	: >"$root/etc/dropbear/initramfs/authorized_keys"
	records "reason=boot-disk $nvme detail=/" "reason=root-network $nic detail=\"unlocking the root (eth0)\"" \
		"reason=in-use $usb detail=keyboard" "reason=last-input $usb detail=keyboard"
	# over what, if nothing has an address now?
	rm "$root/proc/net/route"
	records 'reason=root-network address=unknown' "reason=boot-disk $nvme detail=/" \
		"reason=in-use $usb detail=keyboard" "reason=last-input $usb detail=keyboard"
}

# Bound to clevis or not: a token in the header of the device tells.
test_clevis() {
	locked
	interface 0000:00:1f.5 eth0
	route eth0 006433C6 00FFFFFF
	mkdir -p "$root/usr/share/initramfs-tools/hooks" "$root/dev"
	: >"$root/usr/share/initramfs-tools/hooks/clevis"
	crypttab 'root /dev/nvme0n1p1 none luks'
	{ head -c 4096 /dev/zero; printf '{"tokens":{"0":{"type":"clevis"}}}'; head -c 16384 /dev/zero; } >"$root/dev/nvme0n1p1"
	records "reason=boot-disk $nvme detail=\"/, encrypted root\"" \
		"reason=root-network $nic detail=\"unlocking the root (eth0)\"" "reason=in-use $usb detail=keyboard"
	{ head -c 4096 /dev/zero; printf '{"tokens":{}}'; head -c 16384 /dev/zero; } >"$root/dev/nvme0n1p1"
	records "reason=boot-disk $nvme detail=\"/, encrypted root\"" "reason=in-use $nic detail=eth0" \
		"reason=in-use $usb detail=keyboard" "reason=last-input $usb detail=keyboard"
}

# shellcheck source=/dev/null
. shunit2
