#!/bin/sh
# "vfio-early check": each check's outcomes, and that its answer is the boot's own.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64

setUp() {
	machine desktop
}

# found LEVEL CHECK TEXT: such a line; the text is a pattern
found() {
	matches "$out" "$1 $2 *$3" || fail "no $1 $2 $3
$(cat "$out")"
}

# fix TEXT: some fix is this, a pattern
fix() {
	matches "$out" " *fix: $1" || fail "no fix: $1
$(cat "$out")"
}

# ---- the same answer as the boot ----

# Every fixture: check, on the machine as it is, says what a dry run says on it without modular drivers.
test_foretells_every_fixture() {
	for fixture in "$fixtures"/*.machine; do
		name=${fixture##*/}
		# its disk comes to be when vmd works: see below
		[ "$name" != vmd-disk.machine ] || continue
		machine "${name%.machine}"
		host check --log
		as_booted >"$work/check"
		unload_drivers
		run_dry
		as_booted >"$work/boot"
		cmp -s "$work/check" "$work/boot" || fail "$name: $(diff "$work/boot" "$work/check")"
	done
}

# And after a boot, it foretells the same boot again.
test_foretells_the_boot_that_was() {
	for lines in '01:00.0' '10de:1b80' '00:1f.3' '01:00.0\n02:00.0\n00:02.0' '00:14.0 siblings=none' '05:00.0'; do
		machine desktop
		boot "$lines"
		sed -E '/^(vfio-early|warning) /d; s/ (before|after)=[^ ]*//g; s/result=(bound|already)$/result=planned/; s/^(result status=[a-z]*).*/\1/' \
			"$out" >"$work/boot"
		host check --log
		sed -E '/^(vfio-early|warning) /d; s/ (before|after)=[^ ]*//g; s/^(result status=[a-z]*).*/\1/' "$out" >"$work/check"
		cmp -s "$work/check" "$work/boot" || fail "$lines: $(diff "$work/boot" "$work/check")"
	done
}

test_selectors_as_if_configured() {
	configure '# nothing'
	host check 02:00.0
	ended 0
	found PASS match 'argument 1: 02:00.0 *'
	found PASS 'group 15' 'takes 02:00.0, 02:00.1'
	line 'next boot: 2 devices to vfio-pci; 0 FAIL, 1 WARN'
	line 'next: sudo vfio-early enable, with the same selectors'
}

test_bad_selectors() {
	host check 02:0x 01:00.0 ''
	ended 2
	assertEquals '' "$(cat "$out")"
	line_of_err 'vfio-early: check: not an address * 02:0x'
	line_of_err 'vfio-early: check: an empty selector: which device? See vfio-early list'
}

# line_of_err PATTERN
line_of_err() {
	matches "$err" "$1" || fail "not said: $1: $(cat "$err")"
}

# ---- the machine ----

test_processor() {
	for flags in vmx svm; do
		printf 'vendor_id\t: x\nflags\t\t: fpu %s\n' "$flags" >"$root/proc/cpuinfo"
		host check
		found PASS cpu $flags
	done
	printf 'vendor_id\t: x\nflags\t\t: fpu\n' >"$root/proc/cpuinfo"
	host check
	found WARN cpu 'no hardware virtualization *'
	fix 'enable VT-x or SVM in the firmware setup'
}

test_iommu_on() {
	host check
	found PASS iommu 'on (Intel VT-d), interrupt remapping on'
	machine no-interrupt-remapping
	host check
	found WARN iommu 'on (Intel VT-d), but without interrupt remapping'
}

test_iommu_off() {
	machine desktop - <<-END
		iommu intel off
		cmdline quiet intel_iommu=off
	END
	host check
	ended 1
	found FAIL iommu 'off by intel_iommu=off on the kernel command line'
	fix 'remove intel_iommu=off from the kernel command line'
	found FAIL no-iommu '*is not taken, because of 0000:01:00.0'
}

# The remedy that is right here: where parameters are kept, and the command that adds it.
test_iommu_off_by_default() {
	machine desktop - <<-END
		iommu intel off
		kernel 6.1.0-arch
	END
	echo 'Linux version 6.1.0-other' >"$root/proc/version"
	rm "$root/usr/lib/vfio-early/manifest"
	host check
	found FAIL iommu "off by the kernel's default"
	fix 'add intel_iommu=on to the kernel command line where the boot loader of this machine reads it'
	mkdir -p "$root/usr/sbin"
	: >"$root/usr/sbin/update-grub"
	host check
	fix 'sudo vfio-early enable --kernel-params: adds intel_iommu=on (/etc/default/grub.d/90-vfio-early.cfg, then update-grub); then reboot'
	configure '# nothing is asked for'
	host check
	ended 0
	found WARN iommu "off by the kernel's default"
}

test_switched_off() {
	cmdline 'quiet vfio.early=off'
	host check
	ended 1
	found FAIL switch 'nothing is bound while vfio.early=off is on the kernel command line'
	cmdline 'quiet vfio.early=dry-run'
	host check
	ended 1
	found FAIL switch '*dry-run*'
}

test_in_a_kdump_boot() {
	: >"$root/proc/vmcore"
	host check
	ended 1
	found FAIL switch 'nothing is bound in a kdump boot'
	fix 'ask again in an ordinary boot'
}

test_recovery_boot_is_not_the_next_one() {
	cmdline 'quiet single'
	host check
	ended 0
	found WARN 'this boot' 'bound nothing (recovery boot: single)*'
	line 'next boot: 2 devices *'
}

test_acs_override() {
	cmdline 'quiet pcie_acs_override=downstream'
	host check
	found WARN acs '*'
}

test_unified_image_without_another() {
	mkdir -p "$root/sys/firmware/efi/efivars" "$root/efi/EFI/Linux"
	: >"$root/sys/firmware/efi/efivars/StubInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
	: >"$root/efi/EFI/Linux/a.efi"
	host check
	found WARN 'way back' '*'
	: >"$root/efi/EFI/Linux/b.efi"
	host check
	no_line 'WARN way back *'
}

# ---- the configuration ----

test_nothing_configured() {
	rm "$conf"
	host check
	ended 0
	found WARN configuration 'nothing is configured'
}

test_mistake() {
	configure '01:00.0 alow=last-display'
	host check
	ended 1
	found FAIL configuration '/etc/vfio-early.conf:1:9: *alow*'
}

test_moved_device() {
	configure '03:00.0 10de:1b80'
	host check
	ended 1
	found FAIL match '*03:00.0 10de:1b80: not there; 2 devices have this ID'
	fix 'write: 00:01.0/00.0 10de:1b80 (01:00.0), or 00:01.1/00.0 10de:1b80 (02:00.0)'
}

test_absent() {
	configure '09:00.0\n08:00.0 optional'
	host check
	ended 1
	found FAIL match '/etc/vfio-early.conf:1: 09:00.0: no such device'
	found WARN match '/etc/vfio-early.conf:2: 08:00.0: no such device'
}

test_id_takes_twins() {
	configure '10de:1b80'
	host check
	found WARN match '*10de:1b80 takes 2 devices'
	fix 'for one alone write: 00:01.0/00.0 10de:1b80 (01:00.0), or 00:01.1/00.0 10de:1b80 (02:00.0)'
}

# A virtual function is made by a driver, after us.
test_virtual_function() {
	machine virtual-functions
	ln -s ../0000:07:00.0 "$root/sys/bus/pci/devices/0000:07:10.2/physfn"
	host check
	ended 1
	found FAIL match '*0000:07:10.2 comes to be only after vfio-early*'
}

# A disk behind VMD, too.
test_behind_a_controller() {
	machine vmd-disk
	host check
	ended 1
	found FAIL match '*10000:e1:00.0 comes to be only after vfio-early*'
	fix 'select the controller 00:0e.0 instead'
}

# ---- groups ----

test_refusal() {
	configure '01:00.0\n02:00.0\n00:02.0'
	host check
	ended 1
	found FAIL last-display 'group 3 is not taken, because of 0000:00:02.0'
	fix '*add allow=last-display to /etc/vfio-early.conf:3'
	line 'next boot: 4 devices to vfio-pci, 1 refused; 1 FAIL, *'
}

test_what_the_host_loses() {
	runs
	configure '03:00.0'
	host check
	ended 1
	found FAIL boot-disk 'group 16 is not taken, because of 0000:03:00.0'
	fix 'the host needs 0000:03:00.0 for /: take another device, or add allow=boot-disk to /etc/vfio-early.conf:1'
	configure '03:00.0 allow=boot-disk'
	host check
	ended 0
	found WARN 'in use' 'the host loses 03:00.0 *: /'
}

test_default_route() {
	runs
	interface 0000:00:1f.5 eth0
	route eth0 00000000 00000000
	configure '00:1f.3'
	host check
	ended 1
	found FAIL default-route 'group 7 is not taken, because of 0000:00:1f.5'
}

# A sibling that nobody named.
test_keyboard_of_a_sibling() {
	runs
	keyboard 0000:00:14.0
	configure '00:14.2'
	host check
	ended 1
	found FAIL in-use 'group 4 is not taken, because of 0000:00:14.0'
	configure '00:14.0'
	host check
	ended 0
	found WARN 'in use' 'the host loses 00:14.0 *: keyboard'
}

test_boot_console_is_taken() {
	echo 1 >"$root/sys/bus/pci/devices/0000:01:00.0/boot_vga"
	host check
	ended 0
	found WARN display '01:00.0 has the boot console and is taken'
	fix 'plug the screen into 00:02.0 * or 02:00.0 *'
	configure '02:00.0'
	host check
	found PASS display '01:00.0 * stays: it has the boot console'
}

# Nothing would show the question for the passphrase.
test_passphrase_in_the_dark() {
	echo 1 >"$root/sys/bus/pci/devices/0000:01:00.0/boot_vga"
	disk 0000:03:00.0 259:1 nvme/nvme0/nvme0n1/nvme0n1p1
	layer 254:0 dm-0 nvme0n1p1
	mkdir "$layer/dm"
	echo CRYPT-LUKS2-1-root >"$layer/dm/uuid"
	echo root >"$layer/dm/name"
	mounted 254:0 / ext4 /dev/mapper/root
	echo 'root UUID=1 none luks' >"$root/etc/crypttab"
	host check
	ended 1
	found FAIL display 'the disk needs a passphrase, and no driver is there for *'
	echo 'root UUID=1 none luks,tpm2-device=auto' >"$root/etc/crypttab"
	host check
	ended 0
}

test_last_display_is_taken() {
	machine last-display
	echo 1 >"$(echo "$root"/sys/bus/pci/devices/*/class | xargs grep -l 0x0300 | head -n 1 | xargs dirname)/boot_vga"
	host check
	ended 1
	found FAIL last-display '*is not taken*'
	sed -i 's/$/ allow=last-display/' "$conf"
	host check
	ended 0
	found WARN display '*has the boot console and is taken: there is no other display'
	fix 'have a way in over the network'
}

test_own_parent() {
	machine vmd-disk - <<-END
		builtin vmd
	END
	host check
	ended 1
	found FAIL own-parent 'group 6 is not taken, because of 0000:00:0e.0'
	fix 'select the controller 0000:00:0e.0 instead of 10000:e1:00.0'
}

test_group_not_viable() {
	machine lpc-has-driver
	host check
	ended 0
	machine lpc-has-driver - <<-END
		builtin lpc_ich
	END
	host check
	ended 1
	found FAIL group-not-viable 'group 7 is not taken, because of 0000:00:1f.0'
}

test_direct_region() {
	machine reserved-region
	host check
	found WARN boot 'group * has a direct reserved region (RMRR): it binds, but no VM can use it'
}

# Old settings name functions, whole devices and places with an ID, each as their own tool reads them.
test_what_old_settings_name() {
	unraid=$root/boot/config/vfio-pci.cfg
	mkdir -p "${unraid%/*}"
	cmdline 'xen-pciback.hide=(02:00.*)'
	host check
	found WARN 'old setting' 'kernel command line: xen-pciback.hide=(02:00.\*) takes 02:00.0, 02:00.1, which the configuration does not name'
	cmdline 'xen-pciback.hide=(02:00.1)'
	host check
	found WARN 'old setting' 'kernel command line: * takes 02:00.1, which the configuration does not name'
	cmdline ''
	echo 'BIND=0000:02:00.0|10de:1b80 0000:03:00.0|8086:1234' >"$unraid"
	host check
	found WARN 'old setting' '/boot/config/vfio-pci.cfg:1: * takes 02:00.0, which the configuration does not name'
	configure '02:00'
	host check
	found WARN 'old setting' '/boot/config/vfio-pci.cfg:1: * is no longer needed'
}

test_overrides_of_driverctl() {
	mkdir -p "$root/etc/driverctl.d"
	echo vfio-pci >"$root/etc/driverctl.d/0000:02:00.0"
	host check
	found WARN 'old setting' '/etc/driverctl.d/0000:02:00.0*: * takes 02:00.0, which the configuration does not name'
	configure '02:00.0'
	host check
	found WARN 'old setting' '/etc/driverctl.d/0000:02:00.0*: * is no longer needed'
}

# Its bus is reset with both functions, which the guest has: see needs.sh for what is not.
test_reset() {
	for methods in '' bus 'flr bus'; do
		echo "$methods" >"$root/sys/bus/pci/devices/0000:01:00.0/reset_method"
		host check
		no_line 'WARN reset *'
	done
}

test_reserved_region() {
	machine reserved-region
	host check
	found WARN boot '*'
}

test_built_in_driver() {
	machine desktop - <<-END
		builtin nvme
		16 0000:04:00.0 010802 144d:a808 - nvme 0000:00:1b.0
	END
	configure '04:00.0 siblings=none'
	host check
	found WARN driver '04:00.0: the built-in driver nvme has it *'
	found WARN 'group 16' 'takes 04:00.0; nothing is said of the rest of its group'
}

# ---- settings of other tools ----

test_old_setting_takes_the_twin() {
	mkdir -p "$root/etc/modprobe.d"
	echo 'options vfio-pci ids=10de:1b80' >"$root/etc/modprobe.d/vfio.conf"
	host check
	found WARN 'old setting' '/etc/modprobe.d/vfio.conf:1: *takes 02:00.0, which the configuration does not name'
	fix '*/etc/modprobe.d/vfio.conf*'
	configure '10de:1b80'
	host check
	found WARN 'old setting' '/etc/modprobe.d/vfio.conf:1: *is no longer needed'
}

test_old_order_is_not_needed() {
	mkdir -p "$root/etc/modprobe.d"
	echo 'softdep nouveau pre: vfio-pci' >"$root/etc/modprobe.d/vfio.conf"
	host check
	found WARN 'old setting' '/etc/modprobe.d/vfio.conf:1: softdep nouveau pre: vfio-pci is no longer needed'
}

test_no_old_setting() {
	host check
	no_line 'WARN old setting *'
}

# ---- kernels and images ----

# remember KERNEL: as the image hook leaves it, and GRUB boots it
remember() {
	mkdir -p "$root/var/lib/vfio-early" "$root/boot/grub"
	[ "$1" = "$version" ] && image=/boot/vmlinuz || image=/boot/vmlinuz-$1
	printf 'linux %s\ninitrd /boot/initrd.img-%s\n' "$image" "$1" >>"$root/boot/grub/grub.cfg"
	"$VFIO_EARLY" image --kernel "$1" --builder initramfs-tools --root "$root" 2>/dev/null | grep -e '^manifest ' -e '^use ' \
		>"$root/var/lib/vfio-early/$1"
	: >"$root/boot/initrd.img-$1"
}

# It hangs on no PCI function.
test_keyboard_of_the_platform() {
	runs
	mkdir -p "$root/sys/devices/platform/i8042/serio0/input/input1/capabilities" "$root/sys/class/input"
	echo fffffffffffffffe >"$root/sys/devices/platform/i8042/serio0/input/input1/capabilities/key"
	ln -s ../../devices/platform/i8042/serio0/input/input1 "$root/sys/class/input/input1"
	host check
	ended 0
	host list
	ended 0
}

# Until an image is built anew it does not protect what has been put to use since.
test_image_that_does_not_know_a_use() {
	kernel $version
	runs
	remember $version
	host check
	found PASS "image $version" 'has the configuration *'
	keyboard 0000:00:14.0
	host check
	ended 0
	found WARN "image $version" 'does not know that the host uses 00:14.0 (in-use)'
}

test_image_is_current() {
	kernel $version
	remember $version
	host check
	ended 0
	found PASS "image $version" 'has the configuration (initramfs-tools)'
}

test_image_is_older() {
	kernel $version
	remember $version
	mkdir -p "$root/usr/sbin"
	: >"$root/usr/sbin/update-initramfs"
	configure '02:00.0'
	host check
	ended 1
	found FAIL "image $version" 'is older than the configuration'
	fix "sudo update-initramfs -u -k $version"
}

test_image_and_a_file_of_root_alone() {
	kernel $version
	remember $version
	mkdir -p "$conf.d"
	echo '# nothing' >"$conf.d/secret.conf"
	chmod 0 "$conf.d/secret.conf"
	as_user check || return
	ended 1
	found WARN "image $version" 'cannot be compared with what this user may not read'
	fix 'sudo vfio-early check'
}

# Where it is, is not known here: what was built last may be what boots, or not.
test_image_at_an_unknown_place() {
	kernel $version
	remember $version
	rm "$root/boot/initrd.img-$version"
	host check
	ended 0
	found WARN "image $version" 'what was built last has the configuration, but this boot came from /boot/initrd.img-*'
	rm "$root/boot/grub/grub.cfg"
	host check
	ended 0
	found WARN "image $version" 'what was built last has the configuration, but nothing tells that it is what boots'
}

test_image_at_each_place() {
	echo 4f0c9d >"$root/etc/machine-id"
	for place in boot/initrd.img-$version boot/initramfs-$version.img boot/initrd-$version boot/4f0c9d/$version/initrd \
		efi/4f0c9d/$version/initrd boot/efi/4f0c9d/$version/initrd boot/efi/EFI/Linux/linux-$version.efi \
		efi/EFI/Linux/linux-$version.efi boot/EFI/Linux/linux-$version.efi; do
		kernel $version
		remember $version
		rm "$root/boot/initrd.img-$version" "$root/boot/grub/grub.cfg"
		mkdir -p "$root/${place%/*}"
		: >"$root/$place"
		touch -d '1 hour ago' "$root/$place"
		host check
		found FAIL "image $version" "/$place is older than the last attempt to build it"
		rm "$root/$place"
	done
}

test_image_without() {
	kernel $version
	mkdir -p "$root/usr/bin"
	: >"$root/usr/bin/dracut"
	host check
	ended 1
	found FAIL "image $version" 'was built without vfio-early*'
	fix "sudo dracut --force --kver $version"
}

# The builder asked us, and then could not write.
test_image_was_not_finished() {
	kernel $version
	remember $version
	touch -d '1 hour ago' "$root/boot/initrd.img-$version"
	host check
	ended 1
	found FAIL "image $version" "*is older than the last attempt to build it"
}

test_every_installed_kernel() {
	kernel $version
	remember $version
	kernel 6.1.0-other
	host check
	ended 1
	found PASS "image $version" '*'
	found FAIL 'image 6.1.0-other' '*'
}

test_what_a_removed_kernel_left() {
	kernel $version
	remember $version
	kernel 6.1.0-removed
	rm "$root/lib/modules/6.1.0-removed/vmlinuz"
	host check
	ended 0
	no_line '*6.1.0-removed*'
}

test_kernel_that_was_booted_from_elsewhere() {
	kernel $version
	rm "$root/lib/modules/$version/vmlinuz"
	: >"$root/lib/modules/$version/modules.builtin"
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$root" "$version"
	host check
	ended 1
	found FAIL "kernel $version" 'has no module vfio-pci'
}

test_kernel_without_vfio() {
	kernel $version
	: >"$root/lib/modules/$version/modules.builtin"
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$root" $version
	host check
	ended 1
	found FAIL "kernel $version" 'has no module vfio-pci'
}

# ---- output ----

test_json() {
	configure '09:00.0'
	host check --json
	ended 1
	assertEquals 1 "$(jq .schema "$out")"
	assertEquals 'FAIL /etc/vfio-early.conf:1: 09:00.0: no such device|see: vfio-early list' \
		"$(jq -r '.checks[] | select(.check == "match") | "\(.level) \(.text)|\(.fix)"' "$out")"
}

# On a terminal only; NO_COLOR counts unless it is empty (no-color.org).
test_colors() {
	script -qec true /dev/null >/dev/null 2>&1 || { skip 'no script, or no terminal for it'; return; }
	host check
	no_line "*$(printf '\033')*"
	script -qec "$VFIO_EARLY check --root $root" /dev/null >"$out"
	line "*$(printf '\033')?33mWARN*"
	NO_COLOR='' script -qec "$VFIO_EARLY check --root $root" /dev/null >"$out"
	line "*$(printf '\033')*"
	NO_COLOR=1 script -qec "$VFIO_EARLY check --root $root" /dev/null >"$out"
	no_line "*$(printf '\033')*"
}

# A file may have any name.
test_odd_file_name() {
	mkdir -p "$root/etc/vfio-early.conf.d"
	echo 02:00.0 >"$root/etc/vfio-early.conf.d/$(printf 'a\377\033[31m').conf"
	host check --json
	assertEquals '/etc/vfio-early.conf.d/a\xff\x1b[31m.conf:1: 02:00.0 GP104 [GeForce GTX 1080]' \
		"$(jq -r '.checks[] | select(.check == "match") | .text' "$out" | tail -n 1)"
	host disable 02:00.0
	ended 1
	grep -Fq 'a\xff\x1b[31m.conf:1 keeps it' "$err" || fail "$(cat "$err")"
}

test_quiet() {
	host check --quiet
	no_line 'PASS *'
	line 'WARN cpu *'
}

test_configuration_of_another_directory() {
	mkdir -p "$work/config/etc"
	echo 02:00.0 >"$work/config/etc/vfio-early.conf"
	kernel $version
	remember $version
	host check --config "$work/config"
	ended 0
	found PASS 'group 15' '*'
	found WARN "image $version" 'has to be rebuilt for this'
	no_line 'PASS group 14 *'
}

test_no_sysfs() {
	rm -r "${root:?}/sys"
	host check
	ended 3
	assertTrue 'says so' "grep -q 'is /sys mounted' '$err'"
}

# Its disk is in the group now, and does not exist when the next boot decides.
test_a_controller_whose_disk_has_its_driver() {
	machine - <<-END
		40 0000:4a:00.5 0104 8086:28c0 04 vmd -
		40 10000:00:02.0 0604 8086:347a 04 pcieport 0000:4a:00.5/pci10000:00
		40 10000:01:00.0 0108 144d:a824 - nvme 10000:00:02.0
		3 0000:03:00.0 0300 1a03:2000 - ast -
	END
	host check 4a:00.5
	found PASS 'group 40' 'takes 4a:00.5'
	found WARN match '10000:01:00.0 * goes with 4a:00.5'
	line 'next boot: 1 device to vfio-pci; 0 FAIL, *'
	ended 0
}

test_a_physical_function_with_virtual_ones() {
	machine virtual-functions
	configure ''
	ln -s ../0000:07:00.0 "$root/sys/bus/pci/devices/0000:07:10.2/physfn"
	host check 07:00.0
	found WARN match '1 virtual function of 07:00.0 will not exist: vfio-pci makes none'
}

# shellcheck source=/dev/null
. shunit2
