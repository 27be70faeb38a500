#!/bin/sh
# "vfio-early verify": the log of a boot in the simulated kernel against the tree that it has left.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
log=$root/run/vfio-early.log

setUp() {
	machine desktop
}

# booted TEXT: boot, on a machine whose kernel has an index of modules, too
booted() {
	boot "$1"
	kernel $version
}

# found LEVEL CHECK TEXT: such a line; the text is a pattern
found() {
	matches "$out" "$1 $2 *$3" || fail "no $1 $2 $3
$(cat "$out")"
}

fix() {
	matches "$out" " *fix: $1" || fail "no fix: $1
$(cat "$out")"
}

# stamped: the boot's log has the stamp of the configuration as it is
stamped() {
	stamp=$("$VFIO_EARLY" image --kernel $version --root "$root" 2>/dev/null | sed -n 's/.* stamp=\([0-9a-f]*\).*/\1/p')
	sed -i "1s/stamp=[^ ]*/stamp=$stamp/" "$log"
}

# rebind ADDRESS DRIVER: as somebody did it since
rebind() {
	rm -f "$root/sys/bus/pci/devices/$1/driver"
	ln -s "../../../../bus/pci/drivers/$2" "$root/sys/bus/pci/devices/$1/driver"
	sed -i "s/^DRIVER=.*/DRIVER=$2/" "$root/sys/bus/pci/devices/$1/uevent"
}

test_as_asked() {
	booted '01:00.0'
	stamped
	host verify
	ended 0
	found PASS boot "$version, 2 bound, 0 already, * ms"
	found PASS 01:00.0 'vfio-pci, no host driver has it'
	found PASS 01:00.1 'vfio-pci*'
	found PASS 'group 14' 'usable by a VM'
	line '0 FAIL, 0 WARN'
}

test_what_the_boot_warned_of() {
	echo 1 >"$root/sys/bus/pci/devices/0000:01:00.0/boot_vga"
	booted '01:00.0'
	stamped
	host verify
	ended 0
	found WARN boot '0000:01:00.0 is the boot display: its screen stays dark'
	line 'next: start the VM, with every device of the group'
}

test_bind_failed() {
	export SIM_FAULTS='bind vfio-pci 0000:01:00.0=EINVAL'
	booted '01:00.0'
	unset SIM_FAULTS
	host verify
	ended 1
	found FAIL 01:00.0 'was not bound: bind failed with EINVAL'
	fix 'see what the kernel says: dmesg | grep 01:00.0'
	found FAIL 01:00.1 'was returned to the host: its group failed'
	line 'next: mend what FAILs, then: vfio-early verify'
}

test_rebound() {
	booted '01:00.0'
	rebind 0000:01:00.0 nouveau
	host verify
	ended 1
	found FAIL 01:00.0 'is on nouveau now; the boot had left it on vfio-pci'
	fix "set managed='no' in the VM, or find who rebound it"
	found FAIL 'group 14' 'no VM can use it: 01:00.0 is on nouveau'
}

test_unbound() {
	booted '01:00.0'
	rm "$root/sys/bus/pci/devices/0000:01:00.0/driver"
	host verify
	ended 1
	found FAIL 01:00.0 'is on no driver now; *'
}

test_gone() {
	booted '01:00.0'
	rm "$root/sys/bus/pci/devices/0000:01:00.1"
	host verify
	ended 1
	found FAIL 01:00.1 'is gone since the boot'
}

# A bridge of the group got a driver later.
test_group_no_longer_viable() {
	booted '00:1f.3'
	host verify
	ended 0
	echo DRIVER=lpc_ich >>"$root/sys/bus/pci/devices/0000:00:1f.0/uevent"
	host verify
	ended 1
	found FAIL 'group 7' 'no VM can use it: 00:1f.0 is on lpc_ich'
}

test_refused() {
	booted '01:00.0\n02:00.0\n00:02.0'
	host verify
	ended 1
	found FAIL boot 'degraded: *'
	found FAIL last-display 'group 3 was not taken, because of 0000:00:02.0'
	fix '*allow=last-display*'
}

test_failed() {
	boot_with 'bind vfio-pci 0000:01:00.1=EBUSY' 01:00.0
	kernel $version
	host verify
	ended 1
	[ "$(grep -c '^FAIL 0' "$out")" -ge 1 ] || fail "$(cat "$out" "$log")"
}

test_absent() {
	booted '09:00.0'
	host verify
	ended 1
	found FAIL match '/etc/vfio-early.conf:1: 09:00.0 was not there'
	boot_again '01:00.0\n09:00.0 optional'
	ended 0
	found WARN match '/etc/vfio-early.conf:2: 09:00.0 was not there'
}

# boot_again TEXT: another boot, then verify
boot_again() {
	machine desktop
	booted "$1"
	host verify
}

test_mistake() {
	booted '01:00.0 alow=x'
	host verify
	ended 1
	found FAIL configuration '/etc/vfio-early.conf:1:9: *'
}

test_nothing_configured() {
	rm "$conf"
	kernel $version
	host verify
	ended 0
	found PASS boot 'nothing is configured'
	run_boot
	host verify
	ended 0
	found PASS boot 'nothing was asked for'
}

test_image_without_vfio_early() {
	kernel $version
	mkdir -p "$root/usr/sbin"
	: >"$root/usr/sbin/update-initramfs"
	host verify
	ended 1
	found FAIL boot "no log: the booted image $version has no vfio-early"
	fix "sudo update-initramfs -u -k $version && sudo reboot"
}

# A tree need not say which kernel it ran.
test_no_log_and_no_kernel() {
	configure '01:00.0'
	rm "$root/proc/sys/kernel/osrelease"
	host verify
	ended 1
	found FAIL boot 'no log: the booted image has no vfio-early'
}

# Somebody wanted something: that nothing was bound is not in order.
test_mistakes_alone_are_a_configuration() {
	kernel $version
	configure '0x10de:0x1b80'
	host verify
	ended 1
	found FAIL boot 'no log: *'
	rm "$conf"
	mkdir "$conf"
	host verify
	ended 1
	found FAIL boot 'no log: *'
}

test_configured_on_the_command_line_only() {
	rm "$conf"
	cmdline 'quiet vfio.slots=01:00.0'
	host verify
	ended 1
	found FAIL boot 'no log: *'
}

test_switched_off() {
	cmdline 'quiet vfio.early=off'
	booted '01:00.0'
	host verify
	ended 1
	found FAIL boot 'bound nothing: vfio.early=off'
	rm "$conf"
	host verify
	ended 0
	found PASS boot 'bound nothing: vfio.early=off'
}

test_configuration_changed() {
	booted '01:00.0'
	stamped
	configure '02:00.0'
	mkdir -p "$root/usr/bin"
	: >"$root/usr/bin/dracut"
	host verify
	ended 0
	found WARN configuration 'changed since the image was built'
	fix "sudo dracut --force --kver $version && sudo reboot"
	mkdir -p "$root/var/lib/vfio-early" "$root/boot"
	"$VFIO_EARLY" image --kernel $version --root "$root" 2>/dev/null | grep '^manifest ' >"$root/var/lib/vfio-early/$version"
	: >"$root/boot/initrd.img-$version"
	host verify
	found WARN configuration 'changed after this boot: reboot pending'
	line '0 FAIL, 1 WARN'
}

test_configuration_of_root_alone() {
	booted '01:00.0'
	stamped
	chmod 0 "$conf"
	as_user verify || return
	ended 0
	found WARN configuration 'is not for this user to read'
	fix 'sudo vfio-early verify'
}

test_log_of_another_kernel() {
	booted '01:00.0'
	echo 6.99.0 >"$root/proc/sys/kernel/osrelease"
	host verify
	ended 1
	found FAIL log "is of another kernel: $version"
}

test_dry_run() {
	cmdline 'quiet vfio.early=dry-run'
	booted '01:00.0'
	host verify
	ended 1
	found FAIL boot 'was a dry run: nothing was bound'
}

# ---- a log that cannot be believed ----

# In a namespace with a /run of ours, on the real system.
test_written_by_others() {
	unshare -rm true 2>/dev/null || { skip 'no namespaces'; return; }
	booted '01:00.0'
	# shellcheck disable=SC2016 # the inner shell expands them
	check='mount --bind "$1" /run && "$2" verify --root /'
	chmod 755 "$work"
	chmod 666 "$log"
	unshare -rm sh -c "$check" - "$root/run" "$VFIO_EARLY" >"$out" 2>"$err"
	found FAIL log '/run/vfio-early.log can be written by others than root: it proves nothing'
	chmod 644 "$log"
	unshare -rm sh -c "$check" - "$root/run" "$VFIO_EARLY" >"$out" 2>"$err"
	no_line '*it proves nothing*'
}

# Nothing in it gets to a terminal, or out of the directory of devices.
test_odd_values() {
	booted '01:00.0'
	{
		echo 'vfio-early version=1'
		printf '%s\n' 'error at="\x1b[31m" text="\x07"'
		echo 'device address=../../x after=y result=bound'
		echo 'group id=../1 result=viable'
		echo 'result status=ok'
	} >"$log"
	host verify
	ended 1
	found FAIL log 'has no address of a device: ../../x'
	assertFalse 'an escape' "LC_ALL=C grep -q '[[:cntrl:]]' '$out'"
}

# disbelieved WHY: no record of it counts
disbelieved() {
	host verify
	ended 1
	assertEquals "$1" "$(grep -c . "$out")" 3
	found FAIL log "/run/vfio-early.log $1"
}

test_cut_off() {
	booted '01:00.0'
	sed -i '$d' "$log"
	disbelieved 'is cut off: it has no result'
	printf 'vfio-early version=1 ker' >"$log"
	disbelieved 'is cut off'
	: >"$log"
	disbelieved 'is cut off'
}

test_something_else() {
	booted '01:00.0'
	sed -i 1d "$log"
	disbelieved 'does not begin with the header of vfio-early-boot'
	printf 'vfio-early version=1\nhello world\nresult status=ok\n' >"$log"
	disbelieved 'has a line that is no record: hello'
	head -c 3000 /dev/urandom >"$log"
	host verify
	ended 1
	rm "$log"
	mkdir "$log"
	disbelieved 'is no regular file: *'
	rmdir "$log"
	ln -s /etc/passwd "$log"
	disbelieved 'is no regular file: *'
}

# ---- output ----

test_json() {
	booted '01:00.0'
	host verify --json
	ended 0
	assertEquals 'PASS usable by a VM' \
		"$(jq -r '.checks[] | select(.check == "group 14") | "\(.level) \(.text)"' "$out")"
}

test_quiet() {
	booted '01:00.0'
	stamped
	host verify --quiet
	ended 0
	assertEquals '' "$(cat "$out")"
}

test_metrics() {
	booted '01:00.0'
	stamped
	host verify --quiet --metrics "$work/vfio.prom"
	ended 0
	cp "$work/vfio.prom" "$out"
	exact 'vfio_early_ok 1'
	exact 'vfio_early_findings{level="fail"} 0'
	exact 'vfio_early_devices{result="bound"} 2'
	exact 'vfio_early_reboot_pending 0'
	line 'vfio_early_boot_duration_seconds 0.[0-9]*'
	assertEquals 644 "$(stat -c %a "$work/vfio.prom")"
	rebind 0000:01:00.0 nouveau
	host verify --quiet --metrics "$work/vfio.prom"
	ended 1
	cp "$work/vfio.prom" "$out"
	exact 'vfio_early_ok 0'
	exact 'vfio_early_findings{level="fail"} 2'
	: >"$work/file"
	host verify --metrics "$work/file/vfio.prom"
	ended 3
}

# In the root itself nobody but root may write, which shows that it was tried.
test_metrics_in_the_root() {
	as_user verify --metrics /vfio.prom || return
	assertEquals 'vfio-early: verify: /vfio.prom: Permission denied' "$(cat "$err")"
}

# Somebody else is still at it when the unit runs.
test_wait() {
	booted '01:00.0'
	rebind 0000:01:00.0 nouveau
	(
		sleep 1
		rebind 0000:01:00.0 vfio-pci
	) &
	host verify --wait 20
	ended 0
	wait
}

# What cannot pass by itself must not delay those who wait for the unit.
test_wait_for_nothing() {
	booted '09:00.0'
	timeout 10 "$VFIO_EARLY" verify --wait 100 --root "$root" >"$out" 2>"$err"
	assertEquals 1 $?
}

test_bad_usage() {
	for arguments in '--wait x' '--wait 99999' '--frobnicate' 'there'; do
		# shellcheck disable=SC2086
		host verify $arguments
		ended 2
		assertTrue "$arguments" "grep -q '^vfio-early: verify: ' '$err'"
	done
	rm -r "${root:?}/sys"
	host verify
	ended 3
}

test_units() {
	command -v systemd-analyze >/dev/null || { skip 'no systemd-analyze'; return; }
	for unit in service timer; do
		sed 's|@bindir@|/bin|; s|vfio-early verify|true|' "$top/hooks/vfio-early-verify.$unit" >"$work/vfio-early-verify.$unit"
	done
	assertEquals '' "$(systemd-analyze verify --man=no "$work/vfio-early-verify.service" "$work/vfio-early-verify.timer" 2>&1 |
		grep vfio-early)"
}

# shellcheck source=/dev/null
. shunit2
