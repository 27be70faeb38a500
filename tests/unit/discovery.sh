#!/bin/sh
# Groups that the kernel makes only when a driver probes: arm64 and virtio-iommu, up to about 6.14.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# at_probe [LINE...]: a card with two functions in one group, one whose functions have a group each, and a display for the host
# shellcheck disable=SC2034 # for machine
at_probe() {
	{
		cat <<-END
		iommu smmu at-probe
		1 0000:00:01.0 0604 1b36:000c - pcieport -
		2 0000:01:00.0 0300 1234:1111 - - 0000:00:01.0
		2 0000:01:00.1 0403 8086:293e - - 0000:00:01.0
		3 0000:00:02.0 0604 1b36:000c - pcieport -
		4 0000:02:00.0 0200 8086:10d3 - - 0000:00:02.0
		5 0000:02:00.1 0200 8086:10d3 - - 0000:00:02.0
		6 0000:00:03.0 0300 1013:00b8 - - -
		7 0000:00:04.0 0106 8086:2922 - - -
		- 0000:00:00.0 0600 1b36:0008 - - -
		END
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} | machine -
}

# used REASON ADDRESS PATH ID: the image says that the host needs it
used() {
	printf 'use reason=%s address=%s path=%s id=%s detail=/\n' "$@" >>"$root/usr/lib/vfio-early/manifest"
}

untouched() {
	driver "$1" -
	override "$1" '(null)'
}

# probed ADDRESS... : these and no others, once each, and their overrides are back
probed() {
	set -- "$*" "$(sed -n 's/^[0-9]* bind pcieport \([^ ]*\) .*/\1/p' "$root/sim.log" | xargs)"
	[ "$1" = "$2" ] || fail "probed: $2, not $1"
}

test_all_that_have_no_group_are_probed_first() {
	at_probe
	boot 01:00.0
	probed 0000:00:03.0 0000:00:04.0 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	for address in 00:03.0 00:04.0 02:00.0 02:00.1; do
		untouched "0000:$address"
	done
	# the bus is discovered before anything is loaded
	assertEquals '' "$(sed '/insmod/,$d' "$root/sim.log" | grep -v -e override -e 'bind pcieport')"
}

test_named_and_its_siblings() {
	at_probe
	boot 01:00.0
	line 'device address=0000:01:00.0 * group=2 for=/etc/vfio-early.conf:1 before=- after=vfio-pci result=bound'
	line 'device address=0000:01:00.1 * group=2 for=group before=- after=vfio-pci result=bound'
	line 'group id=2 result=viable'
	line 'result status=ok bound=2 *'
	ended 0
}

test_a_function_with_a_group_of_its_own() {
	at_probe
	boot 02:00.1
	line 'device address=0000:02:00.1 * group=5 for=* before=- after=vfio-pci result=bound'
	no_line '*0000:02:00.0*'
	line 'group id=5 result=viable'
	line 'result status=ok bound=1 *'
	ended 0
}

test_two_named_in_two_groups() {
	at_probe
	boot '02:00'
	line 'group id=4 result=viable'
	line 'group id=5 result=viable'
	line 'result status=ok bound=2 *'
}

test_two_named_in_one_group() {
	at_probe
	boot '01:00.1\n01:00.0'
	line 'device address=0000:01:00.0 * group=2 for=/etc/vfio-early.conf:2 *result=bound'
	line 'device address=0000:01:00.1 * group=2 for=/etc/vfio-early.conf:1 *result=bound'
	assertEquals 1 "$(grep -c '^group ' "$out")"
}

test_siblings_none() {
	at_probe
	boot '01:00.0 siblings=none'
	line 'group id=2 result=unchecked'
	line 'result status=ok bound=1 *'
	untouched 0000:01:00.1
}

# What a line allows holds for its own group, however near the other is.
test_allow_stays_with_its_line() {
	at_probe '8 0000:00:05.0 0200 8086:10d3 - - -'
	used boot-disk 0000:00:04.0 00:04.0 8086:2922
	boot '00:05.0 allow=boot-disk\n00:04.0'
	refused boot-disk 0000:00:04.0
	untouched 0000:00:04.0
	result 0000:00:05.0 bound
}

test_allow_of_one_function_is_not_that_of_its_neighbour() {
	at_probe
	used default-route 0000:02:00.0 00:02.0/00.0 8086:10d3
	boot '02:00.1 allow=default-route\n02:00.0'
	refused default-route 0000:02:00.0
	result 0000:02:00.1 bound
}

test_a_member_keeps_what_its_own_line_allows() {
	at_probe
	used boot-disk 0000:00:04.0 00:04.0 8086:2922
	boot '00:03.0\n00:04.0 allow=boot-disk'
	result 0000:00:04.0 bound
}

test_the_port_beside_the_default_route() {
	at_probe
	used default-route 0000:02:00.0 00:02.0/00.0 8086:10d3
	boot 02:00.1
	result 0000:02:00.1 bound
	line 'result status=ok bound=1 *'
	untouched 0000:02:00.0
}

test_a_failure_stays_in_its_group() {
	at_probe
	boot_with 'bind vfio-pci 0000:02:00.0=EINVAL' '02:00.0\n02:00.1'
	line 'device address=0000:02:00.0 * errno=EINVAL step=bind result=failed'
	result 0000:02:00.1 bound
	untouched 0000:02:00.0
	no_line '*group id=- *'
}

test_the_bind_of_a_sibling_fails() {
	at_probe
	boot_with 'bind vfio-pci 0000:01:00.1=EINVAL' 01:00.0
	line 'device address=0000:01:00.0 * after=- result=returned'
	line 'device address=0000:01:00.1 * errno=EINVAL step=bind result=failed'
	line 'group id=2 result=failed'
	untouched 0000:01:00.0
	untouched 0000:01:00.1
	ended 1
}

# One that has its driver has its group; its sibling has none yet.
test_a_sibling_that_joins_a_group_that_is_there() {
	machine - <<-END
	iommu smmu at-probe
	builtin virtio-pci
	3 0000:00:02.0 0604 1b36:000c - pcieport -
	3 0000:02:00.0 0200 1af4:1041 - virtio-pci 0000:00:02.0
	3 0000:02:00.1 0200 8086:10d3 - - 0000:00:02.0
	END
	boot 02:00.0
	result 0000:02:00.0 bound
	result 0000:02:00.1 bound
	line 'result status=ok bound=2 *'
}

test_an_override_that_was_set_is_put_back() {
	at_probe '8 0000:00:05.0 0200 8086:10d3 - - - override=none'
	boot 01:00.0
	override 0000:00:05.0 none
	result 0000:01:00.0 bound
}

test_last_display_is_counted_over_all() {
	at_probe
	boot '01:00.0\n00:03.0'
	result 0000:01:00.0 bound
	refused last-display 0000:00:03.0
	untouched 0000:00:03.0
}

test_second_run_changes_nothing() {
	at_probe
	boot 01:00.0
	rm "$root/run/vfio-early.log" "$root/sim.log"
	boot 01:00.0
	line 'result status=ok bound=0 already=2 *'
	not_called '*bind *'
	not_called '*override *'
}

test_nothing_is_probed_in_vain() {
	at_probe
	boot ''
	not_called '*pcieport*'
	at_probe
	cmdline single
	boot '01:00.0\n02:00.0 else=none'
	not_called '*pcieport*'
	override 0000:02:00.0 none
	at_probe
	cmdline vfio.early=dry-run
	boot 01:00.0
	not_called '*'
	machine host-driver-first
	boot 01:00.0
	not_called '*pcieport*'
}

# ---- what cannot be known before the boot ----

test_dry_run_says_what_it_cannot_know() {
	at_probe
	dry 01:00.0
	line 'device address=0000:01:00.0 * group=- *result=planned'
	line 'group id=- result=unchecked'
	line 'warning text="the group of 0000:01:00.0 is known only in the boot"'
	ended 0
}

test_dry_run_says_who_else_may_be_in_the_group() {
	at_probe '9 0000:00:06.0 0200 1af4:1041 - virtio-pci -' '9 0000:00:06.1 0200 8086:10d3 - - -'
	dry 00:06.0
	line 'warning text="whether 0000:00:06.1 is in group 9 is known only in the boot"'
	ended 0
}

test_dry_run_says_that_a_shared_group_is_not_sure() {
	machine - <<-END
	iommu smmu at-probe
	builtin e1000
	8 0000:00:07.0 0604 1b36:000e - - - pcie=7
	9 0000:04:01.0 0200 8086:100e - e1000 0000:00:07.0
	9 0000:04:02.0 0200 8086:100e - e1000 0000:00:07.0
	END
	dry 04:01.0
	taken 0000:04:01.0 0000:04:02.0
	line 'warning text="whether what is behind 0000:00:07.0 shares a group is known only in the boot"'
}

test_platform_devices_and_functions_that_are_not_translated() {
	machine - <<-END
	iommu smmu at-probe
	builtin igb e1000
	9 0000:00:06.0 0200 8086:10d3 - e1000 -
	- 0000:00:06.1 0200 8086:10d3 - igb -
	member 9 ARMH0001:00
	END
	dry 00:06.0
	taken 0000:00:06.0
	line 'device address=ARMH0001:00 * group=9 *result=left'
	no_line 'warning text="whether *'
}

# ---- the name of the IOMMU says nothing ----

test_virtio_iommu() {
	machine - <<-END
	iommu virtio at-probe
	1 0000:00:03.0 0200 8086:10d3 - - -
	2 0000:00:04.0 0300 1013:00b8 - - -
	END
	boot 00:03.0
	line 'iommu state=on kind=virtio'
	result 0000:00:03.0 bound
}

test_an_iommu_that_is_not_known_here_and_sorts_first() {
	at_probe 'link sys/class/iommu/14850000.iommu ../../devices/virtual/iommu/14850000.iommu'
	boot 01:00.0
	line 'iommu state=on kind=smmu'
	result 0000:01:00.0 bound
}

test_an_iommu_whose_driver_is_a_module() {
	machine - <<-END
	iommu virtio at-probe not-ready
	1 0000:00:03.0 0200 8086:10d3 - - -
	2 0000:00:04.0 0300 1013:00b8 - - -
	file lib/modules/6.12.107+deb13-amd64/kernel/drivers/iommu/virtio-iommu.ko
	END
	boot 00:03.0
	refused no-iommu 0000:00:03.0
	has 'have the initramfs load virtio_iommu'
	rm "$root/run/vfio-early.log"
	echo 'module path=kernel/drivers/iommu/virtio-iommu for=iommu' >>"$root/usr/lib/vfio-early/manifest"
	boot 00:03.0
	line 'iommu state=on kind=virtio'
	result 0000:00:03.0 bound
	# its drivers may have met our override
	called '*write sys/bus/pci/drivers_probe 0000:00:04.0 -> *'
}

# A device tree has no table for it.
test_a_virtual_iommu_of_a_device_tree() {
	machine - <<-END
	iommu smmu off
	- 0000:00:01.0 080601 1af4:1057 - - -
	- 0000:00:03.0 0200 8086:10d3 - - -
	remove sys/firmware/acpi/tables/IORT
	END
	boot 00:03.0
	line 'iommu state=off kind=virtio cause="the driver of the virtual IOMMU is not loaded" remedy=*virtio_iommu*'
	refused no-iommu 0000:00:03.0
}

test_an_iommu_module_that_does_not_load() {
	machine - <<-END
	iommu virtio at-probe not-ready
	1 0000:00:03.0 0200 8086:10d3 - - -
	file lib/modules/6.12.107+deb13-amd64/kernel/drivers/iommu/virtio-iommu.ko
	END
	echo 'module path=kernel/drivers/iommu/virtio-iommu for=iommu' >>"$root/usr/lib/vfio-early/manifest"
	boot_with 'insmod virtio-iommu=EINVAL' 00:03.0
	line 'warning text="module kernel/drivers/iommu/virtio-iommu of the IOMMU could not be loaded: EINVAL"'
	refused no-iommu 0000:00:03.0
}

# ---- probes that go wrong ----

test_a_function_that_the_iommu_does_not_translate() {
	at_probe '- 0000:00:05.0 0200 8086:10d3 - - -'
	boot '00:05.0\n01:00.0'
	refused no-iommu 0000:00:05.0
	result 0000:01:00.0 bound
}

test_no_group_at_all() {
	machine - <<-END
	iommu smmu at-probe
	- 0000:00:05.0 0200 8086:10d3 - - -
	END
	boot 00:05.0
	line 'iommu state=no-groups kind=smmu *'
	refused no-iommu 0000:00:05.0
}

# The members of its group are not known, those of all others are.
test_a_probe_that_hangs() {
	at_probe
	boot_with 'bind pcieport 0000:01:00.1=hang' 'set timeout=1\n01:00.0\n02:00.0'
	refused group-not-viable 0000:01:00.1
	has 'whether 0000:01:00.1 belongs to the group is not known'
	result 0000:02:00.0 bound
	untouched 0000:01:00.0
	untouched 0000:01:00.1
}

test_a_probe_that_kills_the_child() {
	at_probe
	boot_with 'bind pcieport 0000:00:03.0=exit' '00:04.0\n01:00.0'
	result 0000:00:04.0 bound
	result 0000:01:00.0 bound
	untouched 0000:00:03.0
}

test_an_override_that_cannot_be_put_back() {
	at_probe
	boot_with 'override 0000:00:04.0 -=EIO' 01:00.0
	line 'warning text="0000:00:04.0 keeps the override pcieport, and gets no driver: reboot"'
	kernel_log '^<3>.*0000:00:04.0 keeps the override'
	result 0000:01:00.0 bound
}

test_a_driver_that_is_faster() {
	at_probe
	boot_with 'override 0000:01:00.1 pcieport=back:snd_hda_intel' 01:00.0
	line 'device address=0000:01:00.1 * before=snd_hda_intel after=vfio-pci result=bound'
	result 0000:01:00.0 bound
}

# pcie_ports=compat: ports have no driver, and are none to be probed.
test_without_pcieport() {
	machine - <<-END
	iommu smmu at-probe
	1 0000:00:01.0 0604 1b36:000c - - - pcie=4
	1 0000:01:00.0 0604 1b36:000d - - 0000:00:01.0 pcie=5
	1 0000:02:00.0 0604 1b36:000e - - 0000:01:00.0 pcie=6
	2 0000:03:00.0 0200 8086:10d3 - - 0000:02:00.0
	2 0000:03:00.1 0200 8086:10d3 - - 0000:02:00.0
	3 0000:00:02.0 0200 8086:10d3 - - -
	- 0000:00:03.0 0807 1b36:0001 - - -
	remove sys/bus/pci/drivers/pcieport
	END
	boot 03:00.0
	called '*bind vfio-pci 0000:00:02.0 -> 0'
	called '*unbind vfio-pci 0000:00:02.0 -> 0'
	for address in 00:01.0 01:00.0 02:00.0 00:03.0; do
		not_called "*0000:$address*"
	done
	result 0000:03:00.0 bound
	result 0000:03:00.1 bound
	untouched 0000:00:02.0
}

# It was killed between the probe and what puts the override back.
test_an_override_that_a_killed_run_has_left() {
	at_probe
	echo pcieport >"$root/sys/bus/pci/devices/0000:00:03.0/driver_override"
	echo pcieport >"$root/sys/bus/pci/devices/0000:02:00.0/driver_override"
	boot 02:00.0
	result 0000:02:00.0 bound
	untouched 0000:00:03.0
}

# The group stays after the probe.
test_an_override_that_a_killed_run_has_left_on_what_has_its_group() {
	at_probe
	boot 02:00.0
	rm "$root/run/vfio-early.log" "$root/sim.log"
	echo pcieport >"$root/sys/bus/pci/devices/0000:00:03.0/driver_override"
	boot 02:00.0
	result 0000:02:00.0 already
	probed 0000:00:03.0
	untouched 0000:00:03.0
}

# Three children have died at others.
test_a_function_that_no_child_comes_to() {
	at_probe
	boot_with 'bind pcieport 0000:00:0?.0=exit; bind pcieport 0000:01:00.?=exit' 02:00.1
	probed 0000:00:03.0 0000:00:04.0 0000:01:00.0
	refused group-not-viable,no-iommu 0000:02:00.0,0000:02:00.1
	has '; look for 0000:02:00.1 in the kernel log"'
	no_line '*another slot*'
	for address in 00:03.0 00:04.0 01:00.0 01:00.1 02:00.0 02:00.1; do
		untouched "0000:$address"
	done
}

# ---- a conventional bus: what is behind it is one to the IOMMU ----

# behind_one_bridge PCIE [LINE...]
behind_one_bridge() {
	pcie=$1
	shift
	at_probe "8 0000:00:07.0 0604 1b36:000e - - - pcie=$pcie" \
		'9 0000:04:01.0 0200 8086:100e - - 0000:00:07.0 stream=512' "$@"
}

test_two_functions_behind_a_conventional_bridge() {
	for pcie in 7 none; do
		behind_one_bridge $pcie '10 0000:04:02.0 0200 8086:100e - - 0000:00:07.0 stream=512'
		boot '04:02.0\n01:00.0'
		line 'group id=- result=refused refusal=shared-stream because=0000:04:01.0 remedy=*'
		has '0000:04:02.0 and 0000:04:01.0 cannot be told apart behind the conventional bridge 0000:00:07.0'
		# a probe would take the stream from the one that the host uses
		not_called '*0000:04:0*'
		result 0000:01:00.0 bound
	done
}

test_it_cannot_be_allowed() {
	behind_one_bridge 7 '10 0000:04:02.0 0200 8086:100e - - 0000:00:07.0 stream=512'
	boot '04:02.0 allow=shared-stream'
	line 'error at=/etc/vfio-early.conf:1:* text=*shared-stream*'
}

# On newer kernels they have groups, and groups that are wrong.
test_groups_are_not_the_truth_there() {
	machine - <<-END
	iommu smmu
	8 0000:00:07.0 0604 1b36:000e - - - pcie=7
	9 0000:04:01.0 0200 8086:100e - e1000 0000:00:07.0
	10 0000:04:02.0 0200 8086:100e - - 0000:00:07.0
	END
	boot 04:02.0
	line 'group id=10 result=refused refusal=shared-stream because=0000:04:01.0 remedy=*'
	driver 0000:04:01.0 e1000
}

test_one_group_behind_it_is_taken() {
	machine - <<-END
	iommu smmu
	9 0000:00:07.0 0604 1b36:000e - - - pcie=7
	9 0000:04:01.0 0200 8086:100e - - 0000:00:07.0
	9 0000:04:02.0 0200 8086:100e - - 0000:00:07.0
	END
	boot 04:02.0
	line 'result status=ok bound=2 *'
}

test_one_function_behind_it_is_taken() {
	behind_one_bridge 7
	boot 04:01.0
	result 0000:04:01.0 bound
}

# What is nearer to the root has the stream of all that is behind it.
test_a_bridge_behind_a_bridge() {
	machine - <<-END
	iommu smmu
	8 0000:00:07.0 0604 1b36:000e - - - pcie=none
	9 0000:04:01.0 0604 1b36:000e - - 0000:00:07.0 pcie=none
	10 0000:05:01.0 0200 8086:100e - - 0000:04:01.0
	11 0000:04:02.0 0200 8086:100e - - 0000:00:07.0
	END
	boot 05:01.0
	line 'group id=10 result=refused refusal=shared-stream because=0000:04:02.0 remedy=*'
	has 'behind the conventional bridge 0000:00:07.0'
}

# Where another bridge has its list of capabilities, it has something else: here what reads as a port.
test_behind_a_cardbus_bridge() {
	machine - <<-END
	iommu smmu
	8 0000:00:07.0 0607 104c:8039 - yenta_cardbus - pcie=4
	9 0000:04:00.0 0200 8086:100e - - 0000:00:07.0
	10 0000:04:00.1 0200 8086:100e - - 0000:00:07.0
	END
	boot 04:00.0
	line 'group id=9 result=refused refusal=shared-stream because=0000:04:00.1 remedy=*'
	has 'behind the conventional bridge 0000:00:07.0'
}

test_a_controller_with_a_bus_of_its_own_is_no_bridge() {
	machine - <<-END
	iommu smmu
	8 0000:00:0e.0 0104 8086:467f - vmd - pcie=none
	9 10000:e0:01.0 0108 144d:a808 - - 0000:00:0e.0/pci10000:e0
	10 10000:e0:02.0 0108 144d:a808 - - 0000:00:0e.0/pci10000:e0
	END
	boot 10000:e0:01.0
	result 10000:e0:01.0 bound
	no_line '*shared-stream*'
}

# bridge_with BYTES OFFSET: a driverless bridge in front of two functions with a group each, and this in its configuration
bridge_with() {
	machine - <<-END
	iommu smmu
	8 0000:00:07.0 0604 1b36:000c - - - pcie=4
	9 0000:04:01.0 0200 8086:100e - - 0000:00:07.0
	10 0000:04:02.0 0200 8086:100e - - 0000:00:07.0
	END
	config=$root/sys/bus/pci/devices/0000:00:07.0/config
	# shellcheck disable=SC2059 # escapes in it are wanted
	printf "$1" | dd of="$config" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

test_capabilities_of_a_bridge() {
	bridge_with '\100' 52
	boot 04:01.0
	result 0000:04:01.0 bound
	# another one before it
	bridge_with '\200' 52
	printf '\005\100' | dd of="$config" bs=1 seek=128 conv=notrunc 2>/dev/null
	boot 04:01.0
	result 0000:04:01.0 bound
	# a list that goes in a circle has none, nor has one that leads to the end
	for next in '\005\100' '\005\374'; do
		bridge_with "$next" 64
		boot 04:01.0
		line 'group id=9 result=refused refusal=shared-stream because=0000:04:02.0 *'
	done
	# without root rights there is no more to read than this
	bridge_with '' 0
	dd if=/dev/null of="$config" bs=64 seek=1 2>/dev/null
	dry 04:01.0
	taken 0000:04:01.0
}

test_not_where_the_iommu_merges_what_shares_an_id() {
	machine - <<-END
	8 0000:00:07.0 0604 1b36:000e - - - pcie=7
	9 0000:04:01.0 0200 8086:100e - e1000 0000:00:07.0
	10 0000:04:02.0 0200 8086:100e - - 0000:00:07.0
	END
	boot 04:02.0
	result 0000:04:02.0 bound
}

test_several_units_of_one_kind() {
	at_probe 'link sys/class/iommu/smmu3.0x0000000009060000 ../../devices/virtual/iommu/smmu3.0x0000000009060000'
	boot 01:00.0
	line 'iommu state=on kind=smmu'
}

# It could not be put back, so that its group is not found out; nobody knows whether it is this one.
test_an_override_that_cannot_be_read_is_not_written() {
	at_probe
	rm "$root/sys/bus/pci/devices/0000:01:00.1/driver_override"
	boot '01:00.0\n02:00.0'
	not_called '*pcieport 0000:01:00.1*'
	refused group-not-viable 0000:01:00.1
	result 0000:02:00.0 bound
}

test_a_driver_that_is_faster_on_what_is_not_translated() {
	at_probe '- 0000:02:00.2 0200 8086:10d3 - - 0000:00:02.0'
	boot_with 'override 0000:02:00.2 pcieport=back:igb' 02:00.0
	result 0000:02:00.0 bound
	driver 0000:02:00.2 igb
}

# shellcheck source=/dev/null
. shunit2
