#!/bin/sh
# Why a machine cannot protect devices, as "check" and "list" say it: the right cause, and a remedy that its owner can do.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

dmi=sys/class/dmi/id
tree=sys/firmware/devicetree/base

# pc LINE... : one network card, no IOMMU, and these lines of a description
pc() {
	{
		printf '%s\n' 'iommu none' "$@"
		echo '3 0000:01:00.0 0200 8086:15a1 05 - -'
	} >"$work/pc"
	machine "$work/pc"
	sed -i 's/ vme/ vmx/' "$root/proc/cpuinfo"
}

# put PATH TEXT
put() {
	mkdir -p "$(dirname "$root/$1")"
	printf '%s\n' "$2" >"$root/$1"
}

# says CAUSE REMEDY: of the IOMMU and of the refusal; parts of the texts, "" for no remedy
says() {
	host check 01:00.0
	ended 1
	line "FAIL iommu *$1*"
	line 'FAIL no-iommu *is not taken, because of 0000:01:00.0'
	if [ "$2" ]; then
		[ "$(grep -c "fix: .*$2" "$out")" = 2 ] || fail "not twice: $2
$(cat "$out")"
	else
		no_line '*fix: *'
	fi
	host list
	line "No IOMMU groups: *$1*"
	[ -z "$2" ] || grep -q "^fix: .*$2" "$out" || fail "no fix: $2"
}

# ---- Xen ----

test_xen_dom0() {
	pc 'cpu vm'
	put sys/hypervisor/type xen
	put proc/xen/capabilities control_d
	says "this is Xen's dom0: Xen has the IOMMU, and VFIO cannot be used here" 'boot without Xen, or .*xen-pciback'
	no_line '*QEMU*'
	# where xenfs is not mounted
	rm -r "$root/proc/xen"
	put sys/hypervisor/uuid 00000000-0000-0000-0000-000000000000
	says "this is Xen's dom0" 'boot without Xen'
	# whatever table is left to see
	machine desktop - <<-END
		iommu amd off
	END
	put proc/xen/capabilities control_d
	host check
	line "FAIL iommu *this is Xen's dom0*"
}

test_xen_guest() {
	pc 'cpu vm'
	put sys/hypervisor/type xen
	put proc/xen/capabilities ''
	put sys/hypervisor/uuid 4dfc4b9a-0000-4000-8000-000000000001
	put $dmi/sys_vendor Xen
	says 'this is a guest of Xen, which has the IOMMU: VFIO cannot be used here; noiommu is never used' ''
}

# What the boot itself says.
test_xen_in_the_log() {
	pc 'cpu vm'
	put sys/hypervisor/type xen
	dry 01:00.0
	line 'iommu state=absent cause="Xen has the IOMMU" remedy="boot without Xen, or use xen-pciback"'
}

# ---- other hypervisors ----

# guest VENDOR PRODUCT [ASSET]
guest() {
	pc 'cpu vm'
	put $dmi/sys_vendor "$1"
	put $dmi/product_name "$2"
	put $dmi/chassis_asset_tag "${3:-}"
}

test_clouds() {
	while IFS='|' read -r vendor product asset name; do
		guest "$vendor" "$product" "$asset"
		says "virtual machine of $name: this cloud gives no IOMMU; noiommu is never used" ''
		no_line '*QEMU*'
		host check 01:00.0
		no_line '*QEMU*'
	done <<-END
		Amazon EC2|m5.large||Amazon EC2
		Google|Google Compute Engine||Google Compute Engine
		Microsoft Corporation|Virtual Machine|7783-7084-3265-9085-8269-3286-77|Azure
		Alibaba Cloud|Alibaba Cloud ECS||Alibaba Cloud
		OpenStack Foundation|OpenStack Nova||OpenStack
		Red Hat|OpenStack Compute||OpenStack
		QEMU|Standard PC (i440FX + PIIX, 1996)|OracleCloud.com|Oracle Cloud
		DigitalOcean|Droplet||DigitalOcean
		Hetzner|vServer||Hetzner Cloud
	END
}

test_hypervisors_that_give_none() {
	guest 'Microsoft Corporation' 'Virtual Machine'
	says 'virtual machine of Hyper-V without an IOMMU; noiommu is never used' ''
}

test_hypervisors_with_an_iommu_of_their_own() {
	guest 'VMware, Inc.' 'VMware20,1'
	says 'virtual machine of VMware without an IOMMU' 'enable the IOMMU in the settings'
	no_line '*QEMU*'
	guest 'innotek GmbH' VirtualBox
	says 'virtual machine of VirtualBox without an IOMMU' 'VBoxManage modifyvm'
	no_line '*QEMU*'
}

test_qemu() {
	for product in 'QEMU|Standard PC (Q35 + ICH9, 2009)' 'Red Hat|KVM' 'Red Hat|RHEL' 'QEMU|Ubuntu 24.04 PC'; do
		guest "${product%|*}" "${product#*|}"
		says 'this is a virtual machine without a virtual IOMMU' 'QEMU: -device intel-iommu'
	done
}

test_a_hypervisor_that_nobody_knows() {
	guest 'Acme' 'Machine'
	says 'this is a virtual machine without a virtual IOMMU' 'if its host can'
	no_line '*QEMU*'
}

# A whole machine of a cloud, and other machines of the same makers.
test_no_virtual_machines() {
	for product in 'Amazon EC2|m5.metal' 'Microsoft Corporation|Surface Pro' 'Google|Eve'; do
		pc 'cpu amd'
		sed -i 's/ hypervisor//' "$root/proc/cpuinfo"
		put $dmi/sys_vendor "${product%|*}"
		put $dmi/product_name "${product#*|}"
		says 'no IVRS table' 'enable IOMMU (AMD-Vi) in the firmware setup'
	done
}

test_a_guest_that_has_a_virtual_iommu_which_is_off() {
	machine desktop - <<-END
		iommu intel off
		kernel 6.1.0-arch
	END
	echo 'Linux version 6.1.0-other' >"$root/proc/version"
	rm "$root/usr/lib/vfio-early/manifest"
	put $dmi/sys_vendor 'Amazon EC2'
	put $dmi/product_name m7i.large
	sed -i 's/^flags.*/& hypervisor/' "$root/proc/cpuinfo"
	host check
	line "FAIL iommu *off by the kernel's default"
	line ' *fix: add intel_iommu=on to the kernel command line'
}

test_a_processor_without_virtualization_in_a_guest() {
	guest 'Amazon EC2' m5.large
	sed -i 's/ vmx//' "$root/proc/cpuinfo"
	host check 01:00.0
	line 'WARN cpu *'
	line ' *fix: have its hypervisor pass on virtualization, if it can'
}

test_guests_on_arm() {
	pc 'cpu arm'
	put $dmi/sys_vendor QEMU
	put $dmi/product_name 'QEMU Virtual Machine'
	says 'this is a virtual machine without a virtual IOMMU' 'QEMU: -machine virt,iommu=smmuv3'
	pc 'cpu arm'
	put $tree/model linux,dummy-virt
	printf 'linux,dummy-virt\0' >"$root/$tree/compatible"
	says 'this is a virtual machine without a virtual IOMMU' 'QEMU: -machine virt,iommu=smmuv3'
	pc 'cpu arm'
	put $dmi/sys_vendor 'Amazon EC2'
	put $dmi/product_name m7g.large
	says 'virtual machine of Amazon EC2: this cloud gives no IOMMU' ''
	put $dmi/product_name m7g.metal
	says 'the firmware names no IOMMU' 'enable it there, if it has one'
}

# ---- boards ----

# board MODEL NODE... : with a device tree that has these nodes of host bridges
board() {
	pc 'cpu arm'
	put $tree/model "$1"
	shift
	for node; do
		mkdir -p "$root/$tree/$node"
	done
}

test_boards_without_an_iommu_for_pcie() {
	board 'Raspberry Pi 5 Model B' axi/pcie@120000
	says 'the device tree gives PCIe no IOMMU (no iommu-map in it): this board cannot protect a device; noiommu is never used' ''
	mv "$root/$tree" "$root/proc/device-tree"
	says 'the device tree gives PCIe no IOMMU (no iommu-map in it)' ''
	# an IOMMU for something else
	board 'Raspberry Pi 4 Model B' scb/pcie@7d500000 iommu@fc900000
	says 'the device tree gives PCIe no IOMMU (no iommu-map in it)' ''
}

test_a_board_whose_iommu_is_disabled() {
	board 'Radxa ROCK 5B' pcie@fe150000 iommu@fc900000
	: >"$root/$tree/pcie@fe150000/iommu-map"
	printf 'disabled\0' >"$root/$tree/iommu@fc900000/status"
	says 'the device tree has an IOMMU for PCIe, and one that is disabled: /iommu@fc900000' 'use a device tree that enables it'
}

test_a_board_whose_kernel_has_no_driver() {
	board 'LX2160A' soc/pcie@3600000 soc/iommu@5000000
	: >"$root/$tree/soc/pcie@3600000/iommu-map"
	printf 'okay\0' >"$root/$tree/soc/iommu@5000000/status"
	says 'the device tree has an IOMMU for PCIe, but the kernel started none' 'a kernel that has its driver'
}

# iort NODE... : a table with nodes of these types, 24 bytes each
iort() {
	machine desktop - <<-END
		iommu smmu off
		cpu arm
	END
	{
		printf 'IORT'
		head -c 32 /dev/zero
		# shellcheck disable=SC2059 # escapes in it are wanted
		printf "\\$(printf %o $#)\0\0\0\060\0\0\0\0\0\0\0"
		for node; do
			# shellcheck disable=SC2059
			printf "\\$(printf %o "$node")\030\0"
			head -c 21 /dev/zero
		done
	} >"$root/sys/firmware/acpi/tables/IORT"
	host check
}

test_tables_of_arm_servers() {
	iort 0 2
	line "FAIL iommu *the firmware's IORT table has no SMMU: it is disabled in the firmware, or absent"
	line ' *fix: enable the SMMU in the firmware setup'
	for node in 3 4; do
		iort 0 $node 2
		line 'FAIL iommu *the kernel started no SMMU'
	done
	# one that ends in the middle of its nodes tells nothing
	truncate -s 60 "$root/sys/firmware/acpi/tables/IORT"
	host check
	line 'FAIL iommu *the kernel started no SMMU'
}

# ---- noiommu ----

test_noiommu_is_never_used() {
	guest 'Amazon EC2' m5.large
	put sys/module/vfio/parameters/enable_unsafe_noiommu_mode Y
	says 'noiommu protects nothing and is never used; this is a virtual machine of Amazon EC2' ''
	machine noiommu
	host check
	line 'FAIL iommu *noiommu protects nothing and is never used; *'
}

# ---- parameters ----

test_igfx_off() {
	for parameter in 'intel_iommu=on,igfx_off' 'intel_iommu=igfx_off' 'intel_iommu=igfx_off intel_iommu=on'; do
		machine desktop - <<-END
			cmdline quiet $parameter
			remove sys/devices/pci0000:00/0000:00:02.0/iommu_group
			remove sys/kernel/iommu_groups/3
		END
		host check 00:02.0
		line 'FAIL no-iommu *because of 0000:00:02.0'
		line ' *fix: igfx_off denies it the IOMMU: remove that from the kernel command line'
		dry '00:02.0\n02:00.0'
		line 'group id=- result=refused refusal=no-iommu * remedy="igfx_off denies it the IOMMU: remove that from the kernel command line"'
	done
	# no parameter, or one that is not to blame
	machine group-missing - <<-END
		cmdline intel_iommu=on,igfx_off -- intel_iommu=igfx_off
	END
	dry 01:00.0
	line 'group id=- * remedy=*not for this device*'
	machine desktop - <<-END
		cmdline intel_iommu=on,sp_off -- intel_iommu=igfx_off
		remove sys/devices/pci0000:00/0000:00:02.0/iommu_group
		remove sys/kernel/iommu_groups/3
	END
	dry '00:02.0\n02:00.0'
	line 'group id=- * remedy=*not for this device*'
}

test_acs_override_that_the_kernel_does_not_know() {
	machine desktop - <<-END
		cmdline quiet pcie_acs_override=downstream,multifunction
	END
	host check
	line 'WARN acs *splits groups that the hardware does not isolate'
	mkdir -p "$root/proc/1"
	printf 'HOME=/\0TERM=linux\0' >"$root/proc/1/environ"
	host check
	line 'WARN acs *splits groups that the hardware does not isolate'
	printf 'HOME=/\0pcie_acs_override=downstream,multifunction\0TERM=linux' >"$root/proc/1/environ"
	host check
	line 'WARN acs *this kernel does not know pcie_acs_override=: it splits no group'
	line ' *fix: remove it, or boot a kernel with that patch'
	no_line '*does not isolate*'
}

# allowed PLACE: said to be set there, and not advised
allowed() {
	host check
	line "WARN iommu *without interrupt remapping: *allow_unsafe_interrupts is set ($1)"
	no_line '*fix: *allow_unsafe_interrupts*'
	no_line 'WARN boot *allow_unsafe_interrupts*'
}

advised() {
	host check
	line ' *fix: *or set vfio_iommu_type1.allow_unsafe_interrupts=1 *'
}

test_unsafe_interrupts_that_are_allowed() {
	machine no-interrupt-remapping
	advised
	mkdir -p "$root/etc/modprobe.d"
	for value in 1 Y y on; do
		printf '# a comment\noptions vfio_iommu_type1 allow_unsafe_interrupts=%s\n' $value >"$root/etc/modprobe.d/x.conf"
		allowed /etc/modprobe.d/x.conf:2
	done
	for value in 0 N off ''; do
		echo "options vfio_iommu_type1 allow_unsafe_interrupts=$value" >"$root/etc/modprobe.d/x.conf"
		advised
	done
	for words in vfio_iommu_type1.allow_unsafe_interrupts=1 vfio-iommu-type1.allow_unsafe_interrupts; do
		cmdline "quiet $words"
		allowed 'the kernel command line'
	done
	cmdline 'quiet -- vfio_iommu_type1.allow_unsafe_interrupts=1'
	advised
	cmdline quiet
	put sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts Y
	put sys/module/vfio_iommu_type1/initstate live
	allowed /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
	put sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts N
	advised
	echo "options vfio_iommu_type1 allow_unsafe_interrupts" >"$root/etc/modprobe.d/x.conf"
	allowed /etc/modprobe.d/x.conf:1
	# modprobe.d says nothing to what is built in
	rm "$root/sys/module/vfio_iommu_type1/initstate"
	advised
}

# same_of_a_capture: check says there what it says here
same_of_a_capture() {
	host check 01:00.0
	cp "$out" "$work/here"
	rm -rf "$work/captured"
	"$VFIO_EARLY" capture --root "$root" "$work/captured" >/dev/null 2>&1
	"$VFIO_EARLY" check --root "$work/captured" 01:00.0 >"$out" 2>"$err"
	cmp -s "$out" "$work/here" || fail "$(diff "$work/here" "$out")"
}

test_captures() {
	guest 'Google' 'Google Compute Engine'
	same_of_a_capture
	put sys/hypervisor/type xen
	put proc/xen/capabilities control_d
	same_of_a_capture
	board 'Raspberry Pi 5 Model B' axi/pcie@120000
	same_of_a_capture
	: >"$root/$tree/axi/pcie@120000/iommu-map"
	same_of_a_capture
	machine no-interrupt-remapping
	put sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts Y
	put sys/module/vfio_iommu_type1/initstate live
	same_of_a_capture
	put etc/modprobe.d/x.conf 'options vfio_iommu_type1 allow_unsafe_interrupts=1'
	same_of_a_capture
}

# ---- each refusal has its own remedy ----

test_a_remedy_for_each_refusal() {
	pc 'cpu intel'
	sed -i 's/0200 8086:15a1/0300 8086:15a1/' "$work/pc"
	machine "$work/pc"
	host check 01:00.0
	line 'FAIL last-display *'
	line ' *fix: keep another display for the host, or select it in /etc/vfio-early.conf with allow=last-display'
	line ' *fix: enable VT-d in the firmware setup'
	no_line ' *fix: *;*'
}

# shellcheck source=/dev/null
. shunit2
