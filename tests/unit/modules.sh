#!/bin/sh
# Loading modules: the list of the image, options, compression, modprobe, and vfio-pci that is built in.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

manifest=usr/lib/vfio-early/manifest

setUp() {
	machine desktop
	modules=$root/lib/modules/6.12.107+deb13-amd64/kernel
}

loaded() {
	assertEquals "$*" "$(sed -n 's/^[0-9]* insmod \([^ ]*\).* -> 0$/\1/p' "$root/sim.log" | xargs)"
	driver 0000:01:00.0 vfio-pci
	line 'result status=ok *'
	ended 0
}

# with_modprobe: the image has it
with_modprobe() {
	mkdir -p "$root/usr/sbin"
	: >"$root/usr/sbin/modprobe"
}

test_in_the_order_of_the_list() {
	boot 01:00.0
	loaded irqbypass vfio vfio-pci-core vfio-pci vfio_iommu_type1
	no_line 'warning *'
	not_called '*modprobe*'
}

test_not_compressed() {
	for file in "$modules"/*/*/*.xz "$modules"/*/*/*/*.xz; do
		[ ! -e "$file" ] || mv "$file" "${file%.xz}"
	done
	boot 01:00.0
	loaded irqbypass vfio vfio-pci-core vfio-pci vfio_iommu_type1
}

test_other_compressions() {
	for suffix in zst gz; do
		setUp
		find "$modules" -name '*.xz' -exec sh -c 'mv "$2" "${2%xz}$1"' - $suffix {} \;
		echo $suffix | sed 's/zst/zstd/; s/gz/gzip/' >"$root/sys/module/compression"
		boot 01:00.0
		loaded irqbypass vfio vfio-pci-core vfio-pci vfio_iommu_type1
	done
}

test_nothing_to_load_where_nothing_is_taken() {
	boot 09:00.0
	not_called '*'
	boot ''
	not_called '*'
}

test_what_is_loaded_already() {
	machine desktop - <<-.
		driver vfio-pci
	.
	for module in irqbypass vfio vfio_pci_core vfio_pci; do
		mkdir -p "$root/sys/module/$module"
	done
	boot 01:00.0
	loaded vfio_iommu_type1
}

test_without_vfio_pci_nothing_is_looked_for() {
	mkdir -p "$root/sys/module/irqbypass" "$root/sys/module/vfio"
	boot 01:00.0
	loaded irqbypass vfio vfio-pci-core vfio-pci vfio_iommu_type1
	no_line 'warning *'
}

test_loaded_although_blacklisted() {
	mkdir -p "$root/sys/module/irqbypass"
	cmdline modprobe.blacklist=irqbypass
	boot 01:00.0
	loaded vfio vfio-pci-core vfio-pci vfio_iommu_type1
	no_line 'warning *'
}

test_built_in() {
	machine desktop - <<-.
		builtin vfio-pci
		driver vfio-pci
	.
	sed -i /^module/d "$root/$manifest"
	boot 01:00.0
	loaded
	no_line 'warning *'
	not_called '*modprobe*'
}

test_built_in_without_a_manifest() {
	machine desktop - <<-.
		builtin vfio-pci
		driver vfio-pci
		remove $manifest
	.
	boot 01:00.0
	loaded
	not_called '*insmod*'
}

test_options_of_the_image() {
	sed -i 's|pci/vfio-pci$|& options="disable_idle_d3=1 nointxmask=1"|' "$root/$manifest"
	boot 01:00.0
	called '* insmod vfio-pci disable_idle_d3=1 nointxmask=1 -> 0'
}

test_options_with_quotes() {
	sed -i 's|vfio/vfio$|& options="a=\\"x y\\" b=1"|' "$root/$manifest"
	boot 01:00.0
	called '* insmod vfio a="x y" b=1 -> 0'
}

test_options_of_the_command_line() {
	cmdline 'vfio_iommu_type1.allow_unsafe_interrupts=1 vfio-pci.disable_vga=1 vfio_pci.disable_idle_d3 foo.x=1'
	boot 01:00.0
	called '* insmod vfio_iommu_type1 allow_unsafe_interrupts=1 -> 0'
	called '* insmod vfio-pci disable_vga=1 disable_idle_d3 -> 0'
	called '* insmod vfio -> 0'
}

test_options_of_the_command_line_come_after_those_of_the_image() {
	sed -i 's|pci/vfio-pci$|& options=disable_idle_d3=0|' "$root/$manifest"
	cmdline 'vfio-pci.disable_idle_d3=1'
	boot 01:00.0
	called '* insmod vfio-pci disable_idle_d3=0 disable_idle_d3=1 -> 0'
}

test_options_with_blanks_on_the_command_line() {
	cmdline 'vfio_pci.x="a b" "vfio_pci.y=c d"'
	boot 01:00.0
	called '* insmod vfio-pci x="a b" y="c d" -> 0'
}

test_our_own_words_are_no_options() {
	cmdline 'vfio.slots=01:00.0 vfio.timeout=5 vfio.early=on'
	boot ''
	called '* insmod vfio -> 0'
}

test_parameter_of_vfio_on_the_command_line() {
	cmdline 'vfio.enable_unsafe_noiommu_mode=0'
	boot 01:00.0
	called '* insmod vfio enable_unsafe_noiommu_mode=0 -> 0'
}

test_ids_are_never_passed_on() {
	cmdline 'vfio-pci.ids=10de:1b80 vfio_pci.ids=144d:a808 vfio-pci.disable_vga=1'
	boot ''
	called '* insmod vfio-pci disable_vga=1 -> 0'
	not_called '*ids=*'
	driver 0000:03:00.0 vfio-pci
}

# as for the module: the last list counts, and the command line comes last
test_last_list_of_ids_counts() {
	echo 'ids list=10de:1b80 at=/etc/modprobe.d/vfio.conf:3' >>"$root/$manifest"
	cmdline 'vfio-pci.ids=10de:1b80 vfio_pci.ids=144d:a808'
	dry ''
	taken 0000:03:00.0
	cmdline 'vfio-pci.ids='
	dry ''
	line 'result status=nothing *'
}

test_vfio_pci_is_blacklisted_for_modprobe_too() {
	cmdline modprobe.blacklist=vfio_pci
	mkdir -p "$root/sbin"
	: >"$root/sbin/modprobe"
	chmod +x "$root/sbin/modprobe"
	boot '01:00.0'
	line 'group id=14 result=failed'
	not_called '*modprobe vfio?pci*'
}

test_ids_of_the_image() {
	echo 'ids list=10de:1b80,144d:a808 at=/etc/modprobe.d/vfio.conf:3' >>"$root/$manifest"
	dry ''
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1 0000:03:00.0
	line 'device address=0000:01:00.0 *for=/etc/modprobe.d/vfio.conf:3 *'
	boot ''
	not_called '*ids=*'
}

test_ids_go_through_the_same_decision() {
	machine last-display
	echo 'ids list=10de:1b80 at=/etc/modprobe.d/vfio.conf:3' >>"$root/$manifest"
	dry ''
	refused last-display 0000:01:00.0
}

test_ids_of_nothing() {
	echo 'ids list=10de:ffff at=/etc/modprobe.d/vfio.conf:3' >>"$root/$manifest"
	dry ''
	exact 'device address=- select=10de:ffff for=/etc/modprobe.d/vfio.conf:3 result=absent'
}

test_blacklisted() {
	cmdline 'modprobe.blacklist=foo,vfio-iommu-type1'
	boot 01:00.0
	not_called '*insmod vfio_iommu_type1*'
	driver 0000:01:00.0 vfio-pci
}

test_vfio_pci_is_blacklisted() {
	cmdline 'modprobe.blacklist=vfio_pci'
	boot 01:00.0
	not_called '*insmod vfio-pci *'
	driver 0000:01:00.0 -
	override 0000:01:00.0 '(null)'
	line 'group id=14 result=failed'
	ended 1
}

test_no_manifest() {
	rm "$root/$manifest"
	with_modprobe
	boot 01:00.0
	called '* modprobe vfio?pci* -> 0'
	called '* modprobe vfio?iommu?type1* -> 0'
	driver 0000:01:00.0 vfio-pci
	ended 0
}

test_modprobe_must_not_add_ids() {
	rm "$root/$manifest"
	with_modprobe
	cmdline 'vfio-pci.ids=10de:1b80'
	boot ''
	called '* modprobe vfio?pci*ids= -> 0'
	not_called '*10de:1b80*'
}

test_kernel_that_cannot_decompress() {
	rm "$root/sys/module/compression"
	with_modprobe
	boot 01:00.0
	called '* insmod vfio-pci -> EOPNOTSUPP'
	called '* modprobe *vfio?pci* -> 0'
	driver 0000:01:00.0 vfio-pci
	ended 0
}

test_kernel_that_cannot_decompress_and_no_modprobe() {
	rm "$root/sys/module/compression"
	boot 01:00.0
	line 'warning text=*vfio-pci*EOPNOTSUPP*'
	line 'device address=0000:01:00.0 *result=failed'
	line 'group id=14 result=failed'
	override 0000:01:00.0 '(null)'
	ended 1
}

test_file_is_missing() {
	rm "$modules/drivers/vfio/pci/vfio-pci.ko.xz"
	boot 01:00.0
	line 'device address=0000:01:00.0 *errno=ENOENT *result=failed'
	line 'warning text="there is no driver vfio-pci: *'
	driver 0000:01:00.0 -
	ended 1
}

test_module_does_not_fit() {
	boot_with 'insmod vfio-pci=ENOEXEC' 01:00.0
	line '*vfio-pci*ENOEXEC*'
	line 'group id=14 result=failed'
	ended 1
}

test_module_that_is_not_needed_for_the_bind_fails() {
	boot_with 'insmod vfio_iommu_type1=ENOEXEC' 01:00.0
	driver 0000:01:00.0 vfio-pci
	line 'warning text=*vfio_iommu_type1*ENOEXEC*'
	line 'result status=ok *'
}

test_manifest_of_another_kernel() {
	sed -i 's/ by=/ kernel=6.12.90+deb13-amd64&/' "$root/$manifest"
	boot 01:00.0
	loaded irqbypass vfio vfio-pci-core vfio-pci vfio_iommu_type1
	line 'warning text="this image was made for another kernel, 6.12.90+deb13-amd64*'
}

test_paths_that_lead_elsewhere() {
	printf 'module path=%s\n' ../../../etc/passwd /etc/passwd >>"$root/$manifest"
	echo module >>"$root/$manifest"
	boot 01:00.0
	not_called '*passwd*'
	driver 0000:01:00.0 vfio-pci
}

test_modprobe_gets_the_options() {
	rm "$root/sys/module/compression"
	sed -i 's|path=kernel/drivers/vfio/pci/vfio-pci$|& options="disable_vga=1 nointxmask"|' "$root/$manifest"
	with_modprobe
	boot 01:00.0
	called '* modprobe vfio?pci disable_vga=1 nointxmask ids= -> 0'
	driver 0000:01:00.0 vfio-pci
}

test_words_that_blacklist_nothing_of_ours() {
	machine desktop
	cmdline 'modprobe.blacklist module_blacklist=nouveau modprobe.blacklist=snd_hda_intel vfio_pci.disable_vga=1 -- modprobe.blacklist=vfio_pci vfio_pci.x=1'
	boot 01:00.0
	result 0000:01:00.0 bound
	called '*insmod vfio-pci disable_vga=1 -> 0'
	no_line 'warning *blacklisted*'
	machine desktop
	cmdline 'module_blacklist=x,vfio_pci'
	boot 01:00.0
	line 'warning text="module vfio_pci is blacklisted on the kernel command line"'
}

# shellcheck source=/dev/null
. shunit2
