#!/bin/sh
# Disks that something holds without a mount, or may hold.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
drive=0000:01:00.2 sata=0000:00:17.0 usb=0000:00:14.0

# The card has a drive as its sibling; the root is on 03:00.0.
setUp() {
	machine desktop - <<-END
		14 0000:01:00.2 0108 144d:a808 - nvme 0000:00:01.0
	END
	kernel $version
	runs
	disk $drive 259:5 nvme/nvme1/nvme1n1
	rm -f "$work/before"
}

part() {
	disk $drive 259:6 nvme/nvme1/nvme1n1/nvme1n1p1
}

# uses WHO: the drive is used for that and no other disk is; an image has it, the card is refused, the drive is warned of
used() {
	host image --kernel $version
	exact "use reason=in-use address=$drive path=00:01.0/00.2 id=144d:a808 detail=$(quoted "$1")"
	assertEquals 'no others' 2 "$(grep -c '^use ' "$out")"
	host check 01:00.0
	line 'FAIL in-use *group 14 is not taken, because of 0000:01:00.2'
	has "the host needs 0000:01:00.2 for $1: take another device"
	host check 01:00.2
	no_line 'FAIL *'
	line "WARN in use *01:00.2 *"
	host list -J
	assertEquals "$1" "$(jq -r ".devices[] | select(.address == \"$drive\") | .used_by" "$out")"
	assertEquals null "$(jq -r ".devices[] | select(.address == \"$sata\") | .used_by" "$out")"
}

# As the records spell it.
quoted() {
	case $1 in *' '*) echo "\"$1\"" ;; *) echo "$1" ;; esac
}

unused() {
	host image --kernel $version
	assertEquals 1 "$(grep -c '^use ' "$out")"
	host check 01:00.0
	no_line 'FAIL *'
	host list -J
	assertEquals null "$(jq -r ".devices[] | select(.address == \"$drive\") | .used_by" "$out")"
}

# holder NUMBER NAME SLAVE... : a block device upon others, as the kernel links both
holder() {
	layer "$@"
	name=$2
	shift 2
	for slave; do
		mkdir -p "$root/sys/class/block/$slave/holders"
		ln -s "../../../$name" "$root/sys/class/block/$slave/holders/$name"
	done
}

# mapping NUMBER NAME UUID MAPPING SLAVE... : one of device mapper
mapping() {
	number=$1 name=$2 uuid=$3 mapping=$4
	shift 4
	holder "$number" "$name" "$@"
	mkdir "$root/sys/class/block/$name/dm"
	echo "$uuid" >"$root/sys/class/block/$name/dm/uuid"
	echo "$mapping" >"$root/sys/class/block/$name/dm/name"
}

# put PATH TEXT
put() {
	mkdir -p "$root/${1%/*}"
	printf '%s\n' "$2" >"$root/$1"
}

test_nobody() {
	part
	unused
}

test_device_mapper() {
	for on in nvme1n1 nvme1n1p1; do
		for who in 'LVM-0123-tpool pve-data-tpool=LVM pve-data-tpool' 'CRYPT-LUKS2-01-x secret=dm-crypt secret' \
			'mpath-3600 mpatha=multipath mpatha' 'DMRAID-x isw_x=device mapper isw_x'; do
			setUp
			part
			kind=${who%=*}
			mapping 254:7 dm-7 "${kind% *}" "${kind#* }" $on
			used "${who#*=}"
		done
	done
}

test_md() {
	part
	holder 9:127 md127 nvme1n1p1
	used 'MD md127'
}

test_bcache() {
	holder 252:0 bcache0 nvme1n1
	used bcache0
	setUp
	# a cache, or a backing device that has none yet
	mkdir "$root/sys/class/block/nvme1n1/bcache"
	used bcache
}

# Who has a name of many parts is named once, with how many there are.
test_many_holders() {
	part
	for number in 1 2 3 4 5; do
		mapping 254:$number dm-$number LVM-01-x vg-lv$number nvme1n1p1
	done
	used 'LVM vg-lv1, LVM vg-lv2, LVM vg-lv3 and 2 more'
}

# What is mounted says it already; what is there besides is told, too.
test_mounted_and_held() {
	part
	mapping 254:1 dm-1 LVM-01-x vg-home nvme1n1p1
	mounted 254:1 /home ext4 /dev/mapper/vg-home
	used /home
	mapping 254:2 dm-2 LVM-01-y-tpool vg-thin-tpool nvme1n1p1
	host list -J
	assertEquals '/home' "$(jq -r ".devices[] | select(.address == \"$drive\") | .used_by" "$out")"
	disk $drive 259:7 nvme/nvme1/nvme1n1/nvme1n1p2
	mapping 254:3 dm-3 CRYPT-LUKS2-01-x secret nvme1n1p2
	host list -J
	assertEquals '/home, dm-crypt secret' "$(jq -r ".devices[] | select(.address == \"$drive\") | .used_by" "$out")"
}

# ---- processes ----

# process PID NAME FD TARGET
process() {
	put "proc/$1/comm" "$2"
	mkdir -p "$root/proc/$1/fd"
	ln -s "$4" "$root/proc/$1/fd/$3"
}

test_guest_that_runs() {
	process 4711 qemu-system-x86 0 /dev/null
	process 4711 qemu-system-x86 12 /dev/nvme1n1
	process 99 udev-worker 7 /dev/sda
	used 'open in qemu-system-x86'
	setUp
	part
	process 815 kvm 3 /dev/nvme1n1p1
	used 'open in kvm'
}

test_udev_is_no_user() {
	process 99 '(udev-worker)' 7 /dev/nvme1n1
	unused
}

# ---- definitions ----

by_id() {
	mkdir -p "$root/dev/disk/by-id"
	ln -s "../../$2" "$root/dev/disk/by-id/$1"
}

test_guests_that_do_not_run() {
	by_id nvme-Samsung_SSD_970 nvme1n1
	put etc/libvirt/qemu/win11.xml "<disk type='block'><source dev='/dev/disk/by-id/nvme-Samsung_SSD_970'/></disk>"
	used 'guest win11'
	put etc/libvirt/qemu/win11.xml "<source file='/var/lib/x.qcow2'/><source dev=\"/dev/absent\" index='1'/><rng>/dev/urandom</rng>"
	unused
	rm "$root/etc/libvirt/qemu/win11.xml"
	for file in run/libvirt/qemu/win11.xml etc/pve/qemu-server/win11.conf etc/xen/win11.cfg; do
		put $file "scsi1: /dev/disk/by-id/nvme-Samsung_SSD_970,iothread=1,size=1T"
		used 'guest win11'
		rm "$root/$file"
	done
	put etc/libvirt/storage/vms.xml "<source><device path='/dev/nvme1n1'/><name>vms</name></source>"
	used "libvirt's pool vms"
}

# A volume of LVM by the link of udev, or by its name where there is none.
test_guest_on_a_volume() {
	part
	mapping 254:2 dm-2 LVM-01-x vg--a-win--11 nvme1n1p1
	for path in /dev/vg-a/win-11 /dev/mapper/vg--a-win--11; do
		put etc/libvirt/qemu/win11.xml "<source dev='$path'/>"
		used 'guest win11, LVM vg--a-win--11'
	done
}

test_other_definitions() {
	part
	put etc/drbd.d/r0.res 'disk /dev/nvme1n1p1;'
	used DRBD
	rm "$root/etc/drbd.d/r0.res"
	put etc/target/saveconfig.json '{"dev": "/dev/nvme1n1", "name": "x"}'
	used 'an iSCSI target'
	rm "$root/etc/target/saveconfig.json"
	mkdir -p "$root/etc/zfs"
	printf 'path\0\0\0\011\0\0\0\017/dev/nvme1n1p1\0\0' >"$root/etc/zfs/zpool.cache"
	used 'a pool of ZFS'
	rm "$root/etc/zfs/zpool.cache"
	for directory in var/lib/ceph/osd/ceph-0 var/lib/ceph/01-23/osd.0; do
		mkdir -p "$root/$directory"
		ln -s /dev/nvme1n1 "$root/$directory/block"
		used Ceph
		rm "$root/$directory/block"
	done
}

# Without udev's links a tree cannot say which disk that is: it may be any that is not known to be used.
test_definition_that_leads_nowhere() {
	put etc/libvirt/qemu/win11.xml "<source dev='/dev/disk/by-id/nvme-Samsung_SSD_970'/>"
	used 'unknown (guest win11?)'
	line '*'
	mkdir -p "$root/dev/disk"
	unused
}

test_fstab_that_leads_nowhere() {
	put etc/fstab 'UUID=77 /srv ext4 defaults 0 2'
	host image --kernel $version
	line "use reason=boot-disk address=$drive * detail=\"unknown (/srv?)\""
	put etc/fstab 'UUID=77 / ext4 defaults 0 2'
	unused
	put etc/fstab 'UUID=77 none swap sw 0 0'
	host image --kernel $version
	line "use reason=boot-disk address=$drive * detail=\"unknown (swap?)\""
	printf 'Filename Type Size Used Priority\n/dev/nvme0n1p1 partition 1 0 -2\n' >"$root/proc/swaps"
	unused
	put etc/crypttab 'secret UUID=77 /key luks'
	host image --kernel $version
	line "use reason=boot-disk address=$drive * detail=\"unknown (encrypted secret?)\""
	mapping 254:0 dm-0 CRYPT-LUKS2-77-secret secret nvme0n1p1
	unused
}

# ---- ZFS ----

member() {
	mkdir -p "$root/run/udev/data"
	printf 'E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=%s\n' "$2" >"$root/run/udev/data/b$1"
}

test_pool_that_is_not_mounted() {
	put proc/spl/kstat/zfs/tank/state ONLINE
	put proc/spl/kstat/zfs/arcstats x
	used 'unknown (ZFS tank?)'
	member 259:5 tank
	used 'ZFS tank'
	rm -r "$root/proc/spl/kstat/zfs/tank"
	unused
}

# A mirror whose members are partitions, and swap on one of its volumes.
test_swap_on_a_volume_of_zfs() {
	part
	disk $sata 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	member 259:6 tank
	member 8:1 tank
	layer 230:0 zd0
	printf 'Filename Type Size Used Priority\n/dev/zd0 partition 1 0 -2\n' >"$root/proc/swaps"
	host image --kernel $version
	for member in $drive $sata; do
		line "use reason=boot-disk address=$member * detail=swap"
	done
	# and where it is encrypted
	layer 254:9 dm-9 zd0
	printf 'Filename Type Size Used Priority\n/dev/dm-9 partition 1 0 -2\n' >"$root/proc/swaps"
	host image --kernel $version
	for member in $drive $sata; do
		line "use reason=boot-disk address=$member * detail=swap"
	done
	rm -r "$root/run/udev"
	host image --kernel $version
	line "use reason=boot-disk address=$drive * detail=\"unknown (swap?)\""
}

# The module alone tells that there may be pools, unless the tree has the list of them.
test_zfs_is_loaded() {
	mkdir -p "$root/sys/module/zfs"
	used 'unknown (ZFS?)'
	mkdir -p "$root/proc/spl/kstat/zfs"
	unused
}

test_mount_that_leads_nowhere() {
	mounted 0:31 /tank zfs tank
	used 'unknown (/tank?)'
	# the root may be on each of them: they are guarded as that
	mounted 0:32 /usr zfs other/usr
	host image --kernel $version
	line 'use reason=boot-disk address=unknown'
	no_line "use * address=$drive *"
}

# The controllers of USB and of SD cards are what their disks hang on.
test_other_controllers() {
	disk $usb 8:16 usb1/1-1/1-1:1.0/host3/target3:0:0/3:0:0:0/block/sdb
	mapping 254:7 dm-7 CRYPT-LUKS2-01-x secret sdb
	host image --kernel $version
	line "use reason=in-use address=$usb * detail=\"dm-crypt secret\""
	disk 0000:00:14.2 179:0 rtsx_pci_sdmmc.0/mmc_host/mmc0/mmc0:0001/block/mmcblk0
	mapping 254:8 dm-8 LVM-01-x card-x mmcblk0
	host image --kernel $version
	line "use reason=in-use address=0000:00:14.2 * detail=\"LVM card-x\""
}

# A way to a disk with several is no disk of its own.
test_hidden_disk() {
	put proc/spl/kstat/zfs/tank/state ONLINE
	echo 1 >"$root/sys/class/block/nvme1n1/hidden"
	unused
}

# ---- the kernel that runs ----

# loop FILE: a loop device of it stands for the drive in the tree that runs; false, after a skip, where there is none
loop() {
	truncate -s 64M "$1"
	device=$(losetup -f --show "$1" 2>/dev/null) || { skip 'no loop device'; return 1; }
	rm -r "$root/sys/dev/block/259:5"
	numbered "7:${device#/dev/loop}" nvme1n1
	mkdir -p "$root/dev"
	mknod "$root/dev/nvme1n1" b 7 "${device#/dev/loop}" || { skip 'only root makes device nodes'; return 1; }
}

# while_held [OPTION] COMMAND... : something has the drive open
while_held() {
	cat >"$work/before" <<-END
		#!/bin/sh
		"$top/build/test/hold" $1 "$root/dev/nvme1n1" >"$work/held" &
		while ! [ -s "$work/held" ]; do sleep 0.1; done
	END
	chmod 755 "$work/before"
	shift
	live "$@"
	rm "$work/before"
}

of_the_drive() {
	isSkipping || assertEquals "$1" "$(sed -n "s/^use reason=in-use address=$drive .* detail=//p" "$out")"
}

test_kernel_says_who_holds_it() {
	loop "$work/disk" || return
	: >"$work/held"
	live image --kernel $version
	of_the_drive ''
	while_held '' image --kernel $version
	of_the_drive '"open in hold"'
	: >"$work/held"
	while_held -x image --kernel $version
	of_the_drive '"open in hold"'
	losetup -d "$device"
}

# Held by what no process of this system has open: another one's mount.
test_kernel_says_that_it_is_held() {
	loop "$work/disk" || return
	: >"$work/outside"
	"$top/build/test/hold" -x "$device" >"$work/outside" &
	holder=$!
	while ! [ -s "$work/outside" ]; do sleep 0.1; done
	live image --kernel $version
	of_the_drive '"nvme1n1 is held"'
	live check 01:00.0
	isSkipping || line 'FAIL in-use *'
	kill $holder
	wait $holder 2>/dev/null
	losetup -d "$device"
}

# ---- data that nobody holds ----

# data TEXT : the check of the drive warns of that, and it is taken
data() {
	host check 01:00.2
	line "WARN data *nvme1n1 carries data: $1"
	line 'PASS group 14 *'
}

no_data() {
	host check 01:00.2
	no_line '*carries data*'
	line 'PASS group 14 *'
}

# super NAME LABEL : a file stands for the device; what mke2fs makes, as far as it can be told by
super() {
	mkdir -p "$root/dev"
	mke2fs -qq -t ext4 -L "$2" "$root/dev/$1" 2M >/dev/null
}

test_data() {
	command -v mke2fs >/dev/null || { skip 'no mke2fs'; return; }
	no_data
	mkdir -p "$root/dev"
	head -c 2M /dev/zero >"$root/dev/nvme1n1"
	no_data
	super nvme1n1 backup
	data "ext4 'backup'"
	# what is in use has been warned of
	mapping 254:7 dm-7 LVM-0123-tpool pve-data-tpool nvme1n1
	no_data
	line 'WARN in use *LVM pve-data-tpool'
	# and what is not taken is nobody's loss
	host check 02:00.0
	no_line '*carries data*'
}

test_data_in_partitions() {
	command -v mke2fs >/dev/null || { skip 'no mke2fs'; return; }
	part
	super nvme1n1p1 "old
data"
	truncate -s 8M "$root/dev/nvme1n1"
	# an MBR with one partition
	printf '\0\0\0\0\203\0\0\0\0\010\0\0\0\020\0\0' | dd of="$root/dev/nvme1n1" bs=1 seek=446 conv=notrunc 2>/dev/null
	printf '\125\252' | dd of="$root/dev/nvme1n1" bs=1 seek=510 conv=notrunc 2>/dev/null
	data "DOS; ext4 'old\\\\x0adata'"
	rm "$root/dev/nvme1n1p1"
	data DOS
}

test_data_on_the_system_that_runs() {
	command -v mke2fs >/dev/null || { skip 'no mke2fs'; return; }
	loop "$work/disk" || return
	live check 01:00.2
	isSkipping || no_line '*carries data*'
	mke2fs -qq -t ext4 -L backup "$device"
	live check 01:00.2
	isSkipping || line "WARN data *nvme1n1 carries data: ext4 'backup'"
	losetup -d "$device"
}

test_no_rights_are_unknown() {
	live image --kernel $version
	of_the_drive '"unknown (nvme1n1 cannot be opened)"'
}

# shellcheck source=/dev/null
. shunit2
