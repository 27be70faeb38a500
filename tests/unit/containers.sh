#!/bin/sh
# In a container or a chroot the disks are another system's: unknown, not unused. A machine that was made from the
# image of a container is none.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
nvme=0000:03:00.0 sata=0000:00:17.0

setUp() {
	machine desktop
	kernel $version
	runs
	rm -f "$work/before"
	first cgroup 'cgroup:[4026531835]' pid 'pid:[4026531836]'
}

# first KIND NAME... : the namespaces of process 1, which is the command
first() {
	{
		echo '#!/bin/sh'
		echo "mount -t tmpfs none $root/proc/1/ns"
		while [ $# -gt 0 ]; do
			echo "ln -s '$2' $root/proc/1/ns/$1"
			shift 2
		done
	} >"$work/before"
	chmod 755 "$work/before"
}

used_by() {
	isSkipping || assertEquals "$1" "$2" "$(jq -r ".devices[] | select(.address == \"$1\") | .used_by" "$out")"
}

is_machine() {
	live list -J
	used_by $nvme /
	used_by $sata null
	live image --kernel $version
	isSkipping || assertEquals "use reason=boot-disk address=$nvme" "$(sed -n 's/ path=.*//; /^use /p' "$out")"
}

is_contained() {
	live list -J
	used_by $nvme unknown
	used_by $sata unknown
	used_by 0000:01:00.1 null
	live image --kernel $version
	isSkipping || assertEquals 'use reason=boot-disk address=unknown' "$(grep '^use ' "$out")"
	live check 00:17.0
	isSkipping || line 'FAIL boot-disk *00:17.0*'
}

touch_root() {
	mkdir -p "$root/$(dirname "$1")"
	: >"$root/$1"
}

test_machine() {
	is_machine
}

# /.dockerenv stays where a machine was made from a container's image.
test_converted_machine() {
	touch_root .dockerenv
	touch_root run/.containerenv
	is_machine
}

test_namespaces() {
	for mark in .dockerenv run/.containerenv; do
		touch_root $mark
		first cgroup 'cgroup:[4026531835]' pid 'pid:[4026532281]'
		is_contained
		rm "$root/$mark"
		is_machine
	done
	first cgroup 'cgroup:[4026532282]' pid 'pid:[4026531836]'
	is_contained
}

test_managers() {
	for mark in run/systemd/container run/host/container-manager; do
		touch_root $mark
		is_contained
		rm -r "${root:?}/${mark%/*}"
		is_machine
	done
	for kernel in 6.6.87.2-microsoft-standard-WSL2 4.4.0-19041-Microsoft; do
		echo $kernel >"$root/proc/sys/kernel/osrelease"
		live list -J
		used_by $sata unknown
	done
}

test_environment_of_process_1() {
	export container=lxc
	is_contained
	unset container
	export not_container=lxc
	is_machine
	unset not_container
}

# Its tracer is here the process itself.
test_proot() {
	mkdir -p "$root/proc/1"
	printf 'Name:\tx\nTracerPid:\t1\n' >"$root/proc/self/status"
	echo proot-x86_64 >"$root/proc/1/comm"
	is_contained
	echo gdb >"$root/proc/1/comm"
	is_machine
}

# A tree of a system that does not run, and one whose /proc is of the kernel that runs here.
test_trees() {
	touch_root .dockerenv
	host list -J
	used_by $sata null
	rm "$root/proc/self/mountinfo"
	host list -J
	used_by $sata unknown
	used_by $nvme unknown
}

# shellcheck source=/dev/null
. shunit2
