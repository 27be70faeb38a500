#!/bin/sh
# The real tools of Debian on a fake machine, in a root of its own: GRUB's menu is made by grub-mkconfig, entries by
# kernel-install, and systemd reads them; what the kernel would get is asked of their results.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.8.1-test
word=intel_iommu=on

setUp() {
	machine desktop - <<-END
		iommu intel off
		kernel $version
	END
	echo "Linux version $version" >"$root/proc/version"
	rm "$root/usr/lib/vfio-early/manifest" "$conf"
	kernel $version
	mkdir -p "$root/boot" "$root/etc/default" "$root/etc/kernel" "$root/tmp"
	: >"$root/boot/vmlinuz-$version"
	: >"$root/boot/initrd.img-$version"
	printf 'ID=test\nNAME=Test\nPRETTY_NAME="Test 1"\n' >"$root/etc/os-release"
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
}

# real PROGRAM [FILE...]: of this system, with what it needs; false, after a skip, where it is not there
real() {
	for path; do
		[ -e "$path" ] || { skip "no $path"; return 1; }
		mkdir -p "$root$(dirname "$path")"
		cp -a "$path" "$root$path"
	done
	unshare -rmpfn true 2>/dev/null || { skip 'no namespaces'; return 1; }
}

# in_root COMMAND...: run in the machine's root
in_root() {
	"$top/tests/tools/live" "$root" "$work" "$top" "$@" >"$out" 2>"$err"
}

# ---- GRUB ----

grub() {
	real /usr/sbin/grub-mkconfig /usr/share/grub/grub-mkconfig_lib /usr/bin/grub-script-check /usr/bin/grub-mkrelpath \
		/etc/grub.d/00_header /etc/grub.d/10_linux /usr/bin/gettext.sh || return
	# what device / is on cannot be told here
	printf '#!/bin/sh\ncase $* in *target=device*) echo /dev/sda1 ;; *target=fs_uuid*) echo 1234-ABCD ;; *target=fs*) echo ext2 ;; esac\n' \
		>"$root/usr/sbin/grub-probe"
	chmod 755 "$root/usr/sbin/grub-probe"
	mkdir -p "$root/boot/grub"
	cmdline "BOOT_IMAGE=/boot/vmlinuz-$version root=/dev/sda1"
	printf 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"\n%s\n' "$1" >"$root/etc/default/grub"
}

menu() {
	sed -n "s/^[[:space:]]*linux[[:space:]]*[^ ]*vmlinuz-$version //p" "$root/boot/grub/grub.cfg" | head -n 1
}

test_grub() {
	grub "GRUB_CMDLINE_LINUX='a \"b c\"'" || return
	in_root /usr/sbin/grub-mkconfig -o /boot/grub/grub.cfg || fail "$(cat "$err")"
	before=$(menu)
	[ "$before" ] || fail "$(cat "$root/boot/grub/grub.cfg")"
	live enable --kernel-params
	ended 0
	line "added $word: /etc/default/grub.d/90-vfio-early.cfg"
	case $(menu) in *" $word "*) ;; *) fail "$(menu)" ;; esac
	live disable --kernel-params
	ended 0
	assertEquals "$before" "$(menu)"
}

# Without the directory it is the file of settings itself, as grub-mkconfig has it from its makers.
test_grub_without_the_directory() {
	grub "GRUB_CMDLINE_LINUX='a \"b c\"'" || return
	sed -i 's,/default/grub\.d/,/default/none/,' "$root/usr/sbin/grub-mkconfig"
	in_root /usr/sbin/grub-mkconfig -o /boot/grub/grub.cfg || fail "$(cat "$err")"
	before=$(menu)
	cp "$root/etc/default/grub" "$work/settings"
	live enable --kernel-params
	ended 0
	line "added $word: /etc/default/grub"
	assertEquals "${before% quiet} $word quiet" "$(menu | tr -s ' ')"
	live disable --kernel-params
	ended 0
	assertEquals "$before" "$(menu)"
	assertEquals '' "$(diff "$work/settings" "$root/etc/default/grub")"
}

# Settings that are read behind ours take it away again: that is seen.
test_grub_whose_settings_overrule_ours() {
	grub 'GRUB_CMDLINE_LINUX=""' || return
	mkdir -p "$root/etc/default/grub.d"
	echo 'GRUB_CMDLINE_LINUX="mine"' >"$root/etc/default/grub.d/99-mine.cfg"
	live enable --kernel-params
	ended 1
	grep -q "has made /boot/grub/grub.cfg without $word: look for what overrules it" "$err" || fail "$(cat "$err")"
	live check
	no_line '*was added since*'
}

# ---- kernel-install and systemd ----

kernel_install() {
	real /usr/bin/kernel-install /usr/lib/kernel/install.d/90-loaderentry.install || return
	mkdir -p "$root/boot/loader/entries" "$root/boot/test" "$root/var/tmp"
	echo test >"$root/etc/kernel/entry-token"
	printf 'layout=bls\nBOOT_ROOT=/boot\n' >"$root/etc/kernel/install.conf"
	add_kernel $version
}

# add_kernel VERSION
add_kernel() {
	in_root /usr/bin/kernel-install add "$1" "/boot/vmlinuz-$version" || fail "$(cat "$out" "$err")"
}

# options ENTRY: what the kernel gets
options() {
	sed -n 's/^[[:space:]]*options[[:space:]]*//p' "$root/boot/loader/entries/$1"
}

test_kernel_install() {
	cmdline 'root=1 quiet'
	kernel_install || return
	assertEquals 'root=1 quiet' "$(options test-$version.conf)"
	live enable --kernel-params
	ended 0
	assertEquals "root=1 quiet $word" "$(options test-$version.conf)"
	# the next image and the next kernel come with it, also before this boot has it
	echo 3 >"$root/etc/kernel/tries"
	kernel 6.9.2-test
	add_kernel 6.9.2-test
	assertEquals "root=1 quiet $word" "$(options test-6.9.2-test+3.conf)"
	rm "$root/boot/loader/entries/test-$version.conf"
	add_kernel $version
	assertEquals "root=1 quiet $word" "$(options test-$version+3.conf)"
	# and in the boot that has it all of it is taken back
	cmdline "root=1 quiet $word"
	live disable --kernel-params
	ended 0
	assertEquals 'root=1 quiet' "$(options test-$version+3.conf)"
	assertEquals 'root=1 quiet' "$(options test-6.9.2-test+3.conf)"
	add_kernel $version
	assertEquals 'root=1 quiet' "$(options test-$version+3.conf)"
}

bootctl=$(command -v bootctl || find "$top/.cache/unpacked" -path '*/bin/bootctl' 2>/dev/null | head -n 1)

# read_by_systemd: the options of each entry
read_by_systemd() {
	# bootctl wants a file system of its own
	cat >"$work/before" <<-END
		#!/bin/sh
		cp -a "$root/boot" "$work/boot"
		mount -t tmpfs tmpfs "$root/boot"
		cp -a "$work/boot/." "$root/boot"
		rm -r "$work/boot"
	END
	chmod 755 "$work/before"
	SYSTEMD_RELAX_ESP_CHECKS=1 in_root "/usr/bin/${bootctl##*/}" --esp-path=/boot --json=short list ||
		fail "$(cat "$out" "$err")"
	rm "$work/before"
	jq -s -r '(if (.[0] | type) == "array" then .[0] else . end)[] | select(.type != "auto" and .linux) | "\(.id) \(.options)"' "$out" | sort
}

test_what_systemd_reads() {
	[ "$bootctl" ] || { skip 'no bootctl'; return; }
	real "$bootctl" || return
	mkdir -p "$root/usr/bin" "$root/boot/EFI" "$root/boot/loader/entries" "$root/run/systemd"
	cp "$bootctl" "$root/usr/bin/"
	: >"$root/boot/v"
	cd "$root/boot/loader/entries" || return
	printf 'title a\nlinux /v\n\toptions\troot=1\n' >a.conf
	printf 'title b\nlinux /v\noptions root=1\noptions quiet\n' >b+3.conf
	printf 'title c\nlinux /v\n' >c+2-1.conf
	printf 'title d\nlinux /v\noptions root="a b"' >d.conf
	cd "$top" || return
	before=$(read_by_systemd)
	isSkipping || assertEquals 4 "$(echo "$before" | wc -l)"
	live enable --kernel-params
	ended 0
	assertEquals 'a.conf root=1 intel_iommu=on
b.conf root=1 intel_iommu=on quiet
c.conf intel_iommu=on
d.conf root="a b" intel_iommu=on' "$(read_by_systemd)"
	mv "$root/boot/loader/entries/b+3.conf" "$root/boot/loader/entries/b+2-1.conf"
	mv "$root/boot/loader/entries/c+2-1.conf" "$root/boot/loader/entries/c.conf"
	live disable --kernel-params
	ended 0
	assertEquals "$before" "$(read_by_systemd)"
}

# shellcheck source=/dev/null
. shunit2
