#!/bin/sh
# Where "enable --kernel-params" puts the parameter: into what has booted this machine, and nowhere else; that a dry run
# says what the real one does; and that "disable" takes back what was added, and only that.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.8.1-arch1-1
word=intel_iommu=on

# A machine whose kernel has the IOMMU off by default, booted by nobody knows whom.
setUp() {
	machine desktop - <<-END
		iommu intel off
		kernel $version
	END
	echo "Linux version $version" >"$root/proc/version"
	rm "$root/usr/lib/vfio-early/manifest" "$conf"
	cmdline 'root=UUID=1 ro quiet'
	: >"$work/ran"
}

# put PATH TEXT: printf's format
put() {
	mkdir -p "$(dirname "$root/$1")"
	# shellcheck disable=SC2059 # escapes in it are wanted
	printf -- "$2" >"$root/$1"
}

# program PATH [LINE...]: one that says that it ran; the lines stand in it
program() {
	put "$1" ''
	{
		# shellcheck disable=SC2016 # for that script
		printf '#!/bin/sh\necho "${0##*/}${*:+ $*}" >>"%s"\nexit\n' "$work/ran"
		[ $# -eq 1 ] || printf '%s\n' "$2" "${3:-}"
	} >"$root/$1"
	chmod 755 "$root/$1"
}

booted_by_grub() {
	cmdline "BOOT_IMAGE=/boot/vmlinuz-linux root=UUID=1 ro quiet"
}

# booted_by_systemd_boot ENTRY
booted_by_systemd_boot() {
	loader_variable LoaderInfo 'systemd-boot 257.8'
	loader_variable LoaderEntrySelected "$1"
	cmdline 'initrd=\initramfs-linux.img root=UUID=1 rw'
}

# booted_by_a_stub IMAGE
booted_by_a_stub() {
	loader_variable StubInfo 'systemd-stub 257.8'
	loader_variable StubImageIdentifier "\\EFI\\Linux\\$1"
	put "boot/EFI/Linux/$1" x
	cmdline 'root=UUID=1 rw'
}

snapshot() {
	(cd "$root" && find etc boot usr data efi -type f -exec cksum {} + 2>/dev/null | sort -k 3)
}

# changed: the files that differ from a snapshot
changed() {
	snapshot | diff "$1" - | sed -n 's/^[<>] [0-9]* [0-9]* //p' | sort -u
}

# announced: the files and programs that a dry run names
announced() {
	{
		sed -n "s,^would add $word: /,,p; s,^would take $word out of /,,p; s,^would remove /,,p" "$out" | sort
		sed -n 's/^would run: //p' "$out"
	} >"$work/announced"
}

# truly COMMAND CODE: the dry run changes nothing and names what the run changes and runs, and both end so
truly() {
	snapshot >"$work/before"
	: >"$work/ran"
	live "$1" --dry-run --kernel-params
	ended "$2"
	cp "$err" "$work/dry-err"
	announced
	assertEquals "dry $1" '' "$(changed "$work/before"; cat "$work/ran")"
	live "$1" --kernel-params
	ended "$2"
	isSkipping || assertEquals "$1" "$(cat "$work/announced")" "$(changed "$work/before"; cat "$work/ran")"
	assertEquals "$1" "$(cat "$work/dry-err")" "$(cat "$err")"
}

# written FILE... [PROGRAM]: what is changed and run by enable; disable leaves all as it was
written() {
	snapshot >"$work/first"
	truly enable 0
	isSkipping || assertEquals "$(printf '%s\n' "$@")" "$(cat "$work/announced")"
	# once more: nothing is left to do
	: >"$work/ran"
	live enable --kernel-params
	ended 0
	line "kernel parameters: $word was added already: it counts from the next boot on"
	isSkipping || assertEquals '' "$(cat "$work/ran")"
	live check
	line 'WARN iommu *was added since*'
	truly disable 0
	assertEquals 'as it was' '' "$(changed "$work/first")"
	assertFalse 'the note' "[ -e '$root/var/lib/vfio-early/kernel-parameter' ]"
}

# typed ADD BACK: what is left to a person, and nothing is changed or run
typed() {
	snapshot >"$work/first"
	live check
	has "fix: $1; then reboot"
	truly enable 1
	assertEquals "vfio-early: kernel parameters: left to you: $1; then reboot" "$(cat "$err")"
	assertEquals '' "$(cat "$work/announced")"
	live check
	has "fix: $1; then reboot"
	no_line '*was added since*'
	truly disable 1
	assertEquals "vfio-early: kernel parameters: left to you: $2; then reboot" "$(cat "$err")"
	assertEquals '' "$(cat "$work/announced"; changed "$work/first")"
	live disable --kernel-params
	ended 0
	line 'kernel parameters: none was added'
}

# ---- GRUB ----

own=etc/default/grub.d/90-vfio-early.cfg

test_debian_and_ubuntu() {
	booted_by_grub
	program usr/sbin/update-grub
	program usr/sbin/grub-mkconfig '. /etc/default/grub' 'for x in /etc/default/grub.d/*.cfg ; do'
	put etc/default/grub 'GRUB_CMDLINE_LINUX_DEFAULT="quiet splash"\n'
	put etc/kernel/cmdline 'root=UUID=1\n'
	live check
	line "*fix: sudo vfio-early enable --kernel-params: adds $word (/$own, then update-grub); then reboot"
	written "$own" update-grub
}

# Its installer writes /etc/kernel/cmdline in either case; update-grub there runs proxmox-boot-tool where it has to.
test_proxmox_with_grub() {
	booted_by_grub
	program usr/sbin/update-grub
	program usr/sbin/proxmox-boot-tool
	put etc/kernel/cmdline 'root=ZFS=rpool/ROOT/pve-1 boot=zfs\n'
	written "$own" update-grub
	put etc/kernel/proxmox-boot-uuids 'ABCD-1234\n'
	written "$own" update-grub
}

# Another GRUB reads no such directory, and the script tells.
test_arch_with_grub() {
	booted_by_grub
	program usr/bin/grub-mkconfig 'test -f /etc/default/grub && . /etc/default/grub'
	put etc/default/grub 'GRUB_CMDLINE_LINUX_DEFAULT="loglevel=3 quiet"\nGRUB_CMDLINE_LINUX=""\n'
	written etc/default/grub 'grub-mkconfig -o /boot/grub/grub.cfg'
}

test_manjaro() {
	booted_by_grub
	program usr/bin/update-grub
	program usr/bin/grub-mkconfig '. /etc/default/grub'
	put etc/default/grub 'GRUB_CMDLINE_LINUX=""\n'
	put etc/default/grub.d/mine.cfg 'GRUB_TIMEOUT=1\n'
	written etc/default/grub update-grub
}

test_opensuse() {
	booted_by_grub
	program usr/sbin/grub2-mkconfig
	put etc/default/grub 'GRUB_CMDLINE_LINUX=""\n'
	put boot/grub2/grub.cfg 'linux /boot/vmlinuz root=1 '$word'\n'
	written etc/default/grub 'grub2-mkconfig -o /boot/grub2/grub.cfg'
}

test_fedora_without_entries() {
	booted_by_grub
	program usr/sbin/grub2-mkconfig
	program usr/sbin/grubby
	put etc/default/grub 'GRUB_CMDLINE_LINUX="rhgb quiet"\nGRUB_ENABLE_BLSCFG=false\n'
	put boot/loader/entries/old.conf 'linux /vmlinuz-old\noptions root=1\n'
	written etc/default/grub 'grub2-mkconfig -o /boot/grub2/grub.cfg'
}

# given: what GRUB gives to the kernel by its settings
given() {
	# shellcheck disable=SC2016 # the inner shell expands them
	sh -c '. "$1" && echo "$GRUB_CMDLINE_LINUX"' - "$root/etc/default/grub"
}

# The file of settings is shell: its last word is what the kernel gets, whatever stands there.
test_whatever_the_settings_have() {
	booted_by_grub
	program usr/bin/grub-mkconfig '. /etc/default/grub'
	while IFS= read -r content; do
		put etc/default/grub "$content"
		before=$(given)
		host enable --kernel-params
		ended 0
		assertEquals "$content" "$before $word" "$(given)"
		host disable --kernel-params
		ended 0
		assertEquals "$content" "$before" "$(given)"
	done <<-'END'
		GRUB_CMDLINE_LINUX="quiet"\n
		GRUB_CMDLINE_LINUX='quiet "a b"'\n
		GRUB_CMDLINE_LINUX=quiet
		GRUB_CMDLINE_LINUX="dyndbg=\\"file x.c +p\\" a\\$b"\n
		GRUB_CMDLINE_LINUX="a \\\n b"\n
		GRUB_CMDLINE_LINUX="a\nb"\n
		GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX b"\n
		#GRUB_CMDLINE_LINUX="intel_iommu=on"\n# intel_iommu=off\nGRUB_TIMEOUT=1\n
		GRUB_TIMEOUT=1\n#\\\n
		GRUB_CMDLINE_LINUX=a\\\n
		 \n
	END
}

test_no_settings_of_grub() {
	booted_by_grub
	program usr/bin/grub-mkconfig '. /etc/default/grub'
	live enable --kernel-params
	ended 1
	grep -q '^vfio-early: /etc/default/grub: there is none' "$err" || fail "$(cat "$err")"
	assertFalse 'nothing was begun' "[ -e '$root/var/lib/vfio-early/kernel-parameter' ]"
}

# What stands there has not reached the boot: GRUB's menu is made anew, and looked at.
test_in_the_settings_but_not_in_the_menu() {
	booted_by_grub
	for setting in 'GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on"' "GRUB_CMDLINE_LINUX='intel_iommu=on,sm_on'" \
		'GRUB_CMDLINE_LINUX=intel_iommu=on'; do
		program usr/sbin/update-grub
		put etc/default/grub "$setting\n"
		: >"$work/ran"
		live check
		line "*fix: sudo update-grub: /etc/default/grub has $word already; then reboot"
		live enable --kernel-params
		ended 0
		line "kernel parameters: /etc/default/grub has $word already, but this boot has not"
		assertEquals update-grub "$(cat "$work/ran")"
		live disable --kernel-params
		line 'kernel parameters: none was added'
		assertEquals "$setting" "$(cat "$root/etc/default/grub")"
	done
	put boot/grub/grub.cfg 'linux /boot/vmlinuz root=1\n'
	live enable --kernel-params
	ended 1
	grep -q "^vfio-early: update-grub has made /boot/grub/grub.cfg without $word" "$err" || fail "$(cat "$err")"
}

test_what_stands_against_it() {
	booted_by_grub
	program usr/sbin/update-grub
	for file in etc/default/grub etc/default/grub.d/x.cfg; do
		put $file 'GRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on intel_iommu=off"\n'
		snapshot >"$work/before"
		truly enable 1
		grep -q "^vfio-early: /$file has intel_iommu=off: take it out there first" "$err" || fail "$(cat "$err")"
		live check
		line "*fix: /$file has intel_iommu=off: take it out there first"
		assertEquals '' "$(changed "$work/before"; cat "$work/ran")"
		rm "$root/$file"
	done
	booted_by_systemd_boot arch.conf
	put boot/loader/entries/arch.conf 'linux /vmlinuz\noptions root=1 intel_iommu=off quiet\n'
	truly enable 1
	grep -q '^vfio-early: /boot/loader/entries/arch.conf has intel_iommu=off' "$err" || fail "$(cat "$err")"
	# and in the boot itself
	cmdline 'root=1 intel_iommu=off'
	live enable --kernel-params
	ended 1
	grep -q 'on: off by intel_iommu=off on the kernel command line; see vfio-early check' "$err" || fail "$(cat "$err")"
}

# Others may have edited it since: what is ours goes, and what they made of it is said.
test_settings_that_were_edited_since() {
	booted_by_grub
	program usr/bin/grub-mkconfig '. /etc/default/grub'
	put etc/default/grub 'GRUB_CMDLINE_LINUX="a"\n'
	live enable --kernel-params
	sed -i '1s/a/b/; /^#/d; $a GRUB_TIMEOUT=3' "$root/etc/default/grub"
	live disable --kernel-params
	ended 0
	isSkipping || assertEquals 'GRUB_CMDLINE_LINUX="b" GRUB_TIMEOUT=3' "$(xargs -0 <"$root/etc/default/grub" | tr '\n' ' ' | sed 's/ *$//')"
	put etc/default/grub 'GRUB_CMDLINE_LINUX="a"\n'
	live enable --kernel-params
	put etc/default/grub "GRUB_CMDLINE_LINUX=\"a $word\"\n"
	live disable --kernel-params
	ended 1
	grep -q "^vfio-early: /etc/default/grub was changed since $word was added: take it out there" "$err" || isSkipping ||
		fail "$(cat "$err")"
	put etc/default/grub 'GRUB_CMDLINE_LINUX="a"\n'
	live disable --kernel-params
	ended 0
}

# ---- entries ----

entry=boot/loader/entries/arch.conf

test_entries() {
	booted_by_systemd_boot arch.conf
	while IFS='|' read -r before after; do
		put $entry "$before"
		written $entry
		live enable --kernel-params
		# shellcheck disable=SC2059 # escapes in it are wanted
		isSkipping || assertEquals "$before" "$(printf "$after")" "$(cat "$root/$entry")"
		live disable --kernel-params
	done <<-END
		title a\nlinux /v\noptions root=1 quiet\n|title a\nlinux /v\noptions root=1 quiet $word
		linux /v\n\toptions\troot=1\ninitrd /i\n|linux /v\n\toptions\troot=1 $word\ninitrd /i
		linux /v\noptions root=1\noptions quiet\n|linux /v\noptions root=1 $word\noptions quiet
		title a\nlinux /v\ninitrd /i\n|title a\nlinux /v\ninitrd /i\noptions $word
		linux /v|linux /v\noptions $word
		linux /v\noptions\n|linux /v\noptions\noptions $word
		linux /v\n#options root=0\noptions root="a $word"\n|linux /v\n#options root=0\noptions root="a $word" $word
		linux /v\r\noptions root=1\r\n|linux /v\r\noptions root=1 $word\r
		linux /v\noptions_x y\noptions root=1  \n|linux /v\noptions_x y\noptions root=1   $word
	END
}

# What other systems and tools have there is theirs.
test_entries_of_others() {
	booted_by_systemd_boot arch.conf
	put $entry 'linux /v\noptions root=1\n'
	put boot/loader/entries/windows.conf 'title w\nefi /EFI/Microsoft/Boot/bootmgfw.efi\n'
	put boot/loader/entries/shell.conf 'efi /shellx64.efi\noptions -nostartup\n'
	put boot/loader/entries/unified.conf 'uki /EFI/Linux/x.efi\noptions x\n'
	put boot/loader/entries/readme.txt 'options x\n'
	written $entry
}

# Boot counting takes a try off the name of an entry at each boot, and all of them when it is good.
test_entries_that_are_renamed() {
	booted_by_systemd_boot arch+3.conf
	for names in 'arch+3.conf arch+2-1.conf' 'arch+2-1.conf arch.conf' 'arch.conf arch+3.conf' \
		"arch-$version+3.conf arch-$version.conf" "0123456789abcdef0123456789abcdef-6.1.0+x+1.conf debian-6.1.0+x.conf"; do
		rm -rf "$root/boot/loader/entries"
		put "boot/loader/entries/${names% *}" 'linux /v\noptions root=1\n'
		put boot/loader/entries/mine.conf "linux /v\noptions $word root=2\n"
		live enable --kernel-params
		ended 0
		assertEquals "options root=1 $word" "$(tail -n 1 "$root/boot/loader/entries/${names% *}")"
		mv "$root/boot/loader/entries/${names% *}" "$root/boot/loader/entries/${names#* }"
		live disable --kernel-params
		ended 0
		assertEquals "$names" "options root=1" "$(tail -n 1 "$root/boot/loader/entries/${names#* }")"
		assertEquals "options $word root=2" "$(tail -n 1 "$root/boot/loader/entries/mine.conf")"
		assertEquals '' "$(find "$root/var/lib/vfio-early" -type f)"
	done
}

test_no_entries() {
	booted_by_systemd_boot arch.conf
	truly enable 1
	grep -q '^vfio-early: no entry of the boot loader is found in /boot, /efi or /boot/efi' "$err" || fail "$(cat "$err")"
}

# An entry that had the word before this boot, which has not: it is not what boots.
test_an_entry_that_does_not_boot() {
	booted_by_systemd_boot arch.conf
	put $entry "linux /v\noptions root=1 $word\n"
	touch -d '1 hour ago' "$root/$entry"
	printf 'btime %s\n' "$(($(date +%s) - 7200))" | sed '1i cpu 1' >"$root/proc/stat"
	live check
	line "*fix: reboot: /$entry has $word already"
	truly enable 0
	line "kernel parameters: /$entry has $word already, but this boot has not"
	printf 'cpu 1\nbtime %s\n' "$(($(date +%s) - 60))" >"$root/proc/stat"
	truly enable 1
	grep -q 'that was so before this boot: another file, or another loader, boots this machine' "$err" || fail "$(cat "$err")"
}

test_added_but_another_loader_boots() {
	put $entry 'linux /v\noptions root=1\n'
	live enable --kernel-params
	ended 0
	printf 'cpu 1\nbtime %s\n' "$(($(date +%s) + 60))" >"$root/proc/stat"
	truly enable 1
	grep -q "was added before this boot, which came without it (/$entry): another" "$err" || fail "$(cat "$err")"
	# once it is known who boots, it goes there, and both are taken back
	booted_by_grub
	program usr/sbin/update-grub
	truly enable 0
	isSkipping || assertEquals "$own update-grub" "$(xargs <"$work/announced")"
	truly disable 0
	isSkipping || assertEquals "$entry $own update-grub" "$(xargs <"$work/announced")"
	assertEquals 'options root=1' "$(tail -n 1 "$root/$entry")"
}

# The parameter goes with GRUB, which cannot make its menu any more.
test_a_loader_that_is_gone() {
	booted_by_grub
	program usr/sbin/update-grub
	live enable --kernel-params
	rm "$root/usr/sbin/update-grub"
	booted_by_systemd_boot arch.conf
	put $entry 'linux /v\noptions root=1\n'
	truly disable 0
	isSkipping || assertEquals $own "$(cat "$work/announced")"
	assertFalse 'the note' "[ -e '$root/var/lib/vfio-early/kernel-parameter' ]"
}

# ---- kernel-install ----

made=boot/loader/entries/arch-$version.conf

# kernel-install makes entries of its command line: the next one, and the next image, would lack what only they have.
test_kernel_install() {
	booted_by_systemd_boot "arch-$version.conf"
	kernel $version
	program usr/bin/kernel-install
	put $made 'version x\noptions root=1 systemd.machine_id=0\nlinux /v\n'
	put etc/kernel/cmdline 'root=1\n'
	written $made etc/kernel/cmdline
	# several lines, comments
	put etc/kernel/cmdline '# mine\n\nroot=1\nquiet\n'
	live enable --kernel-params
	isSkipping || assertEquals "# mine  root=1 $word quiet" "$(tr '\n' ' ' <"$root/etc/kernel/cmdline" | sed 's/ $//')"
	live disable --kernel-params
	assertEquals '# mine  root=1 quiet' "$(tr '\n' ' ' <"$root/etc/kernel/cmdline" | sed 's/ $//')"
}

test_kernel_install_without_a_command_line() {
	booted_by_systemd_boot "arch-$version.conf"
	kernel $version
	program usr/bin/kernel-install
	put $made 'version x\noptions root=1 systemd.machine_id=0\nlinux /v\n'
	written $made etc/kernel/cmdline
	# of several entries it is that of the kernel that runs
	kernel 6.7.0
	put boot/loader/entries/arch-6.7.0.conf 'options root=0 single\nlinux /v\n'
	live enable --kernel-params
	ended 0
	isSkipping || assertEquals "root=1 systemd.machine_id=0 $word" "$(cat "$root/etc/kernel/cmdline")"
	# without the file it would take the words of this boot, which has the parameter by now
	cmdline "root=1 $word"
	live disable --kernel-params
	ended 0
	assertEquals 'root=1 systemd.machine_id=0' "$(cat "$root/etc/kernel/cmdline")"
	assertEquals 0 "$(grep -c $word "$root/$made")"
}

test_kernel_install_with_a_vendors_command_line() {
	booted_by_systemd_boot "arch-$version.conf"
	kernel $version
	program usr/bin/kernel-install
	put $made 'options root=1\nlinux /v\n'
	put usr/lib/kernel/cmdline '# theirs\nroot=2\nrw\n'
	live enable --kernel-params
	isSkipping || assertEquals "root=2 rw $word" "$(cat "$root/etc/kernel/cmdline")"
	live disable --kernel-params
	assertFalse 'ours' "[ -e '$root/etc/kernel/cmdline' ]"
}

# A kernel that came since was given the parameter by its command line; what had it before keeps it.
test_kernels_that_came_since() {
	booted_by_systemd_boot "arch-$version.conf"
	kernel $version
	kernel 6.9.2
	kernel 6.10.3
	program usr/bin/kernel-install
	put etc/kernel/cmdline 'root=1\n'
	put $made 'options root=1\nlinux /v\n'
	put boot/loader/entries/arch-6.9.2+3.conf "options root=1 $word\nlinux /v\n"
	live enable --kernel-params
	put boot/loader/entries/arch-6.10.3.conf "options root=1 $word\nlinux /v\n"
	mv "$root/boot/loader/entries/arch-6.9.2+3.conf" "$root/boot/loader/entries/arch-6.9.2.conf"
	truly disable 0
	isSkipping || assertEquals 'arch-6.9.2.conf' "$(cd "$root/boot/loader/entries" && grep -l $word ./*.conf | sed 's,./,,')"
}

# ---- whose tool it is ----

test_fedora() {
	booted_by_grub
	program usr/sbin/grub2-mkconfig
	program usr/sbin/grubby
	put etc/default/grub 'GRUB_CMDLINE_LINUX="rhgb quiet"\nGRUB_ENABLE_BLSCFG=true\n'
	put etc/kernel/cmdline 'root=1\n'
	put boot/loader/entries/0-$version.conf 'linux /v\noptions root=1\n'
	typed "sudo grubby --update-kernel=ALL --args=$word" "sudo grubby --update-kernel=ALL --remove-args=$word"
	# without a word of it in the settings the menu tells, and without a menu the entries
	rm "$root/etc/default/grub"
	typed "sudo grubby --update-kernel=ALL --args=$word" "sudo grubby --update-kernel=ALL --remove-args=$word"
	rm "$root/usr/sbin/grub2-mkconfig" "$root/boot/loader/entries/0-$version.conf"
	typed "sudo grubby --update-kernel=ALL --args=$word" "sudo grubby --update-kernel=ALL --remove-args=$word"
}

# GRUB that reads entries, with nobody else to edit them.
test_grub_with_entries() {
	booted_by_grub
	put etc/default/grub 'GRUB_ENABLE_BLSCFG="true"\n'
	put boot/loader/entries/x.conf 'linux /v\noptions \044kernelopts\n'
	written boot/loader/entries/x.conf
}

test_silverblue() {
	booted_by_grub
	put run/ostree-booted ''
	program usr/bin/rpm-ostree
	program usr/sbin/grubby
	put boot/loader/entries/ostree-1.conf 'linux /ostree/v\noptions root=1\n'
	typed "sudo rpm-ostree kargs --append-if-missing=$word" "sudo rpm-ostree kargs --delete-if-present=$word"
	rm "$root/usr/bin/rpm-ostree"
	unknown
}

test_pop_os() {
	booted_by_systemd_boot Pop_OS-current.conf
	program usr/bin/kernelstub
	program usr/sbin/update-initramfs
	put etc/kernelstub/configuration '{}\n'
	put boot/efi/loader/entries/Pop_OS-current.conf 'linux /v\noptions root=1\n'
	typed "sudo kernelstub -a $word" "sudo kernelstub -d $word"
}

test_nixos() {
	booted_by_systemd_boot nixos-generation-1.conf
	put etc/NIXOS ''
	put boot/loader/entries/nixos-generation-1.conf 'linux /v\noptions init=/nix/store/x/init\n'
	typed "add boot.kernelParams = [ \"$word\" ]; to the configuration of the system, then: sudo nixos-rebuild boot" \
		"take $word out of boot.kernelParams in the configuration of the system, then: sudo nixos-rebuild boot"
}

test_proxmox_with_systemd_boot() {
	cmdline 'initrd=\EFI\proxmox\6.8.12-4-pve\initrd.img root=ZFS=rpool/ROOT/pve-1 boot=zfs'
	program usr/sbin/update-grub
	program usr/sbin/proxmox-boot-tool
	put etc/kernel/cmdline 'root=ZFS=rpool/ROOT/pve-1 boot=zfs\n'
	typed "add $word to the line in /etc/kernel/cmdline, then: sudo proxmox-boot-tool refresh" \
		"take $word out of the line in /etc/kernel/cmdline, then: sudo proxmox-boot-tool refresh"
}

# Both may boot it: GRUB's is written, and the other is not passed over.
test_proxmox_booted_by_nobody_knows_whom() {
	cmdline 'root=ZFS=rpool/ROOT/pve-1'
	put etc/kernel/proxmox-boot-uuids 'ABCD-1234\n'
	put etc/kernel/cmdline 'root=ZFS=rpool/ROOT/pve-1 boot=zfs\n'
	program usr/sbin/update-grub
	live check
	line '*fix: add * /etc/kernel/cmdline, then: sudo proxmox-boot-tool refresh; or, if that boots this machine: sudo vfio-early enable *'
	truly enable 1
	isSkipping || assertEquals "$own update-grub" "$(xargs <"$work/announced")"
	grep -q 'left to you: add intel_iommu=on to the line in /etc/kernel/cmdline' "$err" || isSkipping || fail "$(cat "$err")"
	truly disable 1
}

test_opensuse_with_entries() {
	booted_by_systemd_boot opensuse-1.conf
	program usr/bin/sdbootutil
	put boot/efi/loader/entries/opensuse-1.conf 'linux /v\noptions root=1\n'
	typed "add $word to the line in /etc/kernel/cmdline, then: sudo sdbootutil update-all-entries" \
		"take $word out of the line in /etc/kernel/cmdline, then: sudo sdbootutil update-all-entries"
}

addon="; or make an addon of it, signed as the image is (ukify build --cmdline=$word)"

test_unified_images() {
	booted_by_a_stub linux-$version-0123456789abcdef0123456789abcdef.efi
	put etc/kernel/cmdline 'root=1\n'
	put boot/loader/entries/x.conf 'linux /v\noptions root=1\n'
	program usr/sbin/update-grub
	typed "add $word to the command line that the unified image is made with$addon" \
		"take $word out of the command line that the unified image is made with; or its addon away"
	program usr/bin/dracut
	typed "add kernel_cmdline+=\" $word \" to a file in /etc/dracut.conf.d, then: sudo dracut --regenerate-all --force$addon" \
		"take $word out of /etc/dracut.conf.d, then: sudo dracut --regenerate-all --force; or its addon away"
	program usr/bin/mkinitcpio
	program usr/bin/kernel-install
	booted_by_a_stub arch-linux.efi
	typed "add $word to the line in /etc/kernel/cmdline, then: sudo mkinitcpio -P$addon" \
		"take $word out of the line in /etc/kernel/cmdline, then: sudo mkinitcpio -P; or its addon away"
	booted_by_a_stub arch-$version+3.efi
	typed "add $word to the line in /etc/kernel/cmdline, then: sudo kernel-install add-all$addon" \
		"take $word out of the line in /etc/kernel/cmdline, then: sudo kernel-install add-all; or its addon away"
	# with nothing else that could boot it, it is a unified image without a word of its stub, too
	rm -r "$root/sys/firmware/efi" "$root/boot/loader" "$root/usr/sbin/update-grub"
	typed "add $word to the line in /etc/kernel/cmdline, then: sudo mkinitcpio -P$addon" \
		"take $word out of the line in /etc/kernel/cmdline, then: sudo mkinitcpio -P; or its addon away"
	put etc/default/limine 'KERNEL_CMDLINE[default]="root=1"\n'
	typed "add $word to KERNEL_CMDLINE in /etc/default/limine, then: sudo limine-update" \
		"take $word out of KERNEL_CMDLINE in /etc/default/limine, then: sudo limine-update"
}

test_refind() {
	loader_variable LoaderInfo 'rEFInd 0.14.2'
	cmdline 'initrd=\boot\initramfs-linux.img root=1'
	put boot/refind_linux.conf '"Boot" "root=1"\n'
	program usr/sbin/update-grub
	typed "add $word to the options in /boot/refind_linux.conf" "take $word out of the options in /boot/refind_linux.conf"
}

# There the hypervisor has the IOMMU: its own command line counts, and no parameter of ours.
test_under_xen() {
	booted_by_grub
	program usr/sbin/update-grub
	put sys/hypervisor/type 'xen\n'
	snapshot >"$work/first"
	truly enable 1
	grep -q 'kernel parameters: none that can be added switches the IOMMU on: .*Xen' "$err" || fail "$(cat "$err")"
	assertEquals '' "$(changed "$work/first"; cat "$work/ran")"
}

# ---- nobody knows ----

unknown() {
	snapshot >"$work/first"
	live check
	line "*fix: add $word to the kernel command line where the boot loader of this machine reads it"
	truly enable 1
	assertEquals "vfio-early: no boot loader that is known here: add $word to the kernel command line yourself" "$(cat "$err")"
	assertEquals '' "$(changed "$work/first"; cat "$work/ran")"
	assertFalse 'nothing is claimed' "[ -e '$root/var/lib/vfio-early/kernel-parameter' ]"
}

# A file that nothing reads is no place for it, whoever makes the images.
test_a_command_line_that_nothing_reads() {
	put etc/kernel/cmdline 'root=1\n'
	program usr/sbin/update-initramfs
	unknown
	loader_variable LoaderInfo 'U-Boot 2025.01'
	program usr/sbin/update-grub
	put boot/loader/entries/x.conf 'linux /v\noptions root=1\n'
	unknown
}

# Whoever boots it then finds it.
test_two_that_may_boot() {
	program usr/sbin/update-grub
	put boot/loader/entries/x.conf 'linux /v\noptions root=1\n'
	written boot/loader/entries/x.conf $own update-grub
}

# ---- half done ----

# Whether a parameter is still needed is asked of what the configuration will be.
test_dry_runs_with_devices() {
	booted_by_grub
	program usr/sbin/update-grub
	live enable --no-image --kernel-params 02:00.0 03:00.0
	live disable --no-image --dry-run --kernel-params 02:00.0
	line 'kernel parameters: kept, other devices are configured'
	live disable --no-image --dry-run --kernel-params 02:00.0 03:00.0
	line "would remove /$own"
	line 'would run: update-grub'
	live disable --no-image --kernel-params 02:00.0
	line 'kernel parameters: kept, other devices are configured'
	live disable --no-image --kernel-params 03:00.0
	line "removed /$own"
}

# What our own first run has written is not somebody's "already".
test_a_menu_that_was_not_made() {
	booted_by_grub
	program usr/sbin/update-grub
	sed -i 's/^exit/exit 1/' "$root/usr/sbin/update-grub"
	live enable --kernel-params
	ended 1
	sed -i 's/^exit 1/exit/' "$root/usr/sbin/update-grub"
	: >"$work/ran"
	live enable --kernel-params
	ended 0
	no_line '*already*'
	assertEquals update-grub "$(cat "$work/ran")"
	live disable --kernel-params
	ended 0
	assertFalse 'ours' "[ -e '$root/$own' ]"
}

test_a_file_that_cannot_be_written() {
	booted_by_systemd_boot arch.conf
	put $entry 'linux /v\noptions root=1\n'
	mkdir "$root/boot/loader/entries/b.conf"
	put boot/loader/entries/z.conf 'linux /v\noptions root=1\n'
	rm "$root/$entry"
	mkdir -p "$root/data"
	put data/arch.conf 'linux /v\noptions root=1\n'
	ln -s ../../../data/arch.conf "$root/$entry"
	host enable --kernel-params
	ended 1
	grep -q 'arch.conf: Too many levels of symbolic links' "$err" || fail "$(cat "$err")"
	assertEquals "options root=1 $word" "$(tail -n 1 "$root/boot/loader/entries/z.conf")"
	host check
	no_line '*was added since*'
	host disable --kernel-params
	assertEquals 'options root=1' "$(tail -n 1 "$root/boot/loader/entries/z.conf")"
}

# shellcheck source=/dev/null
. shunit2
