#!/bin/sh
# The verdict on the IOMMU: its cause and its remedy have to be right.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# verdict STATE CAUSE REMEDY: nothing is bound, and this is why (parts of the texts)
verdict() {
	dry 01:00.0
	line "iommu state=$1 *cause=*$2* remedy=*$3*"
	line 'group * result=refused refusal=no-iommu because=0000:01:00.0 remedy=*'
	line 'result status=refused *'
	ended 1
}

# pc LINE... : one network card and these lines of a description
pc() {
	{
		printf '%s\n' "$@"
		echo '3 0000:01:00.0 0200 8086:15a1 05 - -'
	} >"$work/pc"
	machine "$work/pc"
}

# default_of BUILD: what the image knows of the kernel's default; "" for nothing
default_of() {
	sed -i "s/ intel-iommu=on/$1/" "$root/usr/lib/vfio-early/manifest"
}

test_intel_on() {
	pc 'iommu intel'
	dry 01:00.0
	exact 'iommu state=on kind=intel'
	no_line 'warning *'
	ended 0
}

test_amd_on() {
	pc 'iommu amd'
	dry 01:00.0
	exact 'iommu state=on kind=amd'
	ended 0
}

test_arm_on() {
	pc 'iommu smmu'
	dry 01:00.0
	exact 'iommu state=on kind=smmu'
	no_line 'warning *'
	ended 0
}

test_a_unit_of_a_kind_of_its_own_that_comes_first() {
	pc 'iommu smmu'
	mkdir "$root/sys/class/iommu/acme-iommu.0"
	dry 01:00.0
	exact 'iommu state=on kind=smmu'
}

test_only_units_of_unknown_kinds() {
	pc 'iommu smmu'
	mv "$root/sys/class/iommu/smmu3.0x0000000009050000" "$root/sys/class/iommu/acme-iommu.0"
	dry 01:00.0
	exact 'iommu state=on kind=other'
}

test_virtual_iommu_on() {
	pc 'iommu virtio'
	dry 01:00.0
	exact 'iommu state=on kind=virtio'
	# it translates DMA, but not interrupts
	line 'warning text="no interrupt remapping: *'
	ended 0
	pc 'iommu virtio' 'cpu arm'
	dry 01:00.0
	no_line 'warning text="no interrupt remapping: *'
}

test_power_on() {
	pc 'iommu power'
	dry 01:00.0
	exact 'iommu state=on kind=other'
	no_line 'warning *'
	ended 0
}

test_amd_warns_of_missing_interrupt_remapping() {
	pc 'iommu amd no-remap'
	dry 01:00.0
	line 'warning text=*interrupt remapping*'
	ended 0
}

test_intel_off_by_its_parameter() {
	pc 'iommu intel off' 'cmdline quiet intel_iommu=off'
	verdict off intel_iommu=off 'remove*intel_iommu=off'
	line 'iommu state=off kind=intel *'
}

test_intel_off_in_a_list() {
	pc 'iommu intel off' 'cmdline quiet intel_iommu=sm_on,off'
	verdict off intel_iommu intel_iommu
}

test_intel_off_by_iommu_off() {
	pc 'iommu intel off' 'cmdline iommu=off'
	verdict off iommu=off iommu=off
	no_line '*intel_iommu=on*'
}

test_intel_parameter_given_twice() {
	pc 'iommu intel off' 'cmdline intel_iommu=off intel_iommu=on'
	verdict off '' ''
	no_line '*off by intel_iommu=off*'
}

test_intel_off_by_default() {
	pc 'iommu intel off' 'kernel 6.17.1-300.fc43.x86_64'
	default_of ' intel-iommu=off'
	verdict off default intel_iommu=on
}

test_intel_off_by_default_with_another_option() {
	pc 'iommu intel off' 'kernel 6.17.1-300.fc43.x86_64' 'cmdline intel_iommu=sm_on'
	default_of ' intel-iommu=off'
	verdict off default intel_iommu=on
}

test_intel_on_by_default_needs_no_parameter() {
	pc 'iommu intel off'
	verdict off '' DMAR
	no_line '*intel_iommu=on*'
}

test_intel_on_debian_without_knowledge_of_the_image() {
	pc 'iommu intel off'
	default_of ''
	verdict off '' DMAR
	no_line '*intel_iommu=on*'
}

test_intel_on_another_distribution_without_knowledge_of_the_image() {
	pc 'iommu intel off' 'kernel 6.17.1-300.fc43.x86_64'
	default_of ''
	verdict off default intel_iommu=on
}

test_intel_failed_although_asked_for() {
	pc 'iommu intel off' 'kernel 6.17.1-300.fc43.x86_64' 'cmdline intel_iommu=on'
	default_of ' intel-iommu=off'
	verdict off '' DMAR
	no_line '*add intel_iommu=on*'
}

test_amd_off_by_its_parameter() {
	pc 'iommu amd off' 'cmdline amd_iommu=off'
	verdict off amd_iommu=off amd_iommu=off
	line 'iommu state=off kind=amd *'
}

test_amd_off_by_iommu_off() {
	pc 'iommu amd off' 'cmdline iommu=off'
	verdict off iommu=off iommu=off
}

test_amd_parameter_of_intel_means_nothing() {
	pc 'iommu amd off' 'cmdline intel_iommu=off'
	verdict off '' ''
	no_line '*intel_iommu*'
}

test_amd_is_never_told_to_add_a_parameter() {
	pc 'iommu amd off'
	verdict off '' ''
	no_line '*amd_iommu=on*'
}

test_words_behind_two_dashes_are_no_parameters() {
	pc 'iommu intel off' 'cmdline quiet -- intel_iommu=off'
	verdict off '' ''
	no_line '*off by intel_iommu=off*'
}

test_no_table_on_intel() {
	pc 'iommu none' 'cpu intel'
	verdict absent DMAR VT-d
}

test_no_table_on_amd() {
	pc 'iommu none' 'cpu amd'
	verdict absent IVRS AMD
	no_line '*VT-d*'
}

test_no_table_elsewhere() {
	pc 'iommu none' 'cpu arm'
	verdict absent '' ''
	no_line '*VT-d*'
	no_line '*AMD*'
}

test_virtual_machine_without_iommu() {
	pc 'iommu none' 'cpu vm'
	verdict absent 'virtual machine' 'virtual machine'
}

test_virtual_iommu_without_driver() {
	pc 'iommu virtio off'
	verdict off virtual virtio_iommu
}

test_noiommu() {
	machine noiommu
	verdict noiommu noiommu ''
}

test_noiommu_group() {
	pc 'iommu intel' 'group 3 name vfio-noiommu'
	dry 01:00.0
	refused no-iommu 0000:01:00.0
}

test_units_but_no_groups() {
	pc 'iommu intel'
	rm -r "$root"/sys/kernel/iommu_groups/* "$root/sys/bus/pci/devices/0000:01:00.0/iommu_group"
	verdict no-groups '' ''
}

test_on_but_not_for_this_device() {
	machine group-missing
	dry 01:00.0
	exact 'iommu state=on kind=intel'
	line 'group id=- result=refused refusal=no-iommu because=0000:01:00.0 remedy=*not for this device*'
}

test_the_others_are_taken_all_the_same() {
	machine group-missing - <<-.
		7 0000:03:00.0 0108 144d:a808 - - -
	.
	dry '01:00.0\n03:00.0'
	taken 0000:03:00.0
	line 'result status=degraded *refused=1 *planned=1'
	ended 1
}

test_no_iommu_cannot_be_overruled() {
	pc 'iommu none'
	dry '01:00.0 siblings=none'
	refused no-iommu 0000:01:00.0
	dry '01:00.0 driver=pci-stub'
	refused no-iommu 0000:01:00.0
}

test_the_verdict_stands_in_the_log_when_nothing_is_asked() {
	pc 'iommu intel off' 'cmdline intel_iommu=off'
	dry ''
	line 'iommu state=off *'
	ended 0
}

test_reserved_region() {
	machine reserved-region
	dry 00:14.0
	line 'warning text=*group 5*direct*'
	ended 0
	machine no-interrupt-remapping
	dry 00:14.0
	no_line 'warning text=*direct*'
}

test_parameters_that_switch_nothing_off() {
	pc 'iommu amd off' 'cmdline iommu=pt amd_iommu=force_isolation'
	verdict off 'AMD-Vi is enabled, but' 'AMD-Vi in the kernel log'
}

test_noiommu_mode_that_is_not_on() {
	pc 'iommu none'
	mkdir -p "$root/sys/module/vfio/parameters"
	echo N >"$root/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
	verdict absent '' ''
}

# shellcheck source=/dev/null
. shunit2
