#!/bin/sh
# "vfio-early capture": a copy of each machine decides as the original does, and tells nothing about its owner.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
: "${VFIO_EARLY:=$top/build/test/vfio-early}"
copy=$work/copy
device=sys/bus/pci/devices/0000:01:00.0

setUp() {
	machine desktop
}

# put PATH TEXT: a file below the root, in printf's format without the last newline
put() {
	mkdir -p "$(dirname "$root/$1")"
	# shellcheck disable=SC2059 # escapes in it are wanted
	printf -- "$2\n" >"$root/$1"
}

# capture: into $copy, anew
capture() {
	rm -rf "$copy"
	into "$copy"
}

into() {
	"$VFIO_EARLY" capture "$1" --root "$root" >"$out" 2>"$err"
	status=$?
	[ $status -eq 3 ] || sound $status
}

# replays: a dry run of the copy prints what one of the original prints
replays() {
	run_dry
	cp "$out" "$work/original"
	original=$root root=$copy
	run_dry
	root=$original
	difference=$(diff -u "$work/original" "$out") || fail "$difference"
}

# is PATH TEXT: a file of the copy has this content, in printf's format without the last newline
is() {
	# shellcheck disable=SC2059 # escapes in it are wanted
	assertEquals "$1" "$(printf -- "$2")" "$(cat "$copy/$1")"
}

# nowhere TEXT: neither a name nor a content nor a link of the copy has it
nowhere() {
	if grep -rFq -e "$1" "$copy" || find "$copy" -printf '%P %l\n' | grep -Fq -e "$1"; then
		fail "in the copy: $1"
	fi
}

# No link is absolute, and none leads out of the copy.
links_stay() {
	find "$copy" -type l -lname '/*' >"$work/links"
	find "$copy" -type l | while read -r link; do
		case $(readlink -m "$link") in "$(readlink -m "$copy")"/*) ;; *) echo "$link" ;; esac
	done >>"$work/links"
	assertEquals 'links that lead out' '' "$(cat "$work/links")"
}

# What a redaction has left, it leaves again: a capture of the copy is the copy.
stays() {
	rm -rf "$work/again"
	"$VFIO_EARLY" capture "$work/again" --root "$copy" >"$out" 2>"$err"
	status=$?
	ended 0
	difference=$(diff -r --no-dereference "$copy" "$work/again") || fail "$difference"
}

# what the original is, the copy is: of every fixture
replay_fixture() {
	machine "$1"
	capture
	ended 0
	assertEquals '' "$(cat "$err")"
	replays
	links_stay
	stays
}

# a real machine, with each of its functions asked for in turn
test_a_real_machine() {
	table=$top/tests/machines/z690-6700xt-rx560-tb4.tsv
	machine "$table"
	awk -F '\t' '!/^#/ { print $2 }' "$table" >"$work/slots"
	while read -r slot; do
		configure "$slot"
		capture
		replays
	done <"$work/slots"
}

test_every_line_of_the_command_line_and_of_files() {
	cmdline 'root=UUID=0a3407de-014b-458b-b5c1-848e92a327a3 quiet vfio.slots=02:00.0,nonsense ro vfio.early=onn'
	mkdir "$root/etc/vfio-early.conf.d"
	put etc/vfio-early.conf '# one\n\n\t01:00.0  # mine\n03:00.0 alow=boot-disk # my disk'
	put etc/vfio-early.conf.d/x.conf '9#9\n00:1f.4 #'
	capture
	is etc/vfio-early.conf '#\n\n\t01:00.0  #\n03:00.0 alow=boot-disk #'
	replays
	line 'error at=/etc/vfio-early.conf:4:9 *'
	line 'error at=cmdline:1:*'
}

# the column of a word is the same although those before it are gone
test_command_line() {
	set -- 'vfio.ids=10de:1b80' 'iommu=pt' 'intel_iommu=on' 'pcie_aspm=off' 'pci=noaer' 'nouveau.modeset=0' \
		'modprobe.blacklist=nouveau' 'module_blacklist=a' 'vfio_iommu_type1.allow_unsafe_interrupts=1' \
		'single' 'systemd.unit=rescue.target' 'init=sh' 'efi=disable_early_pci_dma' 'rd.driver.pre=vfio-pci' \
		'xen-pciback.hide=(01:00.0)' 'pci-stub.ids=10de:1b80' '"vfio.slots=01:00.0 x"' 'vfio.timeout="5 6"'
	put sys/module/nouveau/initstate live
	mkdir -p "$root/sys/bus/pci/drivers/nouveau"
	ln -s ../../../../module/nouveau "$root/sys/bus/pci/drivers/nouveau/module"
	for word in "$@"; do
		cmdline "root=/dev/sda1 $word hostname=mine"
		capture
		is proc/cmdline "               $word"
	done
	cmdline 'ro init=/home/secret/sh quiet vfio.slots=x'
	capture
	is proc/cmdline '   init=/sh                   vfio.slots=x'
	for word in systemd.unit=secret.target BOOT_IMAGE=/vmlinuz ip=192.0.2.1 rd.luks.name=x systemd.hostname=mine nouveau.x=00:11:22:33:44:55 \
		vfio.x=0a3407de-014b-458b-b5c1-848e92a327a3 other.parameter=1 nouveau.config=secret.bin single=secret \
		vfio.x=192.0.2.1 vfio.x=2001:db8::1 pci=50:01:43:80:18:6b nouveau.wwn=0x50014380186b8e58 \
		efi=http://secret nfsroot=192.0.2.1:/secret netroot=iscsi:secret zfs=secret/root init=/home/secret/start; do
		cmdline "iommu=pt $word"
		capture
		is proc/cmdline iommu=pt
	done
}

# A quote that has no other, or stands where nobody means one, takes in words that are not meant.
test_stray_quotes() {
	for words in 'vfio.slots="01:00.0 root=LABEL=secret ip=secret' '"vfio.slots=01:00.0 root=LABEL=secret' \
		'vfio.slots=01:00.0" root=LABEL=secret "quiet' \
		'init="/home/secret/a" b/c"' 'nouveau.modeset=1" secret"' 'rescue="secret'; do
		cmdline "iommu=pt $words"
		capture
		is proc/cmdline iommu=pt
		stays
	done
	cmdline 'init="/home/secret/my sh" iommu="pt"'
	capture
	is proc/cmdline '                          iommu="pt"'
	cmdline 'init="/home/secret/sh" iommu="pt"'
	capture
	is proc/cmdline 'init="/sh"             iommu="pt"'
	stays
}

test_words_for_init() {
	cmdline 'ro -- secret rescue vfio=1'
	capture
	is proc/cmdline '   --        rescue'
	replays
	line 'result status=off *rescue*'
	stays
}

# What a line is, it is without those that are dropped, and without what is cut off.
test_lines_that_hang_together() {
	put etc/modprobe.d/a.conf 'options vfio-pci ids=10de:1b80 # mine \\\n my secret\nblacklist nouveau # \\\n# secret \\\nsoftdep secret\nsoftdep a pre: vfio-pci'
	put etc/modprobe.d/b.conf 'options vfio-pci \\\n# secret \\\n secret\noptions other \\\nblacklist secret\nblacklist nouveau \134'
	put etc/driverctl.d/0000:03:00.0 'vfio-pci\nsecret'
	put boot/config/vfio-pci.cfg 'BIND=03:00.0\v# secret'
	printf '01:00.0\v# secret\n02:00.0\302\240# secret\n#\0\n\0#\0s\0e\0c\0r\0e\0t\0\n' >"$conf"
	put proc/version 'Linux version 6.1\tsecret "6.1 secret"'
	put proc/cpuinfo 'flags\t\tsecret vmx\nflags\t\t: secret "vmx secret" vmx="secret" svm'
	capture
	ended 0
	nowhere secret
	is etc/modprobe.d/a.conf 'options vfio-pci ids=10de:1b80 #\n\nblacklist nouveau #\n\n\nsoftdep a pre: vfio-pci'
	is etc/modprobe.d/b.conf 'options vfio-pci \\\n#\n\n\n\nblacklist nouveau \134'
	is proc/version 'Linux version 6.1'
	is proc/cpuinfo 'flags\t\t: vmx svm'
	replays
	stays
}

# A manifest of others: what is read of it, in the form in which it is written.
test_manifest_of_a_tree() {
	rm -f "$root/proc/self/mountinfo"
	put usr/lib/vfio-early/manifest 'manifest kernel=6.1 owner=secret by="dra\\x63ut" stamp=1\nsecret a=1\nuse reason=boot-disk detail="secret" address=0000:03:00.0 "x=secret" path=00:1d.0/00.0 id=8086:f1a8 detail=secret'
	capture
	nowhere secret
	is usr/lib/vfio-early/manifest 'manifest kernel=6.1 by=dracut stamp=1\nuse reason=boot-disk address=0000:03:00.0 path=00:1d.0/00.0 id=8086:f1a8'
	replays
	stays
}

test_nothing_personal() {
	cmdline 'root=UUID=0a3407de-014b-458b-b5c1-848e92a327a3 secret=1 systemd.machine_id=secret quiet'
	put etc/hostname secret
	put etc/machine-id secret
	put etc/fstab 'LABEL=secret / ext4'
	put etc/vfio-early.conf '\357\273\277# secret\n01:00.0 # secret\n# secret'
	put etc/modprobe.d/a.conf '# secret\noptions other key=secret\nalias secret other'
	put etc/driverctl.d/secret vfio-pci
	put etc/driverctl.d/0000:03:00.0 'vfio-pci secret'
	put boot/config/vfio-pci.cfg '# secret\nBIND=03:00.0 # secret'
	put etc/modprobe.d/b.conf 'softdep a pre: vfio-pci # secret'
	put proc/version 'Linux version 6.12.107+deb13-amd64 (secret@host) #1 SMP Debian secret'
	put proc/cpuinfo 'processor\t: 0\nvendor_id\t: GenuineIntel\nserial\t: secret\nflags\t\t: secret vmx lm\n\nvendor_id\t: secret'
	put proc/interrupts '     CPU0\n  1:  2  3  IR-PCI-MSI 1-edge  secret\nSEC: 1 secret'
	put proc/iomem '00000000-00000fff : secret\n  d0000000-dfffffff : 0000:01:00.0\n    d0000000-d07fffff : BOOTFB'
	put $device/label secret
	put $device/vpd secret
	put $device/serial_number secret
	put $device/net/eth0/address secret
	put $device/drm/card0/card0-DP-1/edid secret
	put $device/drm/card0/card0-DP-1/status connected
	mkdir -p "$root/sys/class/drm"
	ln -s "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/drm/card0/card0-DP-1" "$root/sys/class/drm/card0-DP-1"
	echo SERIAL=secret >>"$root/$device/uevent"
	printf 'tail of secret' >>"$root/$device/config"
	put sys/firmware/acpi/tables/DMAR secret
	put sys/class/dmi/id/product_serial secret
	capture
	ended 0
	nowhere secret
	nowhere 0a3407de
	is proc/version 'Linux version 6.12.107+deb13-amd64 Debian'
	is proc/cpuinfo 'vendor_id\t: GenuineIntel\nflags\t\t: vmx'
	is proc/interrupts '0: IR-PCI-MSI'
	is proc/iomem '  d0000000-dfffffff : 0000:01:00.0\n    d0000000-d07fffff : BOOTFB'
	is sys/class/drm/card0-DP-1/status connected
	is etc/driverctl.d/0000:03:00.0 vfio-pci
	is boot/config/vfio-pci.cfg '\nBIND=03:00.0 #'
	is etc/modprobe.d/b.conf 'softdep a pre: vfio-pci #'
	[ ! -e "$copy/etc/modprobe.d/a.conf" ] || fail 'a file of which nothing is left'
	assertEquals 64 "$(stat -c %s "$copy/$device/config")"
	replays
	stays
}

test_modprobe() {
	put etc/modprobe.d/a.conf '# x\n options vfio_pci ids=10de:1b80 \\\\\n  disable_vga=1\noptions snd x=1 \\\\\n softdep\nsoftdep nouveau pre: vfio-pci\nblacklist nouveau'
	put lib/modprobe.d/a.conf 'blacklist hidden'
	capture
	is etc/modprobe.d/a.conf "$(printf '\\n options vfio_pci ids=10de:1b80 \\\\\\\\\\n  disable_vga=1\\n\\n\\nsoftdep nouveau pre: vfio-pci\\nblacklist nouveau')"
	nowhere hidden
}

# so that an import for this machine can be made elsewhere
test_import_from_a_copy() {
	put etc/modprobe.d/a.conf '# x\noptions vfio-pci ids=10de:1b80'
	put etc/driverctl.d/0000:03:00.0 vfio-pci
	cmdline 'quiet pci-stub.ids=8086:a36d'
	"$VFIO_EARLY" import --root "$root" >"$work/expected"
	capture
	"$VFIO_EARLY" import --root "$copy" >"$out"
	difference=$(diff -u "$work/expected" "$out") || fail "$difference"
}

test_framebuffer() {
	"$MKTREE" "$fixtures/image" "$fixtures/desktop.machine" - "$work/framebuffer" <<-END
		member 14 simple-framebuffer.0 simple-framebuffer
		dir sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/simple-framebuffer.0
		link sys/bus/platform/devices/simple-framebuffer.0 ../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/simple-framebuffer.0
		link sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/simple-framebuffer.0/driver ../../../../../bus/platform/drivers/simple-framebuffer
	END
	usual=$root root=$work/framebuffer
	capture
	replays
	line 'device address=simple-framebuffer.0 *'
	links_stay
	root=$usual
}

test_drivers_and_modules() {
	machine host-driver-first
	put sys/bus/pci/slots/3/address 0000:01:00
	put sys/module/secret/initstate live
	capture
	is sys/bus/pci/slots/3/address 0000:01:00
	for link in "$root"/sys/bus/pci/drivers/*/module; do
		[ -e "$link" ] || continue
		[ "$(cat "$copy/${link#"$root/"}/initstate")" = live ] || fail "no state: $link"
	done
	nowhere secret
}

# whether a function is virtual: a rehearsal reads it
test_physical_functions() {
	ln -s ../0000:01:00.0 "$root/sys/bus/pci/devices/0000:01:00.1/physfn"
	capture
	assertEquals ../0000:01:00.0 "$(readlink "$copy/sys/bus/pci/devices/0000:01:00.1/physfn")"
}

# members that are no PCI devices keep a driver, too
test_other_members() {
	machine platform-member
	capture
	real=sys/kernel/iommu_groups/9/devices/INT34BA:00
	assertEquals "$(readlink "$root/$real/driver")" "$(readlink "$copy/$real/driver")"
	[ -d "$copy/$real/driver" ] || fail 'no driver'
	replays
}

test_links_that_lead_out() {
	: >"$work/outside"
	ln -sfn /etc "$root/$device/subsystem"
	ln -sfn ../../../../../../../../../../../../etc "$root/$device/physfn"
	ln -sfn ../../../../outside "$root/sys/bus/pci/devices/0000:09:00.0"
	capture
	ended 0
	links_stay
	[ ! -e "$copy/$device/subsystem" ] || fail 'subsystem leads out'
	[ ! -L "$copy/$device/physfn" ] || fail 'physfn leads out'
}

# verify answers from a capture what it answers on the machine.
test_the_log_of_the_boot() {
	boot '01:00.0
01:07.0 10de:1b80
0000:03:00.0 siblings=nonsense
02:00.0
00:02.0'
	"$VFIO_EARLY" verify --root "$root" >"$work/verify"
	capture
	"$VFIO_EARLY" verify --root "$copy" >"$out"
	difference=$(sed '/nonsense/d' "$work/verify" | diff - "$out")
	assertEquals '1' "$(printf '%s\n' "$difference" | grep -c '^> FAIL configuration')"
	assertEquals 'the text of a mistake alone' 1 "$(printf '%s\n' "$difference" | grep -c '^[<>]')"
	grep -q '^FAIL last-display ' "$out" || fail "$(cat "$out")"
	assertNull 'a mistake is quoted' "$(grep nonsense "$copy/run/vfio-early.log")"
	cp "$copy/run/vfio-early.log" "$work/log"
	original=$root root=$copy
	copy=$work/copy-of-copy
	capture
	cmp "$work/log" "$copy/run/vfio-early.log" || fail 'a copy of the copy is another'
	rm -r "$copy"
	root=$original copy=$work/copy
}

test_directory_that_is_not_empty() {
	mkdir "$work/full"
	: >"$work/full/.hidden"
	into "$work/full"
	ended 3
	assertEquals .hidden "$(ls -A "$work/full")"
	grep -q 'is not empty' "$err" || fail "$(cat "$err")"
}

test_directory_that_is_empty() {
	mkdir "$work/empty"
	into "$work/empty"
	ended 0
	[ -e "$work/empty/$device/uevent" ] || fail 'nothing there'
}

test_directory_that_cannot_be_made() {
	into "$work/no/such/parent"
	ended 3
	: >"$work/file"
	into "$work/file"
	ended 3
}

test_no_pci() {
	rm -r "$root/sys/bus/pci"
	capture
	ended 3
	[ ! -e "$copy" ] || fail 'a directory was made'
}

test_nothing_is_written_elsewhere() {
	find "$root" -printf '%p %T@ %l\n' | sort >"$work/before"
	capture
	find "$root" -printf '%p %T@ %l\n' | sort | cmp -s - "$work/before" || fail 'the original was changed'
}

test_what_root_alone_may_read() {
	put etc/modprobe.d/a.conf 'blacklist x'
	chmod 0 "$root/etc/modprobe.d/a.conf"
	mkdir "$work/free"
	chmod 777 "$work/free"
	as_user capture "$work/free" || return
	ended 0
	assertEquals 'vfio-early: capture: 1 file could not be read without root rights: /etc/modprobe.d/a.conf' "$(cat "$err")"
}

test_what_it_says() {
	capture
	exact "Wrote $copy: $(find "$root/sys/bus/pci/devices" -type l | wc -l) PCI functions, $(find "$root/sys/kernel/iommu_groups" -mindepth 1 -maxdepth 1 | wc -l) IOMMU groups, 1 file with settings."
	has 'Look through it'
	assertEquals "Next: vfio-early check --root $copy" "$(tail -n 1 "$out")"
}

test_wrong_usage() {
	for arguments in '' --frobnicate '--root /' 'one two'; do
		# shellcheck disable=SC2086 # they are several
		"$VFIO_EARLY" capture $arguments >"$out" 2>"$err"
		status=$?
		ended 2
		[ -s "$err" ] || fail "no message for $arguments"
		assertEquals '' "$(cat "$out")"
	done
	"$VFIO_EARLY" capture --help >"$out" 2>"$err"
	status=$?
	ended 0
	has 'Usage: vfio-early capture'
}

suite() {
	for fixture in "$fixtures"/*.machine; do
		name=$(basename "$fixture" .machine)
		function=test_$(echo "$name" | tr - _)
		eval "$function() { replay_fixture $name; }"
		suite_addTest "$function"
	done
	sed -n 's/^\(test_[a-z_]*\)() {$/\1/p' "$here/capture.sh" >"$work/tests"
	while read -r function; do
		suite_addTest "$function"
	done <"$work/tests"
}

# The host command says there what it says here.
test_check_of_a_capture() {
	for name in desktop twins-by-path last-display vmd-disk; do
		machine $name
		host check --log
		cp "$out" "$work/here"
		rm -rf "$work/captured"
		"$VFIO_EARLY" capture --root "$root" "$work/captured" >/dev/null 2>&1
		"$VFIO_EARLY" check --log --root "$work/captured" >"$out" 2>"$err"
		cmp -s "$out" "$work/here" || fail "$name: $(diff "$work/here" "$out")"
		"$VFIO_EARLY" list --root "$root" >"$work/here"
		"$VFIO_EARLY" list --root "$work/captured" >"$out" 2>"$err"
		cmp -s "$out" "$work/here" || fail "$name: $(diff "$work/here" "$out")"
	done
}

# A copy has no mounts; what was used is told by the records of then.
test_what_the_host_used() {
	kernel 6.12.107+deb13-amd64
	runs
	capture
	"$VFIO_EARLY" list -J --root "$copy" >"$out"
	for pair in 0000:03:00.0=boot-disk 0000:00:17.0=null; do
		assertEquals "$pair" "${pair#*=}" "$(jq -r ".devices[] | select(.address == \"${pair%=*}\") | .used_by" "$out")"
	done
	rm "$root/proc/self/mountinfo"
	mounted 0:99 / weirdfs something
	capture
	"$VFIO_EARLY" list -J --root "$copy" >"$out"
	assertEquals unknown "$(jq -r '.devices[] | select(.address == "0000:00:17.0") | .used_by' "$out")"
}

# shellcheck source=/dev/null
. shunit2
