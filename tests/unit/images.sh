#!/bin/sh
# What "enable" and "disable" have rebuilt on the machines of tests/fixtures/booting, and what they leave to a person.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

own=$root/etc/vfio-early.conf.d/90-enable.conf

# here NAME: such a machine, on which nothing is configured
here() {
	boots "$1"
	rm "$conf"
	: >"$work/ran"
	rm -f "$work/broken"
}

# builder PATH FILE...: one that writes these images, as its hook notes it; with no files nothing
builder() {
	mkdir -p "$root/${1%/*}"
	{
		echo '#!/bin/sh'
		echo "echo \"\${0##*/} \$*\" >>'$work/ran'"
		echo "[ ! -e '$work/broken' ] || exit 1"
		for file in "$@"; do
			[ "$file" != "$1" ] || continue
			echo "'$top/build/vfio-early' image --kernel $version --builder test --image '/$file' >/dev/null"
			echo "echo new >'/$file'"
		done
	} >"$root/$1"
	chmod 755 "$root/$1"
}

ran() {
	isSkipping || assertEquals "$*" "$(cat "$work/ran")"
}

# not_done TEXT: what the real run and the dry run end with, and nothing has been run
not_done() {
	for options in --dry-run ''; do
		# shellcheck disable=SC2086 # none, or one
		live enable $options 02:00.0
		ended 1
		grep -q "$1" "$err" || isSkipping || fail "$options: $(cat "$err")"
		no_line 'next: *'
		ran
	done
}

# is_done COMMAND: by the dry run's word, and by the real one; then the image that boots is right
is_done() {
	live enable --dry-run 02:00.0
	ended 0
	isSkipping || line "images to rebuild: $version, with: $1"
	live enable 02:00.0
	ended 0
	ran "$1"
	isSkipping || line 'next: reboot, then: vfio-early verify'
	live check
	isSkipping || line "PASS image $version *has the configuration (test)"
}

test_update_initramfs() {
	here extlinux
	builder usr/sbin/update-initramfs "boot/initrd.img-$version"
	is_done 'update-initramfs -u -k all'
}

test_mkinitcpio() {
	here arch
	builder usr/bin/mkinitcpio boot/initramfs-linux.img
	is_done 'mkinitcpio -P'
}

test_mkinitcpio_without_the_hook() {
	here arch
	builder usr/bin/mkinitcpio boot/initramfs-linux.img
	echo 'HOOKS=(base udev)' >"$root/etc/mkinitcpio.conf"
	not_done 'left to do: put vfio-early into HOOKS in /etc/mkinitcpio.conf, then: sudo mkinitcpio -P'
	host check 02:00.0
	no_line '*vfio-early enable does that*'
	mkdir "$root/etc/mkinitcpio.conf.d"
	echo 'HOOKS+=(vfio-early)' >"$root/etc/mkinitcpio.conf.d/vfio.conf"
	rm "$own"
	is_done 'mkinitcpio -P'
}
# Of two builders the one whose preset names the image that boots.
test_mkinitcpio_beside_dracut() {
	here arch
	builder usr/bin/mkinitcpio boot/initramfs-linux.img
	builder usr/bin/dracut boot/initramfs-linux.img
	is_done 'mkinitcpio -P'
	rm -r "$root/etc/mkinitcpio.d" "$own" "$root/var/lib/vfio-early"
	: >"$work/ran"
	is_done "dracut --force /boot/initramfs-linux.img $version"
}

test_dracut() {
	here fedora
	builder usr/bin/dracut "boot/initramfs-$version.img"
	is_done 'dracut --regenerate-all --force'
}

test_kernel_install() {
	here systemd-boot
	entry=0123456789abcdef0123456789abcdef
	loader_variable LoaderInfo 'systemd-boot 257.8'
	loader_variable LoaderEntrySelected "$entry-$version.conf"
	builder usr/bin/kernel-install "efi/$entry/$version/initrd"
	is_done "kernel-install add $version /lib/modules/$version/vmlinuz"
}

test_what_is_left_to_a_person() {
	here endeavouros
	builder usr/bin/dracut-rebuild boot/initramfs-linux.img
	not_done 'left to do: sudo dracut-rebuild$'
	here silverblue
	builder usr/bin/rpm-ostree
	not_done 'left to do: sudo rpm-ostree initramfs --enable$'
	here nixos
	not_done 'left to do: the image is made of the system.s configuration: .*nixos-rebuild boot$'
	here arch
	mv "$root/usr/bin/mkinitcpio" "$root/usr/bin/booster"
	not_done 'left to do: booster has no place for vfio-early: build the image with dracut or mkinitcpio$'
	mv "$root/usr/bin/booster" "$root/usr/bin/other"
	not_done 'left to do: rebuild its image (no builder that is known is here)$'
}

# The builder wrote an image that nothing boots.
test_another_image_is_built() {
	here arch
	builder usr/bin/mkinitcpio "boot/initramfs-$version.img"
	live enable 02:00.0
	ended 1
	grep -q "this machine boots /boot/initramfs-linux.img, not /boot/initramfs-$version.img; to do: " "$err" ||
		isSkipping || fail "$(cat "$err")"
	no_line 'next: *'
}

test_image_is_not_copied() {
	here pop-os
	builder usr/sbin/update-initramfs "boot/initrd.img-$version"
	live enable 02:00.0
	ended 1
	grep -q 'this machine boots /boot/efi/EFI/Pop_OS-1234/initrd.img, not .*; to do: sudo kernelstub$' "$err" ||
		isSkipping || fail "$(cat "$err")"
	no_line 'next: *'
}

# Of a tree, too: what is left to type there is the same.
test_dry_run_of_a_tree() {
	here arch
	host enable --dry-run 02:00.0
	ended 0
	line "images to rebuild: $version, with: mkinitcpio -P"
	host enable 02:00.0
	ended 0
	line "images to rebuild: $version, with: mkinitcpio -P"
}

# A place that cannot be seen is no failure, and no promise.
test_image_at_a_place_that_is_not_mounted() {
	here proxmox
	builder usr/sbin/update-initramfs "boot/initrd.img-$version"
	live enable 02:00.0
	ended 0
	grep -q 'whether that is what this machine boots cannot be told' "$err" || isSkipping || fail "$(cat "$err")"
}

test_no_kernel() {
	here extlinux
	rm -r "$root/lib/modules"
	not_done '/lib/modules has no kernel that is installed'
}

test_builder_fails() {
	here extlinux
	builder usr/sbin/update-initramfs "boot/initrd.img-$version"
	: >"$work/broken"
	live enable 02:00.0
	ended 1
	no_line 'next: *'
	grep -q 'not rebuilt, next boot unchanged' "$err" || isSkipping || fail "$(cat "$err")"
}

# dracut has nothing of ours to note where nothing is configured; but it has to have written the image that boots.
test_disable_with_dracut() {
	here fedora
	builder usr/bin/dracut "boot/initramfs-$version.img"
	live enable 02:00.0
	ended 0
	isSkipping && return
	touch -d '1 hour ago' "$root/boot/initramfs-$version.img" "$root/var/lib/vfio-early"/*
	builder usr/bin/dracut
	live disable 02:00.0
	ended 1
	no_line 'next: *'
	echo "echo new >/boot/initramfs-$version.img" >>"$root/usr/bin/dracut"
	live enable 03:00.0
	live disable 03:00.0
	ended 0
	assertEquals '' "$(ls "$root/var/lib/vfio-early")"
}

# ---- the hook of initramfs-tools ----

# mkinitramfs OPTION... : one that has come to its hooks
mkinitramfs() {
	rm -rf "$work/hook"
	mkdir -p "$work/hook/image" "$work/hook/bin"
	sed "s|@bindir@|$work/hook/bin|" "$top/initramfs-tools/hooks/vfio-early" >"$work/hook/vfio-early"
	printf '#!/bin/sh\necho "$*" >"%s"\n' "$work/ran" >"$work/hook/bin/vfio-early"
	printf '#!/bin/sh\nexport version=6.1.0 DESTDIR=%s\nsh %s\n:\n' "$work/hook/image" "$work/hook/vfio-early" >"$work/hook/mkinitramfs"
	chmod 755 "$work/hook/bin/vfio-early"
	: >"$work/ran"
	(cd "$work/hook" && sh ./mkinitramfs "$@") >"$out" 2>&1
	assertEquals '' "$(cat "$out")"
}

test_hook_says_which_image_it_is() {
	calls="image --kernel 6.1.0 --builder initramfs-tools --image"
	mkinitramfs -d /etc/initramfs-tools -o /boot/initrd.img-6.1.0.new 6.1.0
	assertEquals "$calls /boot/initrd.img-6.1.0.new" "$(cat "$work/ran")"
	mkinitramfs -ohere.img 6.1.0
	assertEquals "$calls $(readlink -f "$work/hook")/here.img" "$(cat "$work/ran")"
	mkinitramfs 6.1.0
	assertEquals "$calls " "$(cat "$work/ran")"
}

# As the dracut module does: in the kernel that saves a crash dump nothing is bound.
test_hook_stays_out_of_kdump() {
	export CONFDIR=/var/lib/kdump/initramfs-tools
	mkinitramfs -d "$CONFDIR" -o /var/lib/kdump/initrd.img-6.1.0.new 6.1.0
	unset CONFDIR
	assertEquals '' "$(cat "$work/ran")"
	assertEquals '' "$(find "$work/hook/image" -type f)"
}

# shellcheck source=/dev/null
. shunit2
