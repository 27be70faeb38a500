#!/bin/sh
# Who boots a machine, and with which image: the machines of tests/fixtures/booting, as "check" sees them.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

entry_id=0123456789abcdef0123456789abcdef

# built FILE [VERSION]: vfio-early is in it, and what it says of this configuration
built() {
	mkdir -p "$root/${1%/*}"
	"$VFIO_EARLY" image --kernel "${2:-$version}" --builder test --image "/$1" --root "$root" >/dev/null 2>"$err"
	touch "$root/$1"
}

# said LEVEL TEXT, fix TEXT: of an image, by check; patterns
said() {
	line "$1 image *$2"
}

fix() {
	line " *fix: $1"
}

# comes_from FILE EVIDENCE: this boot, and it is checked
comes_from() {
	host check
	said PASS "this boot came from $1 ($2)"
	said FAIL "this boot came from ${1%% *}, which was built without vfio-early*"
	built "${1#/}"
	host check
	ended 0
	said PASS 'has the configuration (test)'
	configure 02:00.0
	host check
	ended 1
	said FAIL "this boot came from ${1%% *}, which is older than the configuration"
}

# ---- which image ----

test_arch() {
	boots arch
	comes_from /boot/initramfs-linux.img 'BOOT_IMAGE=/boot/vmlinuz-linux, and /boot/grub/grub.cfg'
	fix 'sudo mkinitcpio -P'
}

# With the fallback image it would boot, too: both have to be right.
test_arch_with_a_fallback() {
	boots arch-partition
	host check
	said PASS 'this boot came from /boot/initramfs-linux.img or /boot/initramfs-linux-fallback.img *'
	built boot/initramfs-linux.img
	host check
	ended 1
	said PASS 'has the configuration (test)'
	said FAIL 'this boot came from /boot/initramfs-linux-fallback.img, which is not /boot/initramfs-linux.img, *'
	built boot/initramfs-linux-fallback.img
	host check
	ended 0
}

# Which image another kernel has, tells what the loader offers for it.
test_kernel_that_does_not_run() {
	boots arch-partition
	built boot/initramfs-linux.img
	built boot/initramfs-linux-fallback.img
	installed 6.6.20-1-lts
	host check
	line 'FAIL image 6.6.20-1-lts *was built without vfio-early*'
	built boot/initramfs-linux-lts.img 6.6.20-1-lts
	host check
	ended 0
	line 'PASS image 6.6.20-1-lts *has the configuration (test)'
	touch -d '1 hour ago' "$root/boot/initramfs-linux-lts.img"
	host check
	line 'FAIL image 6.6.20-1-lts */boot/initramfs-linux-lts.img is older than the last attempt*'
}

test_endeavouros() {
	boots endeavouros
	built "boot/initramfs-$version.img"
	host check
	ended 1
	said FAIL "this boot came from /boot/initramfs-linux.img, which is not /boot/initramfs-$version.img, the one that was built with vfio-early"
	fix 'sudo dracut-rebuild'
	said PASS 'this boot came from /boot/initramfs-linux.img (BOOT_IMAGE=(hd0,gpt2)/boot/vmlinuz-linux, and /boot/grub/grub.cfg)'
	built boot/initramfs-linux.img
	host check
	ended 0
	said PASS 'has the configuration (test)'
	configure 02:00.0
	mv "$root/usr/bin/dracut-rebuild" "$root/usr/bin/reinstall-kernels"
	host check
	fix 'sudo reinstall-kernels'
	rm "$root/usr/bin/reinstall-kernels"
	host check
	fix "sudo dracut --force /boot/initramfs-linux.img $version"
}

test_fedora() {
	boots fedora
	comes_from "/boot/initramfs-$version.img" "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-$version, and /boot/loader/entries/*.conf"
	fix "sudo dracut --force --kver $version"
}

test_silverblue() {
	boots silverblue
	built "boot/initramfs-$version.img"
	host check
	said FAIL "this boot came from /boot/ostree/fedora-0a1b2c/initramfs-$version.img, which is not /boot/initramfs-$version.img*"
	fix 'sudo rpm-ostree initramfs --enable'
	rm "$root/usr/bin/rpm-ostree"
	host check
	fix "have the deployment's initramfs made with vfio-early in it (*rpm-ostree initramfs --enable)"
	rm "$root/boot/loader/entries/"*
	host check
	said FAIL "this boot came from /boot/ostree/fedora-0a1b2c/initramfs-$version.img, which is not /boot/initramfs-$version.img*"
}

test_opensuse() {
	boots opensuse
	comes_from "/boot/initrd-$version" "BOOT_IMAGE=/@/*, and /boot/grub2/grub.cfg"
}

test_pop_os() {
	boots pop-os
	built "boot/initrd.img-$version"
	touch "$root/boot/efi/EFI/Pop_OS-1234/initrd.img"
	host check
	ended 0
	said PASS 'this boot came from /boot/efi/EFI/Pop_OS-1234/initrd.img (initrd=\\EFI\\Pop_OS-1234\\initrd.img)'
	said PASS 'has the configuration (test)'
	echo another >"$root/boot/initrd.img-$version"
	host check
	ended 1
	said FAIL "this boot came from /boot/efi/EFI/Pop_OS-1234/initrd.img, which is not /boot/initrd.img-$version, *"
	fix 'sudo kernelstub'
	configure 02:00.0
	rm -r "$root/var/lib/vfio-early"
	host check
	fix "sudo update-initramfs -u -k $version"
}

# A copy that was made before its origin was built anew is none, whatever its size.
test_copy_is_older() {
	boots pop-os
	built "boot/initrd.img-$version"
	touch -d '1 hour ago' "$root/boot/efi/EFI/Pop_OS-1234/initrd.img"
	host check
	said FAIL "this boot came from /boot/efi/EFI/Pop_OS-1234/initrd.img, which is not *"
}

test_proxmox() {
	boots proxmox
	built "boot/initrd.img-$version"
	host check
	ended 0
	said WARN '*this boot came from \\EFI\\proxmox\\*, which cannot be seen here'
	no_line 'PASS image *has the configuration*'
	logged
	host check
	said PASS 'has the configuration (test)'
}

test_proxmox_with_grub() {
	boots proxmox-grub
	comes_from "/boot/initrd.img-$version" 'BOOT_IMAGE=/ROOT/pve-1@/boot/vmlinuz-*, and /boot/grub/grub.cfg'
}

# Ubuntu on ZFS: a pool of its own for /boot.
test_dataset_for_boot() {
	boots proxmox-grub
	cmdline "BOOT_IMAGE=/BOOT/ubuntu_x1y2z3@/vmlinuz-$version ro"
	sed -i 's|/ROOT/pve-1@/boot/|/BOOT/ubuntu_x1y2z3@/|' "$root/boot/grub/grub.cfg"
	comes_from "/boot/initrd.img-$version" 'BOOT_IMAGE=/BOOT/*'
}

test_nixos() {
	boots nixos
	comes_from /boot/kernels/abc-initrd-linux-6.6.30-initrd 'BOOT_IMAGE=(hd0,gpt2)//kernels/*'
	fix "the image is made of the system's configuration: put vfio-early into its boot.initrd, then: sudo nixos-rebuild boot"
}

test_extlinux() {
	boots extlinux
	comes_from "/boot/initrd.img-$version" "initrd=/boot/initrd.img-$version"
}

# The entry is called without its tries, and in lower case.
test_systemd_boot() {
	boots systemd-boot
	loader_variable LoaderInfo 'systemd-boot 257.8'
	for id in "$entry_id-$version.conf" "$entry_id-$version+3-1.conf"; do
		loader_variable LoaderEntrySelected "$id"
		rm -rf "$root/var/lib/vfio-early"
		configure 01:00.0
		comes_from "/efi/$entry_id/$version/initrd" "LoaderEntrySelected is $id"
		fix "sudo kernel-install add $version /lib/modules/$version/vmlinuz"
	done
	rm "$root/efi/loader/entries/"*
	host check
	said WARN '*cannot be told: LoaderInfo is systemd-boot 257.8, but nothing tells the image'
}

# The kernel unpacks one over the other.
test_entry_with_two_images() {
	boots systemd-boot
	loader_variable LoaderInfo 'systemd-boot 257.8'
	loader_variable LoaderEntrySelected "$entry_id-$version.conf"
	echo "initrd /$entry_id/$version/initrd.img-$version" >>"$root/efi/loader/entries/$entry_id-$version+3-1.conf"
	built "boot/initrd.img-$version"
	cp -p "$root/boot/initrd.img-$version" "$root/efi/$entry_id/$version/"
	host check
	said PASS "this boot came from /efi/$entry_id/$version/initrd.img-$version (*"
	said PASS 'has the configuration (test)'
	echo longer >>"$root/boot/initrd.img-$version"
	host check
	fix "sudo kernel-install add $version /lib/modules/$version/vmlinuz /boot/initrd.img-$version"
}

# systemd-boot has started GRUB, which has started the kernel.
test_systemd_boot_before_grub() {
	boots arch
	mkdir -p "$root/boot/efi/loader/entries" "$root/boot/efi/EFI/grub"
	echo 'efi /EFI/grub/grubx64.efi' >"$root/boot/efi/loader/entries/grub.conf"
	: >"$root/boot/efi/EFI/grub/grubx64.efi"
	loader_variable LoaderInfo 'systemd-boot 257.8'
	loader_variable LoaderEntrySelected grub.conf
	comes_from /boot/initramfs-linux.img 'BOOT_IMAGE=/boot/vmlinuz-linux, and /boot/grub/grub.cfg'
}

# Files of another loader tell nothing of what is booted.
test_grub_is_left_behind() {
	boots systemd-boot
	loader_variable LoaderInfo 'systemd-boot 257.8'
	loader_variable LoaderEntrySelected "$entry_id-$version.conf"
	installed 6.1.0-old
	mkdir -p "$root/boot/grub"
	printf 'linux /boot/vmlinuz-6.1.0-old\ninitrd /boot/initrd.img-6.1.0-old\n' >"$root/boot/grub/grub.cfg"
	built boot/initrd.img-6.1.0-old 6.1.0-old
	host check
	line 'WARN image 6.1.0-old */boot/initrd.img-6.1.0-old has the configuration, but nothing tells that it is what boots'
}

test_unified_image() {
	boots unified
	image=efi/EFI/Linux/linux-$version-$entry_id.efi
	loader_variable StubInfo 'systemd-stub 257.8'
	loader_variable StubImageIdentifier "\\EFI\\Linux\\${image##*/}"
	comes_from "/$image" 'StubImageIdentifier is *'
	fix "sudo dracut --force --uefi /$image $version"
	rm "$root/sys/firmware/efi/efivars/StubImageIdentifier"-*
	host check
	said WARN '*cannot be told: LoaderImageIdentifier is not set'
	loader_variable LoaderImageIdentifier "\\EFI\\Linux\\${image##*/}"
	host check
	said PASS "this boot came from /$image (LoaderImageIdentifier is *)"
	loader_variable LoaderInfo 'systemd-boot 254'
	loader_variable LoaderEntrySelected "linux-$version-other-$entry_id.efi"
	host check
	said WARN '*cannot be told: LoaderEntrySelected is *'
	loader_variable LoaderEntrySelected "${image##*/}"
	host check
	said PASS "this boot came from /$image (LoaderEntrySelected is *)"
}

# Of kernel-install, named by its token and with tries; made of an initramfs that stood elsewhere.
test_unified_image_of_kernel_install() {
	boots unified
	rm "$root/efi/EFI/Linux/"*
	: >"$root/usr/bin/kernel-install"
	export KERNEL_INSTALL_STAGING_AREA=/tmp/staging KERNEL_INSTALL_BOOT_ROOT=/efi KERNEL_INSTALL_ENTRY_TOKEN=mine \
		KERNEL_INSTALL_LAYOUT=uki
	built tmp/staging/initrd
	unset KERNEL_INSTALL_STAGING_AREA
	: >"$root/efi/EFI/Linux/mine-$version+3.efi"
	loader_variable StubInfo 'systemd-stub 257.8'
	loader_variable StubImageIdentifier "\\EFI\\Linux\\mine-$version+3.efi"
	host check
	ended 0
	said PASS 'has the configuration (test)'
	mv "$root/efi/EFI/Linux/mine-$version+3.efi" "$root/efi/EFI/Linux/mine-$version+2-1.efi"
	loader_variable StubImageIdentifier "\\EFI\\Linux\\mine-$version+2-1.efi"
	host check
	ended 0
	said PASS 'has the configuration (test)'
	configure 02:00.0
	host check
	fix "sudo kernel-install add $version /lib/modules/$version/vmlinuz"
}

test_entry_of_kernel_install() {
	boots systemd-boot
	export KERNEL_INSTALL_STAGING_AREA=/tmp/staging KERNEL_INSTALL_BOOT_ROOT=/efi KERNEL_INSTALL_ENTRY_TOKEN=$entry_id \
		KERNEL_INSTALL_LAYOUT=bls
	built tmp/staging/initrd
	unset KERNEL_INSTALL_STAGING_AREA
	touch "$root/efi/$entry_id/$version/initrd"
	loader_variable LoaderInfo 'systemd-boot 257.8'
	loader_variable LoaderEntrySelected "$entry_id-$version.conf"
	host check
	said PASS 'has the configuration (test)'
}

test_unified_image_of_another_kernel() {
	boots unified
	built "efi/EFI/Linux/linux-6.12.8-1-other-$entry_id.efi" 6.12.8-1-other
	host check
	line "FAIL image $version *was built without vfio-early*"
}

# ---- what is known of it ----

# logged [STAMP]: this boot's image has left a log
logged() {
	mkdir -p "$root/run"
	stamp=$("$VFIO_EARLY" image --kernel "$version" --root "$root" 2>/dev/null | sed -n 's/^manifest .*stamp=\([^ ]*\).*/\1/p')
	printf 'vfio-early version=1 kernel=%s by=mkinitcpio stamp=%s\nresult status=ok\n' "$version" "${1:-$stamp}" \
		>"$root/run/vfio-early.log"
}

# kdump's, of the same kernel, is another image: it comes and goes without a word about the one that boots.
test_image_of_kdump() {
	boots extlinux
	built "boot/initrd.img-$version"
	configure 02:00.0
	for other in "var/lib/kdump/initrd.img-$version" "boot/initramfs-${version}kdump.img" tmp/try.img; do
		built "$other"
		host check
		ended 1
		said FAIL 'this boot came from *, which is older than the configuration'
	done
	built "boot/initrd.img-$version.new"
	rm "$root/boot/initrd.img-$version.new"
	touch "$root/boot/initrd.img-$version"
	host check
	ended 0
	configure 01:00.0
	built "var/lib/kdump/initrd.img-$version"
	host check
	said FAIL 'this boot came from *, which is older than the configuration'
}

# Of the same size, and older: the image that boots may be a copy of the usual one, never of kdump's.
test_image_of_kdump_is_no_origin() {
	boots pop-os
	mkdir -p "$root/var/lib/kdump"
	mv "$root/boot/initrd.img-$version" "$root/var/lib/kdump/"
	built "var/lib/kdump/initrd.img-$version"
	touch "$root/boot/efi/EFI/Pop_OS-1234/initrd.img"
	host check
	said FAIL 'this boot came from *, which was built without vfio-early*'
}

# One that nobody has noted has been booted: its own log tells what is in it, until it is written anew.
test_log_of_the_booted_image() {
	boots arch
	logged
	host check
	ended 0
	said PASS 'has the configuration (mkinitcpio)'
	configure 02:00.0
	host check
	said FAIL 'this boot came from /boot/initramfs-linux.img, which is older than the configuration'
	logged
	touch -d '1 hour' "$root/boot/initramfs-linux.img"
	host check
	said FAIL 'this boot came from /boot/initramfs-linux.img, which was built without vfio-early*'
}

# Another builder has overwritten the image behind the back of the note.
test_log_against_a_note() {
	boots arch
	built boot/initramfs-linux.img
	logged 0000000000000000
	host check
	ended 1
	said FAIL 'this boot came from /boot/initramfs-linux.img, which is older than the configuration'
}

# What only modprobe.d or the kernel command line asks for has to be in the image, too.
test_devices_of_other_places() {
	boots fedora
	rm "$conf"
	cmdline "$(cat "$root/proc/cmdline") vfio.slots=01:00.0"
	host check
	said FAIL "this boot came from /boot/initramfs-$version.img, which was built without vfio-early*"
	host verify
	line 'FAIL boot *no log: the booted image * has no vfio-early'
	fix "sudo dracut --force --kver $version && sudo reboot"
}

# ---- what cannot be told ----

test_no_trace() {
	boots extlinux
	cmdline 'root=/dev/sda1 ro'
	built "boot/initrd.img-$version"
	host check
	ended 0
	said WARN 'which one this machine boots cannot be told: neither BOOT_IMAGE= nor initrd= *'
	said WARN "/boot/initrd.img-$version has the configuration, but nothing tells that it is what boots"
	no_line 'PASS image *'
	logged
	host check
	said PASS 'has the configuration (test)'
	loader_variable LoaderInfo 'rEFInd 0.14.2'
	host check
	said WARN '*cannot be told: LoaderInfo is rEFInd 0.14.2, but nothing tells the image'
}

test_grub_has_no_such_kernel() {
	boots arch
	cmdline 'BOOT_IMAGE=/boot/vmlinuz-linux-zen ro'
	host check
	said WARN '*cannot be told: BOOT_IMAGE=/boot/vmlinuz-linux-zen, which no file of GRUB has'
	sed -i '/initrd/d' "$root/boot/grub/grub.cfg"
	cmdline 'BOOT_IMAGE=/boot/vmlinuz-linux ro'
	host check
	said WARN '*, and /boot/grub/grub.cfg, which has no initrd for it'
}

test_file_of_root_alone() {
	boots arch
	chmod 600 "$root/boot/grub/grub.cfg"
	as_user check || return
	said WARN '*cannot be told: BOOT_IMAGE=/boot/vmlinuz-linux, which no file of GRUB that this user may read has'
}

# What the kernel was booted with is not the machine of a chroot.
test_chroot() {
	boots arch
	unshare -rm true 2>/dev/null || { skip 'no namespaces'; return; }
	# shellcheck disable=SC2016 # the inner shell expands them
	unshare -rm sh -c 'mount --bind /proc "$1/proc" && "$2" check --root "$1"' - "$root" "$VFIO_EARLY" >"$out" 2>"$err"
	no_line '*this boot came from*'
}

test_microcode_alone() {
	boots pop-os
	cmdline 'initrd=\intel-ucode.img ro'
	host check
	said WARN '*cannot be told: neither *'
	cmdline 'initrd=\intel-ucode.img initrd=\EFI\Pop_OS-1234\initrd.img ro'
	host check
	said PASS 'this boot came from /boot/efi/EFI/Pop_OS-1234/initrd.img *'
}

# shellcheck source=/dev/null
. shunit2
