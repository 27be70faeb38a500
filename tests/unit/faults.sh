#!/bin/sh
# Real runs in a kernel that fails: a group ends whole or as it was found, and the log says what happened.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine host-driver-first - <<-.
		16 0000:03:00.0 0108 144d:a808 - nvme -
		17 0000:04:00.0 0c03 8086:a36d - -    -
	.
}

# as_found: the card is as it was
as_found() {
	driver 0000:01:00.0 nouveau
	driver 0000:01:00.1 snd_hda_intel
	override 0000:01:00.0 '(null)'
	override 0000:01:00.1 '(null)'
}

# failed ADDRESS ERRNO STEP: this is in the log, its group has failed, its siblings were returned
failed() {
	line "device address=$1 *errno=$2 *step=$3 *result=failed"
	line 'group id=14 result=failed'
	line 'result status=degraded *'
	ended 1
}

test_bind_of_the_first_fails() {
	boot_with 'bind vfio-pci 0000:01:00.1=EBUSY' 01:00.0
	failed 0000:01:00.1 EBUSY bind
	line 'device address=0000:01:00.0 *before=nouveau after=nouveau result=returned'
	as_found
}

test_bind_of_the_last_fails() {
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' 01:00.0
	failed 0000:01:00.0 EINVAL bind
	line 'device address=0000:01:00.1 *before=snd_hda_intel after=snd_hda_intel result=returned'
	as_found
}

test_bind_fails_in_other_ways() {
	for error in ENODEV ENOMEM EAGAIN EIO; do
		setUp
		boot_with "bind vfio-pci 0000:01:00.0=$error" 01:00.0
		failed 0000:01:00.0 $error bind
		as_found
	done
}

test_bind_fails_on_an_old_kernel() {
	machine host-driver-first - <<-.
		kernel 5.10.0-32-amd64
		driver vfio-pci
		14 0000:01:00.2 0200 10de:1b81 a1 igb - sriov_numvfs=2
	.
	boot 01:00.0
	failed 0000:01:00.2 ENODEV bind
	as_found
	driver 0000:01:00.2 igb
}

test_virtual_functions_are_in_use() {
	machine virtual-functions
	boot 07:00.0
	line 'device address=0000:07:00.0 *before=igb after=igb *errno=EBUSY *step=bind *result=failed'
	driver 0000:07:00.0 igb
	ended 1
}

test_override_fails() {
	boot_with 'override 0000:01:00.1 vfio-pci=ENOMEM' 01:00.0
	failed 0000:01:00.1 ENOMEM override
	as_found
	not_called '*unbind*'
}

test_override_is_lost() {
	boot_with 'override 0000:01:00.1 vfio-pci=ignore' 01:00.0
	failed 0000:01:00.1 ENODEV bind
	as_found
}

test_unbind_fails() {
	boot_with 'unbind nouveau 0000:01:00.0=EIO' 01:00.0
	failed 0000:01:00.0 EIO unbind
	as_found
}

test_unbind_does_nothing() {
	boot_with 'unbind nouveau 0000:01:00.0=ignore' 01:00.0
	failed 0000:01:00.0 EBUSY bind
	as_found
}

test_bind_does_nothing() {
	boot_with 'bind vfio-pci 0000:01:00.1=ignore' 01:00.0
	line 'device address=0000:01:00.1 *errno=* *result=failed'
	line 'group id=14 result=failed'
	as_found
}

test_driver_leaves_by_itself() {
	boot_with 'unbind nouveau 0000:01:00.0=ENODEV' 01:00.0
	failed 0000:01:00.0 ENODEV unbind
	as_found
}

test_driver_comes_back_after_the_unbind() {
	boot_with 'unbind snd_hda_intel 0000:01:00.1=back:snd_hda_intel' 01:00.0
	failed 0000:01:00.1 EBUSY bind
	as_found
}

test_driver_comes_back_after_the_bind() {
	boot_with 'bind vfio-pci 0000:01:00.0=back:nouveau' 01:00.0
	line 'device address=0000:01:00.0 *after=nouveau *errno=EBUSY *result=failed'
	line 'group id=14 result=failed'
	as_found
}

test_another_driver_comes() {
	boot_with 'bind vfio-pci 0000:01:00.0=back:nvidia' 01:00.0
	line 'device address=0000:01:00.0 *result=failed'
	line 'device address=0000:01:00.1 *result=returned'
	as_found
}

test_a_driver_gets_what_had_none() {
	boot_with 'bind vfio-pci 0000:04:00.0=back:xhci_hcd' 04:00.0
	line 'device address=0000:04:00.0 *result=failed'
	driver 0000:04:00.0 -
	override 0000:04:00.0 '(null)'
}

test_a_driver_comes_to_a_member_that_is_left() {
	machine lpc-kept-driverless
	boot_with 'bind vfio-pci 0000:00:1f.3=back:vfio-pci; override 0000:00:1f.0 none=back:lpc_ich' 00:1f.3
	line 'device address=0000:00:1f.0 *after=- *step=read-back result=failed'
	driver 0000:00:1f.0 -
	line 'group id=7 result=failed'
	driver 0000:00:1f.3 -
	override 0000:00:1f.3 '(null)'
	override 0000:00:1f.0 '(null)'
	ended 1
}

test_device_vanishes_before_its_bind() {
	boot_with 'bind vfio-pci 0000:01:00.1=vanish' 01:00.0
	line 'device address=0000:01:00.1 *errno=* *result=failed'
	line 'device address=0000:01:00.0 *after=nouveau *result=returned'
	driver 0000:01:00.0 nouveau
	ended 1
}

test_device_vanishes_before_its_unbind() {
	boot_with 'unbind nouveau 0000:01:00.0=vanish' 01:00.0
	line 'device address=0000:01:00.0 *errno=* *result=failed'
	line 'device address=0000:01:00.1 *after=snd_hda_intel *result=returned'
	driver 0000:01:00.1 snd_hda_intel
	ended 1
}

test_device_vanishes_before_its_override() {
	boot_with 'override 0000:01:00.0 vfio-pci=vanish' 01:00.0
	line 'device address=0000:01:00.0 *errno=* *result=failed'
	driver 0000:01:00.1 snd_hda_intel
	ended 1
}

test_all_vanish() {
	boot_with 'insmod vfio-pci=ENOMEM; override 0000:01:00.? vfio-pci=vanish' 01:00.0
	line 'group id=14 result=failed'
	ended 1
}

test_old_overrides_come_back() {
	machine - <<-.
		14 0000:01:00.0 0200 10de:1b80 a1 -             - override=mine
		14 0000:01:00.1 0403 10de:10f0 a1 snd_hda_intel - override=snd_hda_intel
	.
	boot_with 'bind vfio-pci 0000:01:00.1=EINVAL' 01:00.0
	override 0000:01:00.0 mine
	override 0000:01:00.1 snd_hda_intel
	driver 0000:01:00.0 -
	driver 0000:01:00.1 snd_hda_intel
}

test_isa_bridge_gets_its_override_back() {
	machine lpc-kept-driverless
	boot_with 'bind vfio-pci 0000:00:1f.4=EINVAL' 00:1f.3
	override 0000:00:1f.0 '(null)'
	driver 0000:00:1f.3 -
	line 'group id=7 result=failed'
}

test_what_was_bound_before_stays() {
	machine - <<-.
		14 0000:01:00.0 0200 10de:1b80 a1 vfio-pci - override=vfio-pci
		14 0000:01:00.1 0403 10de:10f0 a1 -        -
	.
	boot_with 'bind vfio-pci 0000:01:00.1=EINVAL' 01:00.0
	driver 0000:01:00.0 vfio-pci
	override 0000:01:00.0 vfio-pci
	driver 0000:01:00.1 -
	override 0000:01:00.1 '(null)'
}

test_one_group_fails_and_another_does_not() {
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' '01:00.0\n03:00.0'
	failed 0000:01:00.0 EINVAL bind
	as_found
	driver 0000:03:00.0 vfio-pci
	line 'device address=0000:03:00.0 *result=bound'
	line 'group id=16 result=viable'
	line 'result status=degraded bound=1 already=0 refused=0 failed=2 absent=0 us=*'
}

test_else_none_after_a_failure() {
	boot_with 'bind vfio-pci 0000:04:00.0=EINVAL' '04:00.0 else=none'
	line 'device address=0000:04:00.0 *errno=EINVAL *result=failed'
	override 0000:04:00.0 none
	driver 0000:04:00.0 -
}

test_siblings_none_fails_alone() {
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' '01:00.0 siblings=none'
	failed 0000:01:00.0 EINVAL bind
	as_found
	not_called '*0000:01:00.1*'
}

test_the_way_back_fails() {
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL; bind snd_hda_intel 0000:01:00.1=EIO' 01:00.0
	failed 0000:01:00.0 EINVAL bind
	line 'device address=0000:01:00.1 *before=snd_hda_intel after=- *result=failed'
	driver 0000:01:00.0 nouveau
	driver 0000:01:00.1 -
	override 0000:01:00.1 '(null)'
}

test_kernel_log_of_a_failure() {
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' 01:00.0
	kernel_log '^<3>vfio-early: .*0000:01:00.0'
	kernel_log 'EINVAL'
}

# As after an oops in a driver: its device may be locked for ever and is left alone, but nothing took too long.
test_the_child_dies() {
	boot_with 'unbind nouveau 0000:01:00.0=exit' '01:00.0\n03:00.0'
	line 'device address=0000:01:00.0 *step=unbind *result=failed'
	line 'device address=0000:01:00.1 *result=returned'
	line 'group id=14 result=failed'
	line 'group id=16 result=viable'
	no_line '*ETIMEDOUT*'
	no_line '* 10 s*'
	driver 0000:01:00.1 snd_hda_intel
	override 0000:01:00.1 '(null)'
	driver 0000:03:00.0 vfio-pci
	ended 1
}

test_failed_group_stays_failed_for_the_next_child() {
	boot_with 'override 0000:01:00.1 *=EINVAL; unbind nvme 0000:03:00.0=hang' 'set timeout=1\n01:00.0\n03:00.0'
	line 'group id=14 result=failed'
	not_called '* unbind nouveau *'
	not_called '* unbind snd_hda_intel *'
}

test_way_back_hangs_for_one_group_only() {
	boot_with 'unbind nouveau 0000:01:00.0=exit; override 0000:01:00.1 -=hang; bind vfio-pci 0000:03:00.0=EBUSY' \
		'set timeout=1\n01:00.0\n03:00.0'
	driver 0000:03:00.0 nvme
	override 0000:03:00.0 '(null)'
}

test_else_none_holds_where_no_module_loads() {
	machine desktop
	boot_with 'insmod vfio-pci=ENOMEM' '01:00.0 else=none'
	line 'group id=14 result=failed'
	override 0000:01:00.0 none
}

# how_long COMMAND... : in seconds, in $seconds
how_long() {
	seconds=$(date +%s)
	"$@"
	seconds=$(($(date +%s) - seconds))
}

test_unbind_hangs() {
	how_long boot_with 'unbind nouveau 0000:01:00.0=hang' 'set timeout=1\n01:00.0'
	[ "$seconds" -lt 9 ] || fail "it took $seconds seconds"
	failed 0000:01:00.0 ETIMEDOUT unbind
	# who waits sees it with "quiet", too
	kernel_log '^<3>vfio-early: warning .*0000:01:00.0 is stuck in nouveau .*may pause 120 s at udev'
	line 'device address=0000:01:00.1 *after=snd_hda_intel *result=returned'
	driver 0000:01:00.1 snd_hda_intel
	override 0000:01:00.1 '(null)'
	# what hangs is left alone, with its override
	override 0000:01:00.0 vfio-pci
	kernel_log '^<3>vfio-early: .*0000:01:00.0.*nouveau'
}

test_unbind_hangs_without_a_console() {
	configure 'set timeout=1\n01:00.0'
	SIM_FAULTS='unbind nouveau 0000:01:00.0=hang' timeout 60 "$BOOT_SIM" --root "$root" <&- >&- 2>&-
	assertEquals 'exit' 1 $?
	cp "$root/run/vfio-early.log" "$out"
	failed 0000:01:00.0 ETIMEDOUT unbind
}

test_unbind_hangs_and_other_groups_are_bound_all_the_same() {
	boot_with 'unbind nouveau 0000:01:00.0=hang' 'set timeout=1\n01:00.0\n03:00.0\n04:00.0'
	line 'group id=14 result=failed'
	for device in 0000:03:00.0 0000:04:00.0; do
		line "device address=$device *result=bound"
		driver "$device" vfio-pci
	done
	ended 1
}

test_timeout_of_the_command_line() {
	cmdline vfio.timeout=1
	how_long boot_with 'bind vfio-pci 0000:01:00.0=hang' 01:00.0
	[ "$seconds" -lt 9 ] || fail "it took $seconds seconds"
	failed 0000:01:00.0 ETIMEDOUT bind
}

test_loading_a_module_hangs() {
	how_long boot_with 'insmod vfio-pci=hang' 'set timeout=1\n01:00.0'
	[ "$seconds" -lt 9 ] || fail "it took $seconds seconds"
	line 'group id=14 result=failed'
	as_found
	ended 1
}

test_the_way_back_hangs() {
	how_long boot_with 'bind vfio-pci 0000:01:00.0=EINVAL; bind nouveau 0000:01:00.0=hang' 'set timeout=1\n01:00.0'
	[ "$seconds" -lt 9 ] || fail "it took $seconds seconds"
	failed 0000:01:00.0 EINVAL bind
}

# Whatever call goes wrong, the card is whole or as it was found; where the child dies, but for the device at hand.
test_every_call() {
	boot 01:00.0
	calls=$(wc -l <"$root/sim.log")
	[ "$calls" -ge 7 ] || fail "only $calls calls"
	for fault in EIO exit; do
		number=0
		while [ $number -lt "$calls" ]; do
			number=$((number + 1))
			setUp
			boot_with "$number=$fault" 01:00.0
			whole_or_as_found
		done
	done
}

whole_or_as_found() {
	if matches "$out" 'group id=14 result=viable'; then
		driver 0000:01:00.0 vfio-pci
		driver 0000:01:00.1 vfio-pci
		line 'result status=ok bound=2 *'
		ended 0
		return
	fi
	line 'group id=14 result=failed'
	ended 1
	while read -r address name; do
		if ! matches "$root/sim.log" "*$address* -> exit"; then
			driver "$address" "$name"
			override "$address" '(null)'
		fi
	done <<-.
		0000:01:00.0 nouveau
		0000:01:00.1 snd_hda_intel
	.
}

# ---- the way back is the difference between what was found and what is there ----

# overridden OVERRIDE OVERRIDE: the card, with these from before
overridden() {
	setUp
	printf '%s\n' "$1" >"$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	printf '%s\n' "$2" >"$root/sys/bus/pci/devices/0000:01:00.1/driver_override"
}

# as_overridden: the same afterwards
as_overridden() {
	driver 0000:01:00.0 nouveau
	driver 0000:01:00.1 snd_hda_intel
	override 0000:01:00.0 "$1"
	override 0000:01:00.1 "$2"
}

# A run that was killed had come no further than this.
test_override_was_right_already() {
	overridden vfio-pci vfio-pci
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' 01:00.0
	failed 0000:01:00.0 EINVAL bind
	line 'device address=0000:01:00.1 *after=snd_hda_intel result=returned'
	as_overridden vfio-pci vfio-pci
}

test_override_excludes_the_driver_that_is_bound() {
	overridden none pci-stub
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' 01:00.0
	failed 0000:01:00.0 EINVAL bind
	line 'device address=0000:01:00.1 *after=snd_hda_intel result=returned'
	as_overridden none pci-stub
}

test_override_names_the_driver_that_is_bound() {
	overridden nouveau snd_hda_intel
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' 01:00.0
	as_overridden nouveau snd_hda_intel
}

test_registration_binds_by_an_old_override() {
	setUp
	machine - <<-.
		14 0000:01:00.0 0300 10de:1b80 - - -
		14 0000:01:00.1 0403 10de:10f0 - - - override=vfio-pci
		15 0000:02:00.0 0300 10de:1b80 - i915 -
	.
	boot_with 'bind vfio-pci 0000:01:00.0=EINVAL' 01:00.0
	line 'device address=0000:01:00.1 *before=- after=- result=returned'
	driver 0000:01:00.1 -
	override 0000:01:00.1 vfio-pci
}

# It is the host's disk, and was not to be taken; the override is older than this boot.
test_registration_binds_what_is_refused() {
	machine - <<-.
		14 0000:01:00.0 0108 144d:a808 - - - override=vfio-pci
		15 0000:02:00.0 0200 8086:10d3 - - -
		16 0000:03:00.0 0300 8086:3e92 - i915 -
	.
	echo 'use reason=boot-disk address=0000:01:00.0 path=01:00.0 id=144d:a808 detail=/' \
		>>"$root/usr/lib/vfio-early/manifest"
	boot '01:00.0\n02:00.0'
	refused boot-disk 0000:01:00.0
	line 'device address=0000:01:00.0 *before=- after=- result=refused'
	driver 0000:01:00.0 -
	override 0000:01:00.0 vfio-pci
	result 0000:02:00.0 bound
}

test_an_override_that_cannot_be_read() {
	for options in '' ' siblings=none'; do
		setUp
		rm "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
		boot "01:00.0$options"
		refused group-not-viable 0000:01:00.0
		has 'driver_override of 0000:01:00.0 cannot be read'
		driver 0000:01:00.0 nouveau
		driver 0000:01:00.1 snd_hda_intel
	done
}

# It belongs to the host, which may do with it what it likes.
test_a_driver_of_the_host_comes_to_what_is_refused() {
	machine - <<-.
		14 0000:01:00.0 0108 144d:a808 - - -
		15 0000:02:00.0 0200 8086:10d3 - - -
		16 0000:03:00.0 0300 8086:3e92 - i915 -
	.
	echo 'use reason=boot-disk address=0000:01:00.0 path=01:00.0 id=144d:a808 detail=/' \
		>>"$root/usr/lib/vfio-early/manifest"
	boot_with 'override 0000:01:00.0 none=back:nvme; bind vfio-pci 0000:02:00.0=EBUSY' '01:00.0 else=none\n02:00.0'
	refused boot-disk 0000:01:00.0
	line 'device address=0000:01:00.0 *before=- after=nvme result=refused'
	driver 0000:01:00.0 nvme
	line 'device address=0000:02:00.0 *errno=EBUSY *result=failed'
}

test_a_module_that_brings_no_driver() {
	setUp
	boot_with 'modprobe pci_stub=ignore' '03:00.0 driver=pci-stub'
	line 'device address=0000:03:00.0 *errno=ENODEV step=load result=failed'
	driver 0000:03:00.0 nvme
}

test_a_device_is_gone_when_it_is_read_back() {
	setUp
	boot_with 'bind vfio-pci 0000:01:00.0=pulled' 01:00.0
	line 'device address=0000:01:00.0 *after=- errno=ENODEV step=read-back result=failed'
	driver 0000:01:00.1 snd_hda_intel
}

test_a_driver_is_gone_before_it_is_to_let_go() {
	setUp
	boot_with 'override 0000:01:00.0 vfio-pci=back:-' 01:00.0
	not_called '* unbind nouveau *'
	line 'device address=0000:01:00.0 *before=nouveau after=vfio-pci result=bound'
	line 'result status=ok bound=2 *'
}

test_else_none_is_not_for_what_has_its_driver() {
	setUp
	boot_with 'bind vfio-pci 0000:03:00.0=EINVAL' '03:00.0 else=none'
	line 'device address=0000:03:00.0 *errno=EINVAL *result=failed'
	driver 0000:03:00.0 nvme
	override 0000:03:00.0 '(null)'
}

# ---- there are three children, and no more: the boot has to go on ----

test_each_child_dies_in_another_group() {
	machine host-driver-first - <<-.
		16 0000:03:00.0 0108 144d:a808 - nvme -
		17 0000:04:00.0 0c03 8086:a36d - xhci_hcd -
		18 0000:05:00.0 0200 8086:10d3 - e1000e -
	.
	boot_with 'unbind snd_hda_intel *=exit; unbind nvme *=exit; unbind xhci_hcd *=exit' \
		'01:00.0\n03:00.0\n04:00.0\n05:00.0'
	not_called '* bind vfio-pci *'
	line 'group id=18 result=failed'
	line 'device address=0000:05:00.0 *before=e1000e after=e1000e result=returned'
	driver 0000:05:00.0 e1000e
	override 0000:05:00.0 '(null)'
	ended 1
}

test_each_child_dies_at_a_module() {
	boot_with 'insmod *=exit' 01:00.0
	assertEquals 'irqbypass vfio vfio-pci-core' "$(sed -n 's/.* insmod \([^ ]*\) .*/\1/p' "$root/sim.log" | xargs)"
	line 'warning text="module kernel/drivers/vfio/pci/vfio-pci-core could not be loaded: EINTR"'
	line 'group id=14 result=failed'
	as_found
}

# What it did not come to is not called returned.
test_each_child_dies_on_the_way_back() {
	machine host-driver-first - <<-.
		16 0000:03:00.0 0108 144d:a808 - nvme -
		17 0000:04:00.0 0c03 8086:a36d - -    -
		17 0000:04:00.1 0780 8086:a36e - -    -
	.
	fails='bind vfio-pci 0000:01:00.0=EINVAL; bind vfio-pci 0000:03:00.0=EINVAL; bind vfio-pci 0000:04:00.0=EINVAL'
	boot_with "$fails; unbind vfio-pci 0000:01:00.1=exit; override 0000:01:00.0 -=exit; override 0000:03:00.0 -=exit" \
		'01:00.0\n03:00.0\n04:00.0'
	not_called '* bind nvme *'
	line 'device address=0000:01:00.1 *before=snd_hda_intel after=vfio-pci errno=EINTR step=return result=failed'
	line 'device address=0000:03:00.0 *before=nvme after=- *result=failed'
	line 'device address=0000:04:00.1 *before=- after=- errno=ECANCELED step=return result=failed'
	override 0000:04:00.1 vfio-pci
	line 'group id=17 result=failed'
	ended 1
}

# shellcheck source=/dev/null
. shunit2
