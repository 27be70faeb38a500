#!/bin/sh
# "vfio-early image": what it says belongs into an image, for a kernel made of fake modules; and that it boots.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
version=6.12.107+deb13-amd64
kernel=$work/template/lib/modules/$version
PATH=$PATH:/usr/sbin:/sbin

# module PATH EXPORTS NEEDS [SOFTDEP]: an object file that depmod takes for a module
module() {
	mkdir -p "$kernel/$(dirname "$1")"
	{
		echo ".section .modinfo; .string \"license=GPL\"${4:+; .string \"softdep=$4\"}"
		echo ".section __ksymtab_strings"
		for symbol in $2; do
			echo ".string \"$symbol\""
		done
		echo .text
		for symbol in $3; do
			echo ".long $symbol"
		done
	} | ${CC:-gcc} -c -x assembler -o "$kernel/$1.ko" -
}

oneTimeSetUp() {
	module kernel/virt/lib/irqbypass irq_bypass ''
	module kernel/drivers/vfio/vfio vfio_register '' 'post: vfio_iommu_type1'
	module kernel/drivers/vfio/vfio_iommu_type1 type1 vfio_register
	module kernel/drivers/vfio/pci/vfio-pci-core core 'vfio_register irq_bypass'
	module kernel/drivers/vfio/pci/vfio-pci pci core
	module kernel/drivers/vfio/pci/mlx5/mlx5-vfio-pci variant core
	module kernel/drivers/gpu/drm/nouveau/nouveau nouveau ''
	module kernel/drivers/virtio/virtio virtio ''
	module kernel/drivers/virtio/virtio_pci virtio_pci virtio
	module kernel/drivers/iommu/virtio-iommu virtio_iommu virtio
	: >"$kernel/modules.order"
	: >"$kernel/modules.builtin"
	: >"$kernel/modules.builtin.modinfo"
	depmod -b "$work/template" "$version"
}

setUp() {
	machine desktop
	rm -r "${root:?}/lib"
	cp -a "$work/template/lib" "$root/lib"
	modules=$root/lib/modules/$version
	mkdir "$root/etc/modprobe.d"
}

# image: the manifest in $out, warnings in $err
image() {
	"$VFIO_EARLY" image --kernel "$version" --builder initramfs-tools --root "$root" >"$out" 2>"$err"
	status=$?
	sound_command $status
}

# as sound, for a command with one more exit code
sound_command() {
	[ "$1" -eq 3 ] || sound "$1"
}

module_order() {
	sed -n 's/^module path=\([^ ]*\).*/\1/p' "$out" | sed 's|.*/||' | xargs
}

warned() {
	grep -q -e "$1" "$err" || fail "no warning: $1
$(cat "$err")"
}

test_first_line() {
	image
	line "manifest version=* kernel=$version by=initramfs-tools stamp=[0-9a-f]*"
	assertEquals 'manifest' "$(head -n 1 "$out" | cut -d' ' -f1)"
	ended 0
	assertEquals '' "$(cat "$err")"
}

test_program() {
	image
	line 'program /*/vfio-early-boot /usr/sbin/vfio-early-boot'
	program=$(sed -n 's/^program \([^ ]*\) .*/\1/p' "$out")
	[ -x "$program" ] || fail "no $program"
}

test_modules_in_load_order() {
	image
	assertEquals 5 "$(module_order | wc -w)"
	before irqbypass vfio-pci-core
	before vfio vfio-pci-core
	before vfio-pci-core vfio-pci
	before vfio vfio_iommu_type1
	exact 'module path=kernel/drivers/vfio/pci/vfio-pci'
}

# before A B: A is loaded first
before() {
	list=" $(module_order) "
	case " ${list#* "$1" }" in
	"$list"|" $list") fail "no $1: $list" ;;
	*" $2 "*) ;;
	*) fail "$1 is not before $2: $list" ;;
	esac
}

test_files_of_modules() {
	image
	sed -n 's/^file //p' "$out" | while read -r file; do
		[ -f "$root$file" ] || echo "$file"
	done >"$work/missing"
	assertEquals '' "$(cat "$work/missing")"
	exact "file /lib/modules/$version/kernel/drivers/vfio/pci/vfio-pci.ko"
}

test_files_of_the_configuration() {
	mkdir "$root/etc/vfio-early.conf.d"
	echo 02:00.0 >"$root/etc/vfio-early.conf.d/50.conf"
	echo 02:00.0 >"$root/etc/vfio-early.conf.d/50.conf.old"
	image
	exact 'file /etc/vfio-early.conf'
	exact 'file /etc/vfio-early.conf.d/50.conf'
	no_line '*50.conf.old'
}

test_no_configuration() {
	rm "$conf"
	image
	no_line 'file /etc/*'
	ended 0
}

test_other_drivers_of_the_configuration() {
	configure '01:00.0 driver=mlx5_vfio_pci'
	image
	before vfio-pci-core mlx5-vfio-pci
	before vfio vfio-pci
	ended 0
}

test_options() {
	echo 'options vfio-pci disable_vga=1 disable_idle_d3=1' >"$root/etc/modprobe.d/vfio.conf"
	echo 'options vfio_iommu_type1 allow_unsafe_interrupts=1' >>"$root/etc/modprobe.d/vfio.conf"
	image
	exact 'module path=kernel/drivers/vfio/pci/vfio-pci options="disable_vga=1 disable_idle_d3=1"'
	exact 'module path=kernel/drivers/vfio/vfio_iommu_type1 options=allow_unsafe_interrupts=1'
}

test_ids_are_records_of_their_own() {
	printf '# mine\n\noptions vfio_pci ids=10de:1b80,10de:10f0 disable_vga=1\n' >"$root/etc/modprobe.d/vfio.conf"
	image
	exact 'ids list=10de:1b80,10de:10f0 at=/etc/modprobe.d/vfio.conf:3'
	exact 'module path=kernel/drivers/vfio/pci/vfio-pci options=disable_vga=1'
	ended 0
}

test_ids_of_several_files() {
	echo 'options vfio-pci ids=10de:1b80' >"$root/etc/modprobe.d/a.conf"
	echo 'options vfio-pci ids=144d:a808' >"$root/etc/modprobe.d/b.conf"
	image
	exact 'ids list=10de:1b80 at=/etc/modprobe.d/a.conf:1'
	exact 'ids list=144d:a808 at=/etc/modprobe.d/b.conf:1'
}

test_mistakes_are_warnings() {
	configure '01:00.0 alow=last-display\n02:00.0'
	image
	warned '/etc/vfio-early.conf:1:9: .*alow=last-display'
	exact 'file /etc/vfio-early.conf'
	before vfio vfio-pci
	ended 1
}

test_configuration_that_cannot_be_read() {
	rm "$conf"
	mkdir "$conf"
	image
	warned '/etc/vfio-early.conf'
	before vfio vfio-pci
	ended 1
}

test_name_of_a_file_that_would_be_two_lines() {
	mkdir "$root/etc/vfio-early.conf.d"
	: >"$root/etc/vfio-early.conf.d/a
program here there.conf"
	image
	no_line 'program here*'
	[ -s "$err" ] || fail 'no warning'
	ended 1
}

test_built_in() {
	echo kernel/drivers/vfio/vfio.ko >"$modules/modules.builtin"
	for name in irqbypass vfio_iommu_type1 vfio-pci-core vfio-pci; do
		find "$modules" -name "$name.ko" | sed "s|$modules/||" >>"$modules/modules.builtin"
	done
	find "$modules/kernel/drivers/vfio" "$modules/kernel/virt" -name '*.ko' -delete
	depmod -b "$root" "$version"
	image
	assertEquals '' "$(module_order)"
	assertEquals '' "$(cat "$err")"
	ended 0
}

test_ids_where_vfio_pci_is_built_in() {
	find "$modules" -name 'vfio-pci.ko' -delete
	echo kernel/drivers/vfio/pci/vfio-pci.ko >"$modules/modules.builtin"
	depmod -b "$root" "$version"
	echo 'options vfio-pci ids=10de:1b80' >"$root/etc/modprobe.d/a.conf"
	image
	exact 'ids list=10de:1b80 at=/etc/modprobe.d/a.conf:1'
}

test_kernel_without_vfio_pci() {
	find "$modules" -name 'vfio-pci.ko' -delete
	depmod -b "$root" "$version"
	image
	warned 'vfio-pci'
	ended 1
}

test_kernel_that_is_not_there() {
	rm -r "$modules"
	image
	ended 3
	[ -s "$err" ] || fail 'no message'
}

# The boot can still say what it lacks.
test_index_is_missing() {
	rm "$modules"/modules.*.bin
	configure 01:00.0
	image
	assertEquals 1 "$status"
	assertTrue "grep -q '/lib/modules/$version: its index cannot be read: .*; run depmod $version' '$err'"
	exact 'file /etc/vfio-early.conf'
	line 'program * /usr/sbin/vfio-early-boot'
	no_line 'module *'
}

# Whatever kernel runs.
test_kernel_that_does_not_run() {
	mv "$modules" "$root/lib/modules/5.10.0-1"
	rm "$root/lib/modules/5.10.0-1"/modules.*.bin
	depmod -b "$root" 5.10.0-1
	version=5.10.0-1 image
	assertEquals 0 "$status"
	line 'manifest version=* kernel=5.10.0-1 *'
	exact 'file /lib/modules/5.10.0-1/kernel/drivers/vfio/pci/vfio-pci.ko'
}

test_nothing_is_written() {
	configure '01:00.0'
	find "$root" | sort >"$work/before"
	image
	find "$root" -newer "$work/before" | sort >"$work/newer"
	find "$root" | sort | cmp -s - "$work/before" || fail 'something was made or removed'
	assertEquals '' "$(cat "$work/newer")"
}

test_default_of_the_iommu() {
	mkdir "$root/boot"
	for setting in CONFIG_INTEL_IOMMU_DEFAULT_ON=y CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y; do
		echo "$setting" >"$root/boot/config-$version"
		image
		line 'manifest * intel-iommu=on'
	done
	echo '# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set' >"$root/boot/config-$version"
	image
	line 'manifest * intel-iommu=off'
	rm "$root/boot/config-$version"
	image
	no_line 'manifest *intel-iommu=*'
}

# stamp: of the manifest
stamp() {
	image
	sed -n 's/^manifest .* stamp=\([^ ]*\).*/\1/p' "$out"
}

test_stamp() {
	first=$(stamp)
	touch -d '2 days ago' "$conf"
	assertEquals 'of the same content' "$first" "$(stamp)"
	configure '02:00.0'
	second=$(stamp)
	assertNotEquals 'of another configuration' "$first" "$second"
	mkdir "$root/etc/vfio-early.conf.d"
	echo 03:00.0 >"$root/etc/vfio-early.conf.d/x.conf"
	assertNotEquals 'of another file' "$second" "$(stamp)"
	rm "$root/etc/vfio-early.conf.d/x.conf"
	assertEquals 'as it was' "$second" "$(stamp)"
	echo 'options vfio-pci ids=10de:1b80' >"$root/etc/modprobe.d/x.conf"
	assertNotEquals 'of other IDs' "$second" "$(stamp)"
}

test_the_manifest_boots() {
	disk 0000:00:17.0 8:1 ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
	mounted 8:1 / ext4 /dev/sda1
	echo 'options vfio-pci ids=144d:a808 disable_vga=1' >"$root/etc/modprobe.d/x.conf"
	image
	cp "$out" "$root/usr/lib/vfio-early/manifest"
	boot 01:00.0
	driver 0000:01:00.0 vfio-pci
	driver 0000:03:00.0 vfio-pci
	called '* insmod vfio-pci disable_vga=1 -> 0'
	called '* insmod vfio_iommu_type1 -> 0'
	line 'device address=0000:03:00.0 *for=/etc/modprobe.d/x.conf:1 *'
	no_line 'warning *'
	ended 0
}

test_wrong_usage() {
	for arguments in '' --frobnicate '--kernel' '--kernel ../x' "--kernel $version extra"; do
		# shellcheck disable=SC2086 # they are several
		"$VFIO_EARLY" image $arguments >"$out" 2>"$err"
		status=$?
		ended 2
		[ -s "$err" ] || fail "no message for $arguments"
		assertEquals '' "$(cat "$out")"
	done
}

# What others than root can write to could be anybody's: neither the image nor the rehearsal has it.
test_configuration_that_others_can_write() {
	machine desktop
	kernel 6.12.107+deb13-amd64
	configure '01:00.0'
	mkdir "$conf.d"
	echo 03:00.0 >"$conf.d/10-disk.conf"
	for mode in 666 664 646; do
		chmod $mode "$conf"
		image 6.12.107+deb13-amd64
		ended 1
		assertTrue 'says what to do' "grep -q '^vfio-early: /etc/vfio-early.conf: nothing of it is used: others than root can write to /etc/vfio-early.conf; run: chown root:root' '$err'"
		no_line 'file /etc/vfio-early.conf'
		line 'file /etc/vfio-early.conf.d/10-disk.conf'
		host check --log
		taken 0000:03:00.0
	done
	chmod 644 "$conf"
	chmod 777 "$conf.d"
	image 6.12.107+deb13-amd64
	ended 1
	line 'file /etc/vfio-early.conf'
	no_line 'file /etc/vfio-early.conf.d/10-disk.conf'
}

# The next boot has its own command line: what libkmod takes from that of the running kernel is no option of modprobe.d.
test_options_of_the_running_kernel() {
	options='module path=kernel/drivers/vfio/pci/vfio-pci options="disable_vga=1 nointxmask=1"'
	echo 'options vfio-pci disable_vga=1 nointxmask=1' >"$root/etc/modprobe.d/x.conf"
	live image --kernel "$version"
	line "$options"
	cmdline 'quiet vfio-pci.disable_idle_d3=1 vfio_pci.nointxmask=1 vfio_pci.enable_sriov other.x=1 vfio.x'
	live image --kernel "$version"
	line "$options"
}

# Of a line that goes on the first one is its place.
test_ids_on_a_continued_line() {
	printf '# x\noptions vfio-pci \\\n  disable_vga=1 \\\n  ids=10de:1b80\n' >"$root/etc/modprobe.d/x.conf"
	image
	line 'ids list=10de:1b80 at=/etc/modprobe.d/x.conf:2'
}

# Its driver is a module, which has to come before the groups are looked at.
test_virtual_iommu() {
	for iommu in 'iommu virtio' 'iommu smmu
link sys/class/iommu/a000000.virtio_mmio ../../devices/virtual/iommu/x'; do
		printf '%s\n' "$iommu" '1 0000:00:03.0 0200 8086:10d3 - - -' | machine -
		rm -rf "${root:?}/lib"
		cp -a "$work/template/lib" "$root/lib"
		image
		ended 0
		assertEquals 'virtio virtio_pci virtio-iommu vfio vfio_iommu_type1 irqbypass vfio-pci-core vfio-pci' "$(module_order)"
		exact 'module path=kernel/drivers/iommu/virtio-iommu for=iommu'
		exact 'module path=kernel/drivers/vfio/vfio'
	done
}

# shellcheck source=/dev/null
. shunit2
