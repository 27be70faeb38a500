#!/bin/sh
# Boots that bind nothing: recovery and kdump.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
}

# off WORDS: with these words nothing is bound
off() {
	cmdline "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro $1"
	run_dry
	line 'result status=off why=* bound=0 already=0 refused=0 failed=0 absent=0 planned=0'
	taken
	ended 0
}

binds() {
	cmdline "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro $1"
	run_dry
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_words_of_init() {
	for word in s S -s 1 -b single rescue emergency recovery rd.rescue rd.emergency; do
		off "$word"
		off "quiet $word splash"
	done
}

test_why_names_the_word() {
	off 'quiet single'
	line 'result status=off why=*single*'
}

test_units_of_systemd() {
	off systemd.unit=rescue.target
	off systemd.unit=emergency.target
	off systemd.unit=rescue.service
	off systemd.unit=emergency
	off rd.systemd.unit=rescue.target
	off rd.systemd.unit=emergency.target
	binds systemd.unit=multi-user.target
	binds systemd.unit=graphical.target
}

test_a_shell_as_init() {
	off init=/bin/sh
	off init=/bin/bash
	off init=/usr/bin/dash
	off init=bash
	off init=/usr/bin/bash
	off rdinit=/bin/sh
	binds rdinit=/init
	binds init=/sbin/init
	binds init=/lib/systemd/systemd
	binds init=/usr/lib/flash/init
}

test_break() {
	for word in break rd.break systemd.break rd.systemd.break; do
		off "$word"
		off "$word=pre-mount"
		off "$word="
	done
}

test_recovery_words_for_init() {
	off '-- single'
}

test_quoted() {
	off '"single"'
	off 'systemd.unit="rescue.target"'
}

test_words_that_only_look_like_it() {
	binds 'root=LABEL=recovery console=ttyS1 s=1 x1 nosingle rescued'
	binds 'netconsole="single" foo="a single b"'
	binds 'breakpoint=1 rd.breakage systemd.breaks=x single= -S _b rd.single'
	binds 'rd.emergency=reboot rd.rescue=0 systemd-unit=rescue.target'
}

test_early_on_overrules() {
	binds 'single vfio.early=on'
	binds 'vfio.early=on systemd.unit=rescue.target'
}

test_early_off_in_a_recovery_boot() {
	off 'single vfio.early=off'
}

test_devices_on_the_command_line_of_a_recovery_boot() {
	rm "$conf"
	off 'single vfio.slots=01:00.0'
}

test_kdump_by_word() {
	off elfcorehdr=0x73000000
	off 'elfcorehdr=0x73000000 vfio.early=on'
}

test_kdump_by_vmcore() {
	: >"$root/proc/vmcore"
	off quiet
	off vfio.early=on
}

test_mistakes_are_still_reported() {
	configure '01:00.0 foo'
	cmdline single
	run_dry
	line 'error at=/etc/vfio-early.conf:1:9 *'
	line 'result status=off *'
	ended 0
}

test_plan_of_a_recovery_boot_says_that_nothing_is_taken() {
	cmdline single
	dry '01:00.0 else=none'
	no_line '*result=planned*'
	no_line 'group *result=viable*'
	line 'result status=off *'
}

test_real_recovery_boot_takes_nothing() {
	cmdline single
	boot '01:00.0'
	line 'result status=off *bound=0 *refused=0 failed=0 *'
	override 0000:01:00.0 '(null)'
	ended 0
}

test_real_recovery_boot_keeps_what_the_host_must_not_get() {
	cmdline single
	boot '01:00.0 else=none'
	line 'result status=off *failed=0 *'
	override 0000:01:00.0 none
	override 0000:01:00.1 '(null)'
}

test_what_is_kept_driverless_already() {
	machine desktop
	echo none >"$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	cmdline single
	boot '01:00.0 else=none\n03:00.0 else=none'
	not_called 'override 0000:01:00.0 *'
	override 0000:01:00.0 none
}

# shellcheck source=/dev/null
. shunit2
