#!/bin/sh
# "vfio-early enable" and "disable": their file, the images, the kernel parameters, and that nothing is half done.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
name=/etc/vfio-early.conf.d/90-enable.conf
own=$root$name

# builder NAME: an image builder that does what its hook does
builder() {
	mkdir -p "$root/usr/sbin" "$root/usr/bin" "$root/boot"
	cat >"$root/usr/$1" <<-END
		#!/bin/sh
		echo "\$0 \$*" >>"$work/ran"
		[ ! -e "$work/broken" ] || exit 1
		for kernel in /lib/modules/*; do
			kernel=\${kernel##*/}
			mkdir -p /var/lib/vfio-early
			"$top/build/vfio-early" image --kernel "\$kernel" --builder test |
				grep -e '^manifest ' -e '^use ' >"/var/lib/vfio-early/\$kernel"
			: >"/boot/initrd.img-\$kernel"
		done
	END
	chmod 755 "$root/usr/$1"
}

# program NAME: one of which only the call counts
program() {
	mkdir -p "$root/usr/sbin"
	# shellcheck disable=SC2016 # for that script
	printf '#!/bin/sh\necho "$0 $*" >>"%s"\n' "$work/ran" >"$root/usr/sbin/$1"
	chmod 755 "$root/usr/sbin/$1"
}

# ran PATTERN, ran_nothing: what was started
ran() {
	matches "$work/ran" "*/$1" || fail "not run: $1: $(cat "$work/ran")"
}

ran_nothing() {
	[ ! -s "$work/ran" ] || fail "run: $(cat "$work/ran")"
}

setUp() {
	machine desktop
	rm "$conf"
	kernel $version
	builder sbin/update-initramfs
	rm -f "$work/broken"
	: >"$work/ran"
}

# snapshot: everything in the tree that a command could have changed
snapshot() {
	(cd "$root" && find etc boot var usr -type f -exec cksum {} + 2>/dev/null | sort -k 3)
}

test_enable() {
	live enable 02:00.0
	ended 0
	assertEquals '00:01.1/00.0 10de:1b80  # 02:00.0 GP104 [GeForce GTX 1080]' "$(sed -n 2p "$own")"
	assertEquals 644 "$(stat -c %a "$own")"
	line "wrote $name:2  00:01.1/00.0 10de:1b80 *"
	ran 'update-initramfs -u -k all'
	line "rebuilt images: $version. Nothing changes before the reboot."
	line 'After it: 02:00.0 * is for guests: its outputs stay dark'
	line 'After it: 00:02.0 * stays: plug a screen in there'
	line 'Way back: *vfio.early=off*'
	line 'next: reboot, then: vfio-early verify'
	run_dry
	taken 0000:02:00.0 0000:02:00.1
}

test_twice_changes_nothing() {
	live enable 02:00.0 03:00.0
	snapshot >"$work/before"
	: >"$work/ran"
	live enable 02:00.0 03:00.0
	ended 0
	line 'already configured: nothing to write'
	ran_nothing
	assertEquals '' "$(snapshot | diff "$work/before" -)"
}

test_one_more() {
	live enable 02:00.0
	live enable 03:00.0
	ended 0
	assertEquals 2 "$(grep -c '^0' "$own")"
	line "wrote $name:3 *"
}

test_options_are_written() {
	live enable '01:00.0 allow=last-display siblings=none driver=pci-stub optional else=none'
	ended 0
	assertEquals '00:01.0/00.0 10de:1b80 allow=last-display siblings=none driver=pci-stub optional else=none  # 01:00.0 GP104 [GeForce GTX 1080]' \
		"$(sed -n 2p "$own")"
	run_dry
	ended 0
}

# One argument brings the device, another an option for it.
test_options_of_two_arguments() {
	live enable 10de:1b80:1458:3702 '01:00.0 allow=in-use'
	ended 0
	line '*wrote *01.0/00.0 10de:1b80 allow=in-use  # 01:00.0 *'
}

# A line that stands is not edited: that its options stay as they are must not pass for done.
test_options_for_what_stands() {
	live enable 02:00.0
	snapshot >"$work/before"
	live enable '02:00.0 allow=last-display'
	ended 1
	grep -q '90-enable.conf:2 selects 02:00.0 already, with other options' "$err" || fail "$(cat "$err")"
	assertEquals '' "$(snapshot | diff "$work/before" -)"
	live disable 02:00.0
	live enable '02:00.0 allow=last-display'
	live enable '02:00.0 allow=last-display'
	ended 0
	line 'already configured: nothing to write'
}

# The group brings the other function; what asks for more is written all the same.
test_what_comes_anyway_is_not_written() {
	live enable 02:00.0
	: >"$work/ran"
	snapshot >"$work/before"
	for selector in 02:00 02:00.1; do
		live enable $selector
		ended 0
		line 'already configured: nothing to write'
		ran_nothing
		assertEquals '' "$(snapshot | diff "$work/before" -)"
	done
	live enable '02:00.1 optional'
	ended 0
	assertEquals 2 "$(grep -c '^0' "$own")"
}

test_optional_and_absent() {
	live enable --no-image '09:00.0 optional'
	ended 0
	line '09:00.0 is not there: *'
	no_line 'already configured*'
}

test_all_functions() {
	live enable 02:00
	ended 0
	assertEquals '00:01.1/00.0 00:01.1/00.1' "$(sed -n 's/ .*//; /^0/p' "$own" | xargs)"
}

# ---- refused ----

refuses() {
	snapshot >"$work/before"
	live enable "$@"
	ended 1
	grep -q '^vfio-early: enable: refused; nothing was changed' "$err" || fail "$(cat "$err")"
	assertEquals '' "$(snapshot | diff "$work/before" -)"
	ran_nothing
}

test_last_display() {
	refuses 10de:1b80 00:02.0
	line 'FAIL last-display *'
	line ' *fix: *allow=last-display'
	live enable 10de:1b80 '00:02.0 allow=last-display'
	ended 0
}

test_no_such_device() {
	refuses 09:00.0
	line 'FAIL match *09:00.0: no such device'
	assertFalse 'no word can overrule that' "grep -q allow= '$err'"
}

test_disk_in_use() {
	runs
	refuses 03:00.0
	line 'FAIL boot-disk * group 16 is not taken, because of 0000:03:00.0'
	line ' *fix: the host needs 0000:03:00.0 for /: *allow=boot-disk'
	live enable '03:00.0 allow=boot-disk'
	ended 0
	line 'wrote *  00:1b.0/00.0 144d:a808 allow=boot-disk *'
}

test_not_a_selector() {
	live enable 0x10de:0x1b80
	ended 2
	assertTrue 'a guess' "grep -q 10de:1b80 '$err'"
	live enable
	ended 2
	for command in enable disable; do
		live $command --kernel-params ' '
		ended 2
		assertEquals "vfio-early: $command: an empty selector: which device? See vfio-early list" "$(cat "$err")"
	done
}

test_does_not_touch_what_is_not_its_own() {
	mkdir -p "${own%/*}"
	ln -s /etc/passwd "$own"
	host enable 02:00.0
	ended 1
	assertTrue 'says so' "grep -q 'is a symbolic link; nothing was changed' '$err'"
	assertTrue 'still a link' "[ -L '$own' ]"
	rm "$own"
	mkdir "$own"
	host enable 02:00.0
	ended 1
}

# The file may have been edited: the last line has no newline, the mode is another.
test_keeps_what_is_there() {
	mkdir -p "${own%/*}"
	printf '# mine\n03:00.0 optional' >"$own"
	chmod 600 "$own"
	live enable 02:00.0
	ended 0
	assertEquals "$(printf '# mine\n03:00.0 optional\n00:01.1/00.0 10de:1b80  # 02:00.0 GP104 [GeForce GTX 1080]')" "$(cat "$own")"
	assertEquals 600 "$(stat -c %a "$own")"
}

# ---- images ----

test_builder_fails() {
	: >"$work/broken"
	live enable 02:00.0
	ended 1
	assertTrue 'says so' "grep -q 'configuration written, images for $version not rebuilt, next boot unchanged' '$err'"
	no_line 'next: *'
	live enable 02:00.0
	ended 1
	assertTrue 'wrote nothing' "grep -q 'vfio-early: images for $version not rebuilt, next boot unchanged' '$err'"
	rm "$work/broken"
	: >"$work/ran"
	live enable 02:00.0
	ended 0
	ran 'update-initramfs -u -k all'
}

# A hook behind the image failed, which may have been to copy it to the EFI partition.
test_builder_fails_in_the_end() {
	echo 'exit 1' >>"$root/usr/sbin/update-initramfs"
	live enable 02:00.0
	ended 1
	grep -q 'rebuilt, but perhaps not in their place' "$err" || fail "$(cat "$err")"
	no_line 'next: *'
}

test_builder_that_is_killed() {
	printf '#!/bin/sh\nkill -9 $$\n' >"$root/usr/sbin/update-initramfs"
	live enable 02:00.0
	ended 1
	grep -q 'update-initramfs -u -k all failed: is there room in /boot?' "$err" || isSkipping || fail "$(cat "$err")"
	echo 'no program' >"$root/usr/sbin/update-initramfs"
	chmod 644 "$root/usr/sbin/update-initramfs"
	live enable 02:00.0
	ended 1
}

test_own_file_that_cannot_be_read() {
	mkdir -p "${own%/*}"
	head -c 300000 /dev/zero | tr '\0' '#' >"$own"
	live enable --no-image 02:00.0
	ended 1
	grep -q '90-enable.conf: File too large; nothing was changed' "$err" || isSkipping || fail "$(cat "$err")"
	rm "$own"
	mkfifo "$own"
	live enable --no-image 02:00.0
	ended 1
	grep -q '90-enable.conf: is no regular file; nothing was changed' "$err" || isSkipping || fail "$(cat "$err")"
}

test_no_builder() {
	rm "$root/usr/sbin/update-initramfs"
	live enable 02:00.0
	ended 1
	assertTrue 'says so' "grep -q 'not rebuilt, next boot unchanged; left to do: .*no builder that is known is here' '$err'"
}

test_dracut() {
	rm "$root/usr/sbin/update-initramfs"
	builder bin/dracut
	live enable 02:00.0
	ended 0
	ran 'dracut --regenerate-all --force'
}

test_no_image() {
	live enable --no-image 02:00.0
	ended 0
	ran_nothing
	line "images to rebuild: $version, with: update-initramfs -u -k all"
	line 'next: rebuild the images, reboot, then: vfio-early verify'
	assertTrue "[ -e '$own' ]"
}

test_dry_run() {
	snapshot >"$work/before"
	live enable --dry-run 02:00.0
	ended 0
	line "would write $name:2 *"
	assertEquals '' "$(snapshot | diff "$work/before" -)"
	ran_nothing
}

test_sealed_key() {
	echo 'root UUID=1 none luks,tpm2-device=auto' >"$root/etc/crypttab"
	live enable 02:00.0
	ended 0
	assertTrue 'warned' "grep -q 'a key in the TPM may be sealed' '$err'"
}

# ---- disable ----

test_disable() {
	live enable 02:00.0 03:00.0
	: >"$work/ran"
	live disable 02:00.0
	ended 0
	line "taken out of $name: 00:01.1/00.0 *"
	ran 'update-initramfs -u -k all'
	assertEquals '00:1b.0/00.0' "$(sed -n 's/ .*//; /^0/p' "$own")"
	live disable 03:00
	ended 0
	assertFalse 'no reason to be there' "[ -e '$own' ]"
	: >"$work/ran"
	live disable 03:00
	ended 0
	line '03:00 is not enabled: nothing to take out'
	ran_nothing
}

test_disable_where_it_cannot() {
	unshare -rm true 2>/dev/null || { skip 'no namespaces'; return; }
	host enable --no-image 02:00.0
	snapshot >"$work/before"
	# shellcheck disable=SC2016 # the inner shell expands them
	unshare -rm sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" disable --root "$3" 02:00.0' \
		- "${own%/*}" "$VFIO_EARLY" "$root" >"$out" 2>"$err"
	assertEquals 1 $?
	grep -q '90-enable.conf: Read-only file system; nothing was changed' "$err" || fail "$(cat "$err")"
	assertEquals '' "$(cat "$out")"
	assertEquals '' "$(snapshot | diff "$work/before" -)"
}

test_disable_by_any_name() {
	for selector in 02:00.0 00:01.1/00.0 10de:1b80:1043:85aa '00:01.1/00.0 10de:1b80'; do
		live enable 02:00.0
		live disable "$selector"
		ended 0
		assertFalse "$selector" "[ -e '$own' ]"
	done
}

test_disable_what_is_gone() {
	live enable 03:00.0
	rm -r "${root:?}/sys/bus/pci/devices/0000:03:00.0" "$root/sys/kernel/iommu_groups/16"
	live disable 00:1b.0/00.0
	ended 0
	assertFalse "[ -e '$own' ]"
}

# Paths that differ only in a bridge on the way are two places, also where neither is there.
test_disable_by_a_path_like_another() {
	mkdir -p "${own%/*}"
	printf '00:1c.0/%s/00.0 144d:a808\n' 00.0 01.0 >"$own"
	for path in 00:1c.0/02.0/00.0 00:1c.0/01.0; do
		live disable --no-image $path
		ended 1
		assertEquals "vfio-early: disable: $path: no such device, and no line names it: see vfio-early list" "$(head -n 1 "$err")"
	done
	assertEquals 2 "$(wc -l <"$own")"
	live disable --no-image 00:1c.0/01.0/00.0
	ended 0
	isSkipping || assertEquals '00:1c.0/00.0/00.0 144d:a808' "$(cat "$own")"
}

test_disable_names_a_persons_own_file() {
	live enable 03:00.0
	echo 02:00.0 >"$conf"
	: >"$work/ran"
	snapshot >"$work/before"
	live disable 02:00.0 03:00.0
	ended 1
	assertTrue 'file and line' "grep -q '/etc/vfio-early.conf:1 keeps it: 02:00.0; edit it there' '$err'"
	assertEquals '' "$(snapshot | diff "$work/before" -)"
	ran_nothing
}

# The line of one function takes the whole group, so that no other function of the card comes back alone.
test_disable_a_card_by_any_function() {
	for enabled in 02:00 02:00.0 02:00.1; do
		for disabled in 02:00 02:00.0 02:00.1 10de:10f0:1043:85aa; do
			live enable "$enabled allow=last-display"
			live disable $disabled
			ended 0
			assertFalse "$enabled, $disabled" "[ -e '$own' ]"
		done
	done
	# a line for one function alone keeps no other
	live enable '02:00.0 siblings=none'
	live disable 02:00.1
	ended 0
	line '02:00.1 is not enabled: nothing to take out'
	isSkipping || [ -e "$own" ] || fail 'the line is gone'
}

test_disable_where_another_device_keeps_the_group() {
	machine desktop - <<-END
		15 0000:02:00.0 030000 10de:1b80 - - 0000:00:01.1
		15 0000:04:00.0 020000 8086:1533 - - 0000:00:01.1
	END
	rm "$conf"
	host enable --no-image 02:00.0 04:00.0
	cp "$own" "$work/before"
	host disable --no-image 04:00.0
	ended 1
	grep -q "^vfio-early: disable: $name:2 keeps it: .* they are in one group, name both" "$err" || fail "$(cat "$err")"
	cmp "$work/before" "$own" || fail 'the file was changed'
	host disable --no-image 04:00.0 02:00.0
	ended 0
	assertFalse "[ -e '$own' ]"
}

# Where the card is gone, its line tells what it was.
test_disable_by_what_the_line_says() {
	for selector in 03:00.0 0000:03:00.0 03:00 144d:a808 00:1b.0/00.0; do
		machine desktop
		rm "$conf"
		host enable --no-image 03:00.0
		rm -r "${root:?}/sys/bus/pci/devices/0000:03:00.0" "$root/sys/kernel/iommu_groups/16"
		for other in 03:00.1 04:00 144d:a809 00:1b.0/01.0; do
			host disable --no-image $other
			ended 1
			[ -e "$own" ] || fail "$other"
		done
		host disable --no-image $selector
		ended 0
		assertFalse "$selector" "[ -e '$own' ]"
	done
	# a person's line has no such comment
	mkdir -p "${own%/*}"
	printf '00:1b.0/00.0 144d:a808 # my 03:00.0\n05:00.0 # x\n' >"$own"
	host disable --no-image 03:00.0
	ended 1
}

test_disable_rebuilds_nothing_for_what_nobody_has() {
	live enable --no-image 02:00.0
	: >"$work/ran"
	snapshot >"$work/before"
	live disable 99:00.0
	ended 1
	ran_nothing
	assertEquals '' "$(snapshot | diff "$work/before" -)"
	live disable 02:00.0 99:00.0
	ended 1
	assertEquals '' "$(snapshot | diff "$work/before" -)"
}

# dracut leaves its module out where nothing is configured, so the old record stays.
test_disable_the_last_with_dracut() {
	rm "$root/usr/sbin/update-initramfs"
	builder bin/dracut
	live enable 02:00.0
	program dracut
	mv "$root/usr/sbin/dracut" "$root/usr/bin/dracut"
	echo "touch /boot/initrd.img-$version" >>"$root/usr/bin/dracut"
	live disable 02:00.0
	ended 0
	assertFalse 'the record' "[ -e '$root/var/lib/vfio-early/$version' ]"
}

# ---- the IOMMU ----

without_iommu() {
	machine desktop - <<-END
		iommu intel off
		kernel 6.1.0-other
	END
	echo 'Linux version 6.1.0-other' >"$root/proc/version"
	rm "$root/usr/lib/vfio-early/manifest"
	rm "$conf"
	kernel $version
	builder sbin/update-initramfs
}

test_iommu_is_needed() {
	without_iommu
	program update-grub
	refuses 02:00.0
	grep -q 'first: sudo vfio-early enable --kernel-params: adds intel_iommu=on' "$err" || fail "$(cat "$err")"
}

test_grub() {
	without_iommu
	program update-grub
	live enable --kernel-params 02:00.0
	ended 0
	# shellcheck disable=SC2016 # as GRUB's script wants it
	assertEquals 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX intel_iommu=on"' \
		"$(tail -n 1 "$root/etc/default/grub.d/90-vfio-early.cfg")"
	ran update-grub*
	: >"$work/ran"
	snapshot >"$work/before"
	live enable --kernel-params 02:00.0
	ended 0
	ran_nothing
	assertEquals '' "$(snapshot | diff "$work/before" -)"
	live check
	line 'WARN iommu *off in this boot, intel_iommu=on was added since*'
	printf 'cpu 1\nbtime %s\n' "$(($(date +%s) - 60))" >"$root/proc/stat"
	live check
	line 'WARN iommu *off in this boot, intel_iommu=on was added since*'
	printf 'cpu 1\nbtime %s\n' "$(($(date +%s) + 60))" >"$root/proc/stat"
	live check
	line 'FAIL iommu *off, although this boot came after intel_iommu=on was added (/etc/default/grub.d/90-vfio-early.cfg)'
	refuses --kernel-params 03:00.0
	live disable --kernel-params 02:00.0
	ended 0
	assertFalse 'taken back' "[ -e '$root/etc/default/grub.d/90-vfio-early.cfg' ]"
	ran update-grub*
}

# Whatever has that name in the directory of the day is not run.
test_a_program_that_is_gone() {
	without_iommu
	program update-grub
	live enable --kernel-params
	mv "$root/usr/sbin/update-grub" "$work/update-grub"
	: >"$work/ran"
	(
		cd "$work" || exit
		live disable --kernel-params
		ended 1
	)
	ran_nothing
	grep -q '^vfio-early: update-grub failed' "$err" || fail "$(cat "$err")"
}

# A key that is sealed to the command line: the warning comes before that changes.
test_sealed_to_the_command_line() {
	without_iommu
	program update-grub
	cmdline 'quiet rd.luks.options=tpm2-device=auto'
	"$top/tests/tools/live" "$root" "$work" "$top" "$VFIO_EARLY" enable --kernel-params >"$out" 2>&1
	case $(sed -n 1p "$out") in *'a key in the TPM may be sealed'*) ;; *) fail "$(cat "$out")" ;; esac
	assertEquals 1 "$(grep -c 'a key in the TPM' "$out")"
}

# What failed, or was stopped, is done by the next run, and until then nothing says that it was.
test_half_done_is_finished() {
	without_iommu
	program update-grub
	cp "$root/usr/sbin/update-grub" "$work/update-grub"
	echo 'exit 1' >>"$root/usr/sbin/update-grub"
	live enable --kernel-params 02:00.0
	ended 1
	live check
	line 'FAIL iommu *'
	cp "$work/update-grub" "$root/usr/sbin/update-grub"
	: >"$work/ran"
	live enable --kernel-params 02:00.0
	ended 0
	ran update-grub*
	live check
	line 'WARN iommu *was added since*'
}

test_already_there() {
	without_iommu
	mkdir -p "$root/boot/loader/entries"
	printf 'title a\noptions\tintel_iommu=on\n' >"$root/boot/loader/entries/a.conf"
	snapshot >"$work/before"
	live enable --kernel-params
	ended 0
	line 'kernel parameters: /boot/loader/entries/a.conf has intel_iommu=on already, but this boot has not'
	assertEquals '' "$(snapshot | diff "$work/before" -)"
}

# Lines may end as on other systems.
test_line_ends_of_others() {
	without_iommu
	mkdir -p "$root/boot/loader/entries"
	printf 'title a\r\noptions root=1\r\n' >"$root/boot/loader/entries/a.conf"
	live enable --kernel-params 02:00.0
	ended 0
	assertEquals "$(printf 'options root=1 intel_iommu=on\r')" "$(tail -n 1 "$root/boot/loader/entries/a.conf")"
}

# What a person had written there stays theirs.
test_what_was_there_is_not_taken_back() {
	without_iommu
	mkdir -p "$root/boot/loader/entries"
	printf 'title a\noptions root=1 quiet\n' >"$root/boot/loader/entries/a.conf"
	printf 'title b\noptions intel_iommu=on root=1\n' >"$root/boot/loader/entries/b.conf"
	live enable --kernel-params 02:00.0
	ended 0
	assertEquals 'options root=1 quiet intel_iommu=on' "$(tail -n 1 "$root/boot/loader/entries/a.conf")"
	live disable --kernel-params 02:00.0
	ended 0
	assertEquals 'options root=1 quiet' "$(tail -n 1 "$root/boot/loader/entries/a.conf")"
	assertEquals 'options intel_iommu=on root=1' "$(tail -n 1 "$root/boot/loader/entries/b.conf")"
}

# The entry of a kernel that is gone since is gone, too; what was added elsewhere is taken back.
test_an_entry_that_is_gone() {
	without_iommu
	mkdir -p "$root/boot/loader/entries"
	for entry in a b; do
		printf 'options root=1\n' >"$root/boot/loader/entries/$entry.conf"
	done
	live enable --kernel-params
	ended 0
	rm "$root/boot/loader/entries/a.conf"
	live disable --kernel-params
	ended 0
	assertEquals b.conf "$(ls -A "$root/boot/loader/entries")"
	assertEquals 'options root=1' "$(cat "$root/boot/loader/entries/b.conf")"
	assertFalse 'the note' "[ -e '$root/var/lib/vfio-early/kernel-parameter' ]"
	# the same of one that is gone before all was done
	printf 'intel_iommu=on\nentries\nboot/loader/entries/gone.conf\n' >"$root/var/lib/vfio-early/kernel-parameter"
	live enable --kernel-params
	ended 0
	assertEquals b.conf "$(ls -A "$root/boot/loader/entries")"
}

test_unknown_boot_loader() {
	without_iommu
	live enable --kernel-params 02:00.0
	ended 1
	assertTrue 'says what to do' "grep -q 'add intel_iommu=on to the kernel command line yourself' '$err'"
}

test_nothing_is_needed() {
	live enable --kernel-params 02:00.0
	ended 0
	line 'kernel parameters: nothing is needed'
}

# ---- never half ----

test_one_at_a_time() {
	host enable --no-image 03:00.0
	for command in enable disable; do
		(
			flock 9
			host $command 02:00.0
			ended 3
			grep -q "$command: another enable or disable is at work" "$err" || fail "$(cat "$err")"
			host $command --dry-run 02:00.0
			ended 0
		) 9>"$root/run/vfio-early.lock"
	done
	assertEquals 600 "$(rm "$root/run/vfio-early.lock"; host enable --no-image 02:00.0; stat -c %a "$root/run/vfio-early.lock")"
	assertEquals 2 "$(grep -c '^00:' "$own")"
	rm -r "$root/run"
	host disable --no-image 02:00.0
	ended 0
}

# Killed at the k-th system call that could matter, for every k: the old or the new file is there, and nothing else.
test_killed_at_any_moment() {
	calls='openat,mkdirat,newfstatat,unlinkat,write,fchmod,fsync,renameat,close'
	command -v strace >/dev/null || { skip 'no strace'; return; }
	cp -a "$root" "$work/template"
	printf '# mine\n03:00.0 optional\n' >"$work/old"
	mkdir -p "$work/template/etc/vfio-early.conf.d"
	cp "$work/old" "$work/template/etc/vfio-early.conf.d/90-enable.conf"
	strace -f -o "$work/trace" "$top/build/vfio-early" enable --no-image --root "$root" 02:00.0 >/dev/null 2>&1
	for call in mkdirat newfstatat unlinkat openat write fchmod fsync renameat close; do
		count=$(grep -c "$call(" "$work/trace")
		# of the calls that are made often only the last are about the file
		first=$((count > 12 ? count - 12 : 1))
		for k in $(seq $first "$count"); do
			rm -rf "$root"
			cp -a "$work/template" "$root"
			strace -o /dev/null -e "inject=$call:signal=KILL:when=$k" \
				"$top/build/vfio-early" enable --no-image --root "$root" 02:00.0 >/dev/null 2>&1
			cases=$((${cases:-0} + 1))
			if ! cmp -s "$own" "$work/old" && [ "$(wc -l <"$own")" != 3 ]; then
				fail "$call $k: $(cat "$own")"
			fi
			run_dry
			no_line 'error *'
			host enable --no-image 02:00.0
			ended 0
			assertEquals "$call $k" 90-enable.conf "$(ls -A "${own%/*}")"
		done
	done
	echo "# $cases kills, of $calls" >"$work/cases"
	assertTrue 'many' "[ $cases -gt 30 ]"
}

# The same for the kernel's parameters: whenever it was killed, the next run finishes it, and disable takes all of it back.
test_killed_while_parameters_are_added() {
	command -v strace >/dev/null || { skip 'no strace'; return; }
	without_iommu
	mkdir -p "$root/boot/loader/entries"
	printf 'title a\noptions root=1 quiet\n' >"$root/boot/loader/entries/a.conf"
	printf 'title b\noptions intel_iommu=on root=1\n' >"$root/boot/loader/entries/b.conf"
	printf 'title c\noptions root=1\n' >"$root/boot/loader/entries/c.conf"
	rm -rf "$work/template"
	cp -a "$root" "$work/template"
	snapshot | grep -v var/lib >"$work/before"
	strace -o "$work/trace" "$top/build/vfio-early" enable --no-image --kernel-params --root "$root" >/dev/null 2>&1
	cases=0
	for call in mkdirat unlinkat write fchmod fsync renameat; do
		for k in $(seq 1 "$(grep -c "$call(" "$work/trace")"); do
			rm -rf "$root"
			cp -a "$work/template" "$root"
			strace -o /dev/null -e "inject=$call:signal=KILL:when=$k" \
				"$top/build/vfio-early" enable --no-image --kernel-params --root "$root" >/dev/null 2>&1
			cases=$((cases + 1))
			host enable --no-image --kernel-params
			ended 0
			grep -L intel_iommu=on "$root/boot/loader/entries/"*.conf >"$work/without"
			assertEquals "$call $k" '' "$(cat "$work/without")"
			assertEquals "$call $k" '' "$(find "$root/boot/loader/entries" -name '.*.new')"
			host disable --no-image --kernel-params
			ended 0
			assertEquals "$call $k" '' "$(snapshot | grep -v var/lib | diff "$work/before" -)"
			assertEquals "$call $k" '' "$(find "$root/var/lib/vfio-early" -type f)"
		done
	done
	assertTrue 'many' "[ $cases -gt 15 ]"
}

# shellcheck source=/dev/null
. shunit2
