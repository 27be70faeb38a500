#!/bin/sh
# The one door to a machine: a tree of --root may be anybody's. Nothing of it is followed out, run, written through or
# obeyed by a terminal, and no device, FIFO or endless file keeps a command.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
devices=sys/bus/pci/devices
outside=$work/outside
escape=$(printf '\033[2J')

setUp() {
	machine desktop
	kernel $version
	rm -rf "$outside" "$work/copy"
	mkdir "$outside"
	: >"$work/ran"
}

# every_command FUNCTION: calls it with each command on the tree, which change nothing outside of it
every_command() {
	for command in list 'list --json' check 'check --json' 'check --log' 'check 02:00.0' verify 'verify --json' import \
		'import --apply' "capture $work/copy" "image --kernel $version" 'enable --dry-run 02:00.0' \
		'enable --kernel-params 02:00.0' 'disable --kernel-params 02:00.0'; do
		rm -rf "$work/copy"
		$1
	done
}

# in_time: the command on the tree
in_time() {
	# shellcheck disable=SC2086 # its options
	timeout -k 1 20 "$VFIO_EARLY" $command --root "$root" >"$out" 2>"$err"
	status=$?
	if [ $status -gt 3 ] || grep -aq -e Sanitizer -e 'runtime error' "$err"; then
		fail "$command: exit $status: $(head -5 "$err")"
	fi
}

# put PATH TEXT: a file of the tree
put() {
	mkdir -p "$(dirname "$root/$1")"
	printf '%s\n' "$2" >"$root/$1"
}

# everything that commands read of a tree but sysfs itself
files_read() {
	cat <<-.
		etc/vfio-early.conf
		etc/vfio-early.conf.d/x.conf
		etc/modprobe.d/x.conf
		etc/driverctl.d/0000:01:00.0
		etc/fstab
		etc/crypttab
		etc/machine-id
		etc/mkinitcpio.conf
		etc/mkinitcpio.d/x.preset
		etc/kernel/cmdline
		etc/initramfs-tools/conf.d/resume
		boot/config/vfio-pci.cfg
		boot/config-$version
		boot/grub/grub.cfg
		boot/loader/entries/x.conf
		sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f
		lib/modules/$version/modules.dep.bin
		lib/modules/$version/modules.alias.bin
		lib/modules/$version/modules.builtin.bin
		lib/modules/$version/modules.softdep
		proc/cmdline
		proc/cpuinfo
		proc/interrupts
		proc/iomem
		proc/stat
		proc/1/environ
		proc/1/comm
		proc/xen/capabilities
		sys/hypervisor/type
		sys/hypervisor/uuid
		sys/class/dmi/id/sys_vendor
		sys/class/dmi/id/product_name
		sys/class/dmi/id/chassis_asset_tag
		sys/firmware/devicetree/base/compatible
		sys/firmware/devicetree/base/iommu@1/status
		sys/firmware/acpi/tables/IORT
		sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts
		proc/swaps
		proc/version
		proc/net/fib_trie
		proc/net/route
		proc/net/ipv6_route
		proc/self/mountinfo
		proc/sys/kernel/osrelease
		run/vfio-early.log
		usr/lib/vfio-early/manifest
		var/lib/vfio-early/$version
		var/lib/vfio-early/kernel-parameter
	.
}

attributes_read() {
	for name in uevent class vendor device config modalias boot_vga driver_override reset_method \
		power_state current_link_width; do
		echo "$devices/0000:01:00.0/$name"
	done
	echo sys/kernel/iommu_groups/14/reserved_regions
	echo sys/class/drm/card0-DP-1/status
}

# ---- what is read ----

# with_all TARGET: every file that is read is a link to it
with_all() {
	machine desktop
	kernel $version
	runs
	for file in $(files_read) $(attributes_read); do
		mkdir -p "$root/${file%/*}"
		rm -rf "${root:?}/$file"
		ln -s "$1" "$root/$file"
	done
}

keeps_the_secret() {
	in_time
	if grep -rq 's3cret' "$out" "$err" "$work/copy" 2>/dev/null; then
		fail "$command: $(grep -r s3cret "$out" "$err" "$work/copy" | head -3)"
	fi
}

test_links_out_of_the_tree() {
	echo s3cret 's3cret:=vfio-pci.ids=s3cret' >"$outside/secret"
	chmod 600 "$outside/secret"
	for target in "$outside/secret" "../../../../../../../../../../../../../../../..$outside/secret"; do
		with_all "$target"
		every_command keeps_the_secret
	done
}

# As the root of the tree has it, not as this system has it.
test_absolute_links_stay_in_the_tree() {
	mkdir "$root/data"
	echo 02:00.0 >"$root/data/conf"
	ln -sf /data/conf "$conf"
	host check
	line 'PASS match *02:00.0 *'
	ln -sf ../../../data/conf "$conf"
	host check
	line 'PASS match *02:00.0 *'
	rm -r "$root/data"
	ln -s /etc "$root/data"
	ln -sf /data/hostname "$conf"
	host check
	line 'FAIL configuration */etc/vfio-early.conf: cannot be read: ENOENT'
}

test_directories_that_lead_out() {
	mkdir -p "$outside/x.d" "$outside/lib"
	echo 's3cret' >"$outside/x.d/s3cret.conf"
	for directory in etc/vfio-early.conf.d etc/modprobe.d etc/driverctl.d boot/loader/entries $devices sys/module \
		sys/bus/pci/slots sys/kernel/iommu_groups sys/class/drm sys/class/net sys/class/block lib/modules \
		proc/self proc/net proc/1 sys/firmware/devicetree/base sys/class/dmi/id sys etc; do
		machine desktop
		mkdir -p "$root/${directory%/*}"
		rm -rf "${root:?}/$directory"
		ln -s "$outside/x.d" "$root/$directory"
		every_command keeps_the_secret
	done
	assertEquals 's3cret.conf' "$(ls -A "$outside/x.d")"
}

# Links to a device, and devices, FIFOs and sockets in the tree itself.
test_what_is_no_file() {
	mkfifo "$work/fifo"
	for target in /dev/zero "$work/fifo" /proc/self/mem /dev/tty /own/zero /own/fifo /own; do
		with_all "$target"
		mkdir "$root/own"
		mkfifo "$root/own/fifo"
		mknod "$root/own/zero" c 1 5 2>/dev/null
		every_command in_time
	done
	rm "$work/fifo"
}

test_files_without_an_end() {
	for file in $(files_read) $(attributes_read); do
		mkdir -p "$root/${file%/*}"
		truncate -s 1T "$root/$file" 2>/dev/null || { skip 'no file of that size'; return; }
	done
	every_command in_time
	for file in $(files_read); do
		case $file in proc/cpuinfo | proc/sys/*) ;; *) rm "$root/$file" ;; esac
	done
	host check 02:00.0
	assertTrue 'the rest is checked' "grep -q '^PASS match .*02:00.0' '$out'"
}

test_kernel_release_is_no_path() {
	put "boot/config-../modules/$version" CONFIG_INTEL_IOMMU_DEFAULT_ON=y
	for release in "../../../..$outside" "../modules/$version" . ..; do
		echo "$release" >"$root/proc/sys/kernel/osrelease"
		every_command in_time
		rm -rf "$work/copy"
		host capture "$work/copy"
		assertFalse "$release is no kernel" "[ -e '$work/copy/boot' ]"
		host verify
		line 'FAIL boot *no log: the booted image has no vfio-early'
	done
}

# A device tree has no links; one that is made up may be full of them.
test_circles_of_links() {
	machine desktop - <<-END
		iommu none
		cpu arm
	END
	tree=$root/sys/firmware/devicetree/base
	mkdir -p "$tree"
	for i in $(seq 200); do
		ln -s . "$tree/bus@$i"
	done
	every_command in_time
}

# ---- what is written ----

# A capture is made of links and files below them; here those lead, step by step, out of it.
test_capture_writes_below_its_directory() {
	for name in one two; do
		mkdir -p "$root/sys/devices/$name"
	done
	ln -s ../../../devices/one "$root/$devices/0000:08:00.0"
	ln -s ../../../devices/two "$root/$devices/0000:08:00.1"
	ln -s ../../../devices/two/driver/evil "$root/$devices/0000:09:00.0"
	ln -s ../.. "$root/sys/devices/one/driver"
	ln -s ../one/driver/../../outside "$root/sys/devices/two/driver"
	host capture "$work/copy"
	assertEquals 'written outside' '' "$(ls -A "$outside")"
	find "$work/copy" -type l | while read -r link; do
		case $(readlink -m "$link") in "$work/copy"/*) ;; *) fail "leads out: $link" ;; esac
	done
	[ "$status" -eq 0 ] || grep -q '^vfio-early: capture: .*: not complete: ' "$err" || fail "$(cat "$err")"
}

# An attribute is no link; one to a file that only root may read is not copied for all to read.
test_capture_shows_no_file_of_the_tree() {
	put etc/shadow s3cret
	chmod 600 "$root/etc/shadow"
	ln -sf ../../../../../etc/shadow "$root/$devices/0000:01:00.0/vendor"
	ln -sf /etc/shadow "$root/$devices/0000:01:00.0/modalias"
	host capture "$work/copy"
	assertEquals '' "$(grep -r s3cret "$work/copy")"
}

# writes_nowhere COMMAND... : it fails with one line of complaint that has TEXT, and nothing is outside
writes_nowhere() {
	text=$1
	shift
	host "$@"
	[ "$status" -ne 0 ] || fail "$*: exit 0: $(cat "$out")"
	grep -Fq "$text" "$err" || fail "$*: $(cat "$err")"
	assertEquals "$*" '' "$(find "$outside" -type f)"
}

test_own_files_go_through_no_link() {
	for target in "$outside" /etc/elsewhere ../usr; do
		rm -rf "$root/etc/vfio-early.conf.d"
		ln -s "$target" "$root/etc/vfio-early.conf.d"
		writes_nowhere 'a directory above it is a symbolic link; nothing was changed' enable 02:00.0
		assertEquals '' "$(find "$root" -name '90-enable.conf*')"
	done
	cmdline 'vfio-pci.ids=144d:a808'
	ln -sfn "$outside" "$root/etc/vfio-early.conf.d"
	writes_nowhere 'Too many levels of symbolic links' import --apply
}

test_the_kernel_parameter_goes_through_no_link() {
	without_iommu
	put usr/sbin/update-grub '#!/bin/sh'
	mkdir -p "$root/etc/default"
	ln -s "$outside" "$root/etc/default/grub.d"
	writes_nowhere 'Too many levels of symbolic links' enable --kernel-params
	rm -rf "$root/etc/default/grub.d" "$root/var/lib/vfio-early"
	mkdir -p "$root/var/lib"
	ln -s "$outside" "$root/var/lib/vfio-early"
	writes_nowhere 'Too many levels of symbolic links' enable --kernel-params
	rm "$root/var/lib/vfio-early" "$root/usr/sbin/update-grub"
	put usr/bin/grub-mkconfig '# /etc/default/grub'
	mkdir -p "$root/etc/default"
	echo 'GRUB_TIMEOUT=1' >"$outside/grub"
	ln -s "$outside/grub" "$root/etc/default/grub"
	host enable --kernel-params
	ended 1
	assertEquals GRUB_TIMEOUT=1 "$(cat "$outside/grub")"
	put data/grub GRUB_TIMEOUT=1
	ln -sf ../../data/grub "$root/etc/default/grub"
	host enable --kernel-params
	ended 1
	grep -q 'etc/default/grub: Too many levels of symbolic links' "$err" || fail "$(cat "$err")"
	assertEquals GRUB_TIMEOUT=1 "$(cat "$root/data/grub")"
}

test_the_lock_goes_through_no_link() {
	rm -rf "$root/run"
	mkdir "$root/run"
	ln -s "$outside/lock" "$root/run/vfio-early.lock"
	host enable --no-image 02:00.0
	ended 0
	assertEquals '' "$(ls -A "$outside")"
	rm "$root/run/vfio-early.lock"
	mkfifo "$root/run/vfio-early.lock"
	in_time
	ended 0
}

test_metrics_are_of_this_system() {
	echo old >"$outside/target"
	ln -s "$outside/target" "$work/metrics.prom"
	host verify --metrics "$work/metrics.prom"
	ended 3
	assertEquals old "$(cat "$outside/target")"
	rm "$work/metrics.prom"
	host verify --metrics "$work/no/such/metrics.prom"
	ended 3
	grep -q 'metrics.prom: No such file or directory' "$err" || fail "$(cat "$err")"
}

# On the live system a person's file may well be a link: it stays one, and what it leads to is replaced.
test_files_of_others_on_the_live_system() {
	without_iommu
	put data/loader/grub GRUB_TIMEOUT=1
	chmod 640 "$root/data/loader/grub"
	program usr/bin/grub-mkconfig
	mkdir -p "$root/etc/default"
	for target in ../../data/loader/grub /data/loader/grub; do
		ln -sf "$target" "$root/etc/default/grub"
		live enable --no-image --kernel-params
		ended 0
		isSkipping || grep -q intel_iommu=on "$root/data/loader/grub" || fail "$(cat "$root/data/loader/grub")"
		assertEquals "$target" "$(readlink "$root/etc/default/grub")"
		assertEquals 640 "$(stat -c %a "$root/data/loader/grub")"
		live disable --no-image --kernel-params
		assertEquals GRUB_TIMEOUT=1 "$(cat "$root/data/loader/grub")"
	done
	assertEquals grub "$(ls -A "$root/data/loader")"
	ln -sfn /data "$root/etc/vfio-early.conf.d"
	live enable --no-image 02:00.0
	[ "$status" -ne 0 ] || isSkipping || fail "$(cat "$out")"
	assertEquals loader "$(ls -A "$root/data")"
}

# ---- what is run ----

without_iommu() {
	machine desktop - <<-END
		iommu intel off
		kernel 6.1.0-other
	END
	echo 'Linux version 6.1.0-other' >"$root/proc/version"
	rm "$root/usr/lib/vfio-early/manifest" "$conf"
}

# program NAME : of the tree
program() {
	# shellcheck disable=SC2016 # for that script
	put "$1" "$(printf '#!/bin/sh\necho "$0 $*" >>"%s"' "$work/ran")"
	chmod 755 "$root/$1"
}

test_nothing_of_a_tree_is_run() {
	for name in usr/sbin/update-grub usr/sbin/grub2-mkconfig usr/bin/grub-mkconfig; do
		without_iommu
		kernel $version
		put etc/default/grub GRUB_TIMEOUT=1
		for other in "$name" usr/sbin/update-initramfs usr/bin/dracut usr/sbin/depmod usr/sbin/modprobe; do
			program "$other"
		done
		for options in --no-image ''; do
			# shellcheck disable=SC2086 # none, or one
			host enable $options --kernel-params 02:00.0
			ended 0
			line "left to type in that system: ${name##*/}*"
			line 'next: rebuild the images, reboot, then: vfio-early verify'
			# what is left to type has not been done
			host check
			no_line '*was added since*'
			# shellcheck disable=SC2086
			host disable $options --kernel-params 02:00.0
			line "left to type in that system: ${name##*/}*"
			host enable --kernel-params
			ended 0
			host disable --kernel-params
			ended 0
		done
	done
	every_command in_time
	assertEquals 'was run' '' "$(cat "$work/ran")"
}

# ---- what is said ----

# says_nothing_odd: only printable ASCII, tabs and newlines
says_nothing_odd() {
	in_time
	if cat "$out" "$err" | LC_ALL=C tr -d '\n\t\040-\176' | grep -q .; then
		fail "$command: $(cat "$out" "$err" | LC_ALL=C grep -a '[^[:print:][:blank:]]' | cat -v | head -3)"
	fi
}

# odd_texts: whatever has a text that is shown has an escape sequence in it, as names and as contents
odd_texts() {
	odd=$(printf 'o\033]0;x\007\033[31md\302\233d\377')
	runs
	put etc/vfio-early.conf "01:00.0 $odd
$odd"
	put "etc/vfio-early.conf.d/$odd.conf" "02:00.0 driver=$odd"
	put "etc/modprobe.d/$odd.conf" "options vfio-pci ids=10de:1b80,$odd
softdep nouveau pre: vfio-pci $odd
blacklist nouveau
$odd"
	put "etc/driverctl.d/$odd" vfio-pci
	put boot/config/vfio-pci.cfg "BIND=0000:01:00.0|$odd $odd"
	put etc/crypttab "$odd /dev/nvme0n1p1 none luks"
	put etc/fstab "/dev/nvme0n1p1 /$odd ext4 defaults 0 0"
	put "boot/initrd.img-$version" x
	put "var/lib/vfio-early/$version" "manifest by=\"$odd\" stamp=$odd
use reason=$odd address=$odd"
	put var/lib/vfio-early/kernel-parameter "$odd
entries
$odd"
	put "boot/loader/entries/$odd.conf" "options $odd
linux /$odd
initrd /$odd"
	mkdir -p "$root/usr/sbin"
	: >"$root/usr/sbin/update-initramfs"
	kernel "$version-x"
	mv "$root/lib/modules/$version-x" "$root/lib/modules/$odd"
	cmdline "BOOT_IMAGE=/$odd pci-stub.ids=$odd xen-pciback.hide=($odd) rd.driver.pre=vfio-pci,$odd vfio.slots=$odd vfio.early=$odd modprobe.blacklist=nouveau"
	printf 'flags\t: %s\n' "$odd" >"$root/proc/cpuinfo"
	mounted 259:1 "/mnt/$odd" "$odd" "$odd"
	mkdir -p "$root/sys/bus/pci/slots/$odd"
	echo 0000:01:00 >"$root/sys/bus/pci/slots/$odd/address"
	interface 0000:00:1f.3 "$odd"
	route "$odd" 00000000 00000000
	on_device 0000:01:00.0 drm "drm/card0-$odd"
	echo connected >"$root/sys/class/drm/card0-$odd/status"
	echo "DRIVER=$odd" >>"$root/$devices/0000:02:00.1/uevent"
	mkdir -p "$root/sys/bus/pci/drivers/$odd"
	ln -sfn "../../../../bus/pci/drivers/$odd" "$root/$devices/0000:02:00.1/driver"
	put "sys/devices/platform/$odd/uevent" x
	ln -s "../../../../devices/platform/$odd" "$root/sys/kernel/iommu_groups/14/devices/$odd"
	printf '%s\n' "vfio-early version=$odd kernel=$odd" "device address=$odd for=$odd before=- after=$odd result=bound" \
		"group id=$odd result=viable" "group id=$odd result=refused refusal=$odd because=$odd remedy=$odd" \
		"error at=$odd text=$odd" "warning text=$odd" "result status=$odd bound=$odd" >"$root/run/vfio-early.log"
}

test_no_escape_sequence_reaches_a_terminal() {
	odd_texts
	every_command says_nothing_odd
	odd_name=$work/$escape
	ln -s "$root" "$odd_name"
	for arguments in list "list $escape" "check $escape" "enable $escape" "list -o $escape" "$escape" "image --kernel $escape" \
		"verify --wait $escape" "verify --metrics /no/$escape" "capture $work/no/$escape"; do
		# shellcheck disable=SC2086 # words on purpose
		"$VFIO_EARLY" $arguments --root "$odd_name" >"$out" 2>"$err"
		assertEquals "$arguments" '' "$(cat "$out" "$err" | LC_ALL=C tr -d '\n\t\040-\176')"
	done
}

test_the_kernel_release_is_shown() {
	printf 'x\033[2Jy\n' >"$root/proc/sys/kernel/osrelease"
	rm "$root/run/vfio-early.log" 2>/dev/null
	every_command says_nothing_odd
	host verify
	has 'x\x1b[2Jy'
}

# JSON stays JSON, whatever the names are.
test_json_of_odd_texts() {
	odd_texts
	for command in list check verify; do
		host $command --json
		jq . "$out" >/dev/null || fail "$command: no JSON"
	done
}

# shellcheck source=/dev/null
. shunit2
