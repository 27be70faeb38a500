#!/bin/sh
# Real runs in the simulated kernel in which all goes well: the calls and their order, the read-back, the log.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# order PATTERN... : calls that match came in this order
order() {
	last=0
	for pattern in "$@"; do
		number=0
		while IFS= read -r call; do
			number=$((number + 1))
			# shellcheck disable=SC2254 # it is a pattern
			case $call in *" $pattern "*) break ;; esac
		done <"$root/sim.log"
		[ "$number" -gt "$last" ] || fail "not in this order: $* at $pattern
$(cat "$root/sim.log")"
		last=$number
	done
}

test_card_without_drivers() {
	machine desktop
	boot 01:00.0
	driver 0000:01:00.0 vfio-pci
	driver 0000:01:00.1 vfio-pci
	override 0000:01:00.0 vfio-pci
	override 0000:01:00.1 vfio-pci
	exact 'device address=0000:01:00.0 path=00:01.0/00.0 id=10de:1b80 class=030000 group=14 for=/etc/vfio-early.conf:1 before=- after=vfio-pci result=bound'
	exact 'device address=0000:01:00.1 path=00:01.0/00.1 id=10de:10f0 class=040300 group=14 for=group before=- after=vfio-pci result=bound'
	exact 'group id=14 result=viable'
	line 'result status=ok bound=2 already=0 refused=0 failed=0 absent=0 us=[0-9]*'
	no_line 'result *planned=*'
	ended 0
}

test_nothing_else_is_touched() {
	machine desktop
	boot 01:00.0
	driver 0000:02:00.0 -
	override 0000:02:00.0 '(null)'
	override 0000:00:01.0 '(null)'
	not_called '*0000:02:00*'
	not_called '*0000:00:*'
}

test_card_with_drivers() {
	machine host-driver-first
	boot 01:00.0
	driver 0000:01:00.0 vfio-pci
	driver 0000:01:00.1 vfio-pci
	line 'device address=0000:01:00.0 *before=nouveau after=vfio-pci result=bound'
	line 'device address=0000:01:00.1 *before=snd_hda_intel after=vfio-pci result=bound'
	ended 0
}

test_order_of_the_steps() {
	machine host-driver-first
	boot 01:00.0
	order 'insmod vfio-pci' 'override 0000:01:00.1 vfio-pci' 'unbind snd_hda_intel 0000:01:00.1' \
		'bind vfio-pci 0000:01:00.1'
	order 'insmod vfio-pci' 'override 0000:01:00.0 vfio-pci' 'unbind snd_hda_intel 0000:01:00.1' \
		'unbind nouveau 0000:01:00.0' 'bind vfio-pci 0000:01:00.1' 'bind vfio-pci 0000:01:00.0'
}

test_displays_come_last_over_all_groups() {
	machine desktop
	boot '01:00.0\n02:00.0\n03:00.0'
	order 'bind vfio-pci 0000:01:00.1' 'bind vfio-pci 0000:01:00.0'
	order 'bind vfio-pci 0000:02:00.1' 'bind vfio-pci 0000:01:00.0'
	order 'bind vfio-pci 0000:03:00.0' 'bind vfio-pci 0000:01:00.0'
}

test_isa_bridge_is_kept_driverless() {
	machine lpc-kept-driverless
	boot 00:1f.3
	override 0000:00:1f.0 none
	driver 0000:00:1f.0 -
	line 'device address=0000:00:1f.0 *before=- after=- result=left'
	driver 0000:00:1f.3 vfio-pci
	driver 0000:00:1f.4 vfio-pci
	ended 0
}

test_bridges_keep_pcieport() {
	machine root-port-in-group
	boot 01:00.0
	driver 0000:00:01.0 pcieport
	override 0000:00:01.0 '(null)'
	override 0000:00:01.1 none
	not_called '*bind * 0000:00:01.0'
	ended 0
}

test_siblings_none() {
	machine desktop
	boot '01:00.0 siblings=none'
	driver 0000:01:00.0 vfio-pci
	driver 0000:01:00.1 -
	override 0000:01:00.1 '(null)'
	line 'group id=14 result=unchecked'
	ended 0
}

test_second_run_has_nothing_to_do_and_keeps_the_log() {
	machine host-driver-first
	boot 01:00.0
	cp "$out" "$work/first"
	calls=$(wc -l <"$root/sim.log")
	run_boot
	ended 0
	assertEquals "$calls" "$(wc -l <"$root/sim.log")"
	assertEquals "$(cat "$work/first")" "$(head -n "$(wc -l <"$work/first")" "$out")"
}

test_one_half_was_there_already() {
	machine - <<-.
		14 0000:01:00.0 0200 10de:1b80 a1 vfio-pci - override=vfio-pci
		14 0000:01:00.1 0403 10de:10f0 a1 -        -
	.
	boot 01:00.0
	line 'device address=0000:01:00.0 *result=already'
	line 'device address=0000:01:00.1 *result=bound'
	line 'result status=ok bound=1 already=1 *'
	not_called '*bind * 0000:01:00.0 *'
}

test_bound_without_an_override_gets_one() {
	machine - <<-.
		14 0000:01:00.0 0200 10de:1b80 a1 vfio-pci -
	.
	boot 01:00.0
	override 0000:01:00.0 vfio-pci
	driver 0000:01:00.0 vfio-pci
	ended 0
}

test_bound_by_an_old_override_as_soon_as_the_driver_is_there() {
	machine host-driver-first - <<-.
		15 0000:02:00.0 0200 8086:1533 - - - override=vfio-pci
	.
	boot 02:00.0
	called '*bind vfio-pci 0000:02:00.0 -> EBUSY'
	line 'device address=0000:02:00.0 *before=- after=vfio-pci result=bound'
	ended 0
}

test_other_drivers() {
	machine desktop - <<-.
		file usr/sbin/modprobe
	.
	boot '01:00.0 driver=pci-stub\n02:00.0 driver=mlx5_vfio_pci'
	driver 0000:01:00.0 pci-stub
	driver 0000:01:00.1 vfio-pci
	driver 0000:02:00.0 mlx5_vfio_pci
	override 0000:01:00.0 pci-stub
	ended 0
}

test_several_groups() {
	machine desktop
	boot '10de:1b80\n03:00.0'
	line 'result status=ok bound=5 *'
	ended 0
}

test_vmd_controller_takes_its_disks_away() {
	machine vmd-disk
	boot 00:0e.0
	driver 0000:00:0e.0 vfio-pci
	line 'device address=0000:00:0e.0 *before=vmd after=vfio-pci result=bound'
	not_called '*bind nvme*'
	ended 0
}

test_old_kernel() {
	machine desktop - <<-.
		kernel 5.10.0-32-amd64
		file lib/modules/5.10.0-32-amd64/kernel/virt/lib/irqbypass.ko
		file lib/modules/5.10.0-32-amd64/kernel/drivers/vfio/vfio.ko
		file lib/modules/5.10.0-32-amd64/kernel/drivers/vfio/pci/vfio-pci.ko
		remove sys/module/compression
	.
	sed -i '/vfio-pci-core/d; /iommu_type1/d; s/6.12.107+deb13-amd64/5.10.0-32-amd64/' "$root/usr/lib/vfio-early/manifest"
	boot 01:00.0
	driver 0000:01:00.0 vfio-pci
	no_line 'warning *'
	ended 0
}

test_log_file() {
	machine desktop
	(umask 077 && boot 01:00.0)
	assertEquals 644 "$(stat -c %a "$root/run/vfio-early.log")"
	assertEquals 'vfio-early.log' "$(ls "$root/run")"
}

test_log_when_there_is_nothing_to_do() {
	machine desktop
	boot ''
	line 'result status=nothing *us=*'
	ended 0
	not_called '*'
}

test_log_when_switched_off() {
	machine desktop
	cmdline vfio.early=off
	boot 01:00.0
	line 'result status=off why=* us=*'
	ended 0
	not_called '*'
}

test_dry_run_by_the_command_line() {
	machine desktop
	cmdline vfio.early=dry-run
	boot 01:00.0
	line 'device address=0000:01:00.0 *result=planned'
	line 'result status=ok *planned=2*'
	driver 0000:01:00.0 -
	not_called '*'
	ended 0
}

test_kernel_log() {
	machine desktop
	boot 01:00.0
	kernel_log '^<6>vfio-early: '
	assertEquals '' "$(grep -v '^<[4-6]>vfio-early: ' "$root/dev/kmsg")"
}

test_kernel_log_of_a_refusal() {
	machine last-display
	boot 01:00.0
	kernel_log '^<3>vfio-early: .*0000:01:00.0.*last-display'
	not_called '*'
	ended 1
}

test_kernel_log_of_a_mistake() {
	machine desktop
	boot '01:00.0 foo'
	kernel_log '^<[34]>vfio-early: .*/etc/vfio-early.conf:1:9'
}

test_refused_group_stays_as_it_is() {
	machine lpc-has-driver
	boot 00:1f.3
	driver 0000:00:1f.0 lpc_ich
	driver 0000:00:1f.3 -
	override 0000:00:1f.3 '(null)'
	not_called '*'
	line 'result status=refused bound=0 already=0 refused=1 *'
	ended 1
}

test_else_none_in_a_refused_group() {
	machine lpc-has-driver
	boot '00:1f.3 else=none'
	override 0000:00:1f.3 none
	driver 0000:00:1f.3 -
	line 'device address=0000:00:1f.3 *result=refused'
	ended 1
}

test_else_none_in_a_recovery_boot() {
	machine desktop
	cmdline single
	boot '01:00.0 else=none\n02:00.0'
	override 0000:01:00.0 none
	override 0000:01:00.1 '(null)'
	override 0000:02:00.0 '(null)'
	not_called '*insmod*'
	not_called '*bind*'
	line 'result status=off *'
	ended 0
}

test_else_none_when_switched_off() {
	machine desktop
	cmdline vfio.early=off
	boot '01:00.0 else=none'
	override 0000:01:00.0 '(null)'
}

test_else_none_in_a_kdump_boot() {
	machine desktop
	cmdline elfcorehdr=0x73000000
	boot '01:00.0 else=none'
	override 0000:01:00.0 '(null)'
}

# bound_without_log: the card is bound although the log cannot be written, and that is said
bound_without_log() {
	driver 0000:01:00.0 vfio-pci
	ended "$1"
	kernel_log '^<[34]>vfio-early: .*/run/vfio-early.log'
}

test_no_run() {
	machine desktop
	rmdir "$root/run"
	boot 01:00.0
	bound_without_log 0
}

test_file_as_run() {
	machine desktop
	rmdir "$root/run"
	: >"$root/run"
	boot 01:00.0
	bound_without_log 0
}

test_directory_as_the_log() {
	machine desktop
	mkdir "$root/run/vfio-early.log"
	boot 01:00.0
	bound_without_log 0
	assertEquals vfio-early.log "$(ls "$root/run")"
}

test_run_is_full() {
	machine desktop
	configure 01:00.0
	unshare -rm true 2>/dev/null || { skip 'no mounts of our own' && return; }
	# shellcheck disable=SC2016 # the inner shell expands them
	unshare -rm sh -c 'mount -t tmpfs -o size=4k full "$1/run" && echo x >"$1/run/x" && "$2" --root "$1"; echo $? >"$1/status"; ls -A "$1/run" >"$1/list"' \
		- "$root" "$BOOT_SIM" >"$work/stdout" 2>"$err"
	status=$(cat "$root/status")
	bound_without_log 0
	assertEquals 'whole or not at all' x "$(cat "$root/list")"
}

test_no_kernel_log() {
	machine desktop
	rm -r "${root:?}/dev"
	boot 01:00.0
	line 'result status=ok *'
	ended 0
}

test_nothing_to_write_to() {
	machine desktop
	rm -r "${root:?}/dev" "${root:?}/run"
	boot 01:00.0
	driver 0000:01:00.0 vfio-pci
}

test_every_line_of_the_kernel_log_is_short_enough() {
	machine lpc-has-driver - <<-.
		$(for n in 1 2 3 4 5 6 7 8 9; do for m in 0 1 2 3 4 5 6 7 8 9; do echo "member 7 SOMETHING:$n$m something"; done; done)
	.
	boot 00:1f.3
	kernel_log '^<3>.*group-not-viable'
	# /dev/kmsg refuses more at once
	assertEquals '' "$(awk 'length > 976 { print length }' "$root/dev/kmsg")"
}

# boot_where CALL=ERROR: a run in which that system call on the log fails once
boot_where() {
	machine desktop
	configure 01:00.0
	# a leak checker cannot trace what is traced already
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -o "$work/calls" -P "$root/run/vfio-early.log.new" \
		-P run/vfio-early.log.new -e inject="${1%=*}:error=${1#*=}:when=1" "$BOOT_SIM" --root "$root" >"$work/stdout" 2>"$err"
	status=$?
	grep -q INJECTED "$work/calls" || fail "$1 did not take place: $(cat "$work/calls")"
}

test_log_that_cannot_be_finished() {
	for failure in openat=EIO write=EIO fchmod=EPERM close=EIO write,close=EIO linkat=EIO linkat=EEXIST; do
		boot_where $failure
		bound_without_log 0
		kernel_log "${failure#*=}"
		assertEquals "$failure" '' "$(ls -A "$root/run")"
	done
}

test_log_that_is_interrupted() {
	boot_where write=EINTR
	ended 0
	assertEquals vfio-early.log "$(ls -A "$root/run")"
	assertEquals 1 "$(grep -c '^result' "$root/run/vfio-early.log")"
}

test_log_that_a_killed_run_has_left() {
	machine desktop
	echo half >"$root/run/vfio-early.log.new"
	boot 01:00.0
	line 'result status=ok *'
	no_line half
	assertEquals vfio-early.log "$(ls -A "$root/run")"
}

test_directory_as_the_new_log() {
	machine desktop
	mkdir "$root/run/vfio-early.log.new"
	boot 01:00.0
	bound_without_log 0
}

test_link_as_the_log() {
	machine desktop
	ln -s elsewhere "$root/run/vfio-early.log"
	boot 01:00.0
	bound_without_log 0
	assertEquals elsewhere "$(readlink "$root/run/vfio-early.log")"
}

test_a_platform_device_in_the_group() {
	machine desktop - <<-END
		member 14 PNP0C02:00
	END
	boot 01:00.0
	line 'device address=PNP0C02:00 * before=- after=- result=left'
	line 'group id=14 result=viable'
}

test_what_is_no_function_comes_after_those_that_are() {
	machine desktop - <<-END
		member 14 0.flash
	END
	boot 01:00.0
	assertEquals '0000:01:00.0 0000:01:00.1 0.flash' "$(sed -n 's/^device address=\([^ ]*\) .*/\1/p' "$out" | xargs)"
}

test_what_is_below_a_controller_that_is_taken() {
	machine vmd-disk
	boot 00:0e.0
	result 0000:00:0e.0 bound
	ended 0
}

# shellcheck source=/dev/null
. shunit2
