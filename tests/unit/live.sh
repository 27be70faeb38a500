#!/bin/sh
# What only the system that runs can tell, on the fake machine as that system: owners of files, device nodes, network
# addresses, whose mounts are seen, and the words of the running kernel that libkmod knows.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
nvme=0000:03:00.0 nic=0000:00:1f.5

setUp() {
	machine desktop
	kernel $version
	rm -f "$work/before"
}

# owned UID PATH: false, after a skip, where there is no other owner
owned() {
	chown "$1" "$root/$2" 2>/dev/null || { skip 'only root gives files away'; return 1; }
}

# uses_are RECORD... : these are all "use" records of an image that is built on the live system
uses_are() {
	live image --kernel $version
	isSkipping || assertEquals "$(printf 'use %s\n' "$@")" "$(sed -n 's/ path=[^ ]* id=[^ ]*//; /^use /p' "$out")"
}

# ---- who could have written it ----

test_owner_of_the_configuration() {
	live check
	line 'PASS match * 01:00.0 *'
	for path in etc/vfio-early.conf etc; do
		owned 12345 $path || return
		live check
		line "FAIL configuration */etc/vfio-early.conf: nothing of it is used: others than root can write to /$path; run: chown root:root /$path*"
		live image --kernel $version
		no_line 'file /etc/vfio-early.conf'
		# in a tree the owner tells nothing
		host check
		line 'PASS match * 01:00.0 *'
		owned 0 $path
	done
}

test_owner_of_the_log() {
	boot 01:00.0
	owned 12345 run/vfio-early.log || return
	live verify
	line 'FAIL log *can be written by others than root: it proves nothing'
	host verify
	no_line '*it proves nothing*'
	owned 0 run/vfio-early.log
	for mode in 664 646; do
		chmod $mode "$root/run/vfio-early.log"
		live verify
		line 'FAIL log *can be written by others than root: it proves nothing'
	done
	chmod 644 "$root/run/vfio-early.log"
	live verify
	no_line '*it proves nothing*'
}

# ---- whose mounts, disks and addresses ----

test_mounts() {
	runs
	uses_are "reason=boot-disk address=$nvme detail=/"
}

# A node has any name: its number tells.
test_device_nodes() {
	runs
	mkdir -p "$root/dev"
	mknod "$root/dev/odd" b 259 1 2>/dev/null || { skip 'only root makes device nodes'; return; }
	mounted 8:1 /data ext4 /dev/sda1
	echo '/dev/odd /data ext4 defaults 0 0' >"$root/etc/fstab"
	uses_are "reason=boot-disk address=$nvme detail=\"/, /data\""
	echo '/dev/missing /data ext4 defaults 0 0' >"$root/etc/fstab"
	uses_are "reason=boot-disk address=$nvme detail=/"
}

# The header of an encrypted disk is read from its node; one that cannot be read may well be bound to clevis.
test_encrypted_disk() {
	disk $nvme 259:2 nvme/nvme0/nvme0n1/nvme0n1p2
	layer 253:0 dm-0 nvme0n1p2
	mkdir -p "$root/sys/devices/virtual/block/dm-0/dm"
	echo CRYPT-LUKS2-x >"$root/sys/devices/virtual/block/dm-0/dm/uuid"
	echo root >"$root/sys/devices/virtual/block/dm-0/dm/name"
	mounted 253:0 / ext4 /dev/mapper/root
	echo 'root /dev/nvme0n1p2 none luks' >"$root/etc/crypttab"
	keyboard 0000:00:14.0
	live image --kernel $version
	line 'use reason=last-input address=0000:00:14.0 *'
	mkdir -p "$root/usr/share/initramfs-tools/hooks" "$root/dev"
	: >"$root/usr/share/initramfs-tools/hooks/clevis"
	mknod "$root/dev/nvme0n1p2" b 259 2 2>/dev/null || { skip 'only root makes device nodes'; return; }
	live image --kernel $version
	no_line 'use reason=last-input *'
}

# address NAME ADDRESS: the interface of the live system has it
address() {
	command -v ip >/dev/null || { skip 'no ip'; return 1; }
	# the one interface that each kernel has
	cat >"$work/before" <<-END
		#!/bin/sh
		ip link set lo name $1
		ip address add $2 dev $1
		ip link set $1 up
	END
	chmod 755 "$work/before"
}

test_addresses_of_interfaces() {
	runs
	interface $nic eth0
	address eth0 192.0.2.7/24 || return
	live list -J
	isSkipping || case $(jq -r ".devices[] | select(.address == \"$nic\") | .used_by" "$out") in
	*'eth0 127.0.0.1'*'eth0 192.0.2.7'*) ;;
	*) fail "$(cat "$out")" ;;
	esac
	# a tree has none, whatever this system has
	host list -J
	assertEquals null "$(jq -r ".devices[] | select(.address == \"$nic\") | .used_by" "$out")"
}

# ---- what runs ----

test_dev_kvm() {
	printf 'flags\t: vmx\n' >"$root/proc/cpuinfo"
	live check
	line 'WARN cpu *vmx, but there is no /dev/kvm'
	mkdir -p "$root/dev"
	: >"$root/dev/kvm"
	live check
	line 'PASS cpu *vmx, /dev/kvm'
}

test_no_rights() {
	rm -r "$root/lib/modules"
	live check
	line 'FAIL kernel */lib/modules has no kernel'
	rm -r "$root/sys/bus"
	for command in check list 'enable 02:00.0' 'capture x' import; do
		# shellcheck disable=SC2086 # words on purpose
		live $command
		ended 3
	done
}

# shellcheck source=/dev/null
. shunit2
