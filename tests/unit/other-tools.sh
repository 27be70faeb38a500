#!/bin/sh
# The settings of other tools where people really have them: what "import" translates, and what "check" says of them.
# shellcheck disable=SC2016 # what a script has in it is not expanded here
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
: "${VFIO_EARLY:=$top/build/test/vfio-early}"

setUp() {
	machine desktop
	printf '03:00.0\n' >"$conf"
}

# put PATH TEXT: a file below the root, in printf's format without the last newline
put() {
	mkdir -p "$(dirname "$root/$1")"
	# shellcheck disable=SC2059 # escapes in it are wanted
	printf -- "$2\n" >"$root/$1"
}

# imports STATUS LINE...: "import" ends so, and these are the lines of its configuration but for comments
imports() {
	"$VFIO_EARLY" import --root "$root" >"$out" 2>"$err"
	status=$?
	ended "$1"
	shift
	sed 's/[ \t]*#.*//; /^$/d' "$out" >"$work/lines"
	assertEquals "$(printf '%s\n' "$@" | sed '/^$/d')" "$(cat "$work/lines")"
}

# warns PATTERN: a WARN of "check" about an old setting, and nothing that FAILs for it
warns() {
	"$VFIO_EARLY" check --root "$root" >"$out" 2>"$err"
	line "WARN old setting *$1"
}

gpu='00:01.0/00.0 10de:1b80'
audio='00:01.0/00.1 10de:10f0'
other_gpu='00:01.1/00.0 10de:1b80'
other_audio='00:01.1/00.1 10de:10f0'
disk='00:1b.0/00.0 144d:a808'

test_lists_of_modules() {
	for list in etc/initramfs-tools/modules usr/share/initramfs-tools/modules.d/vfio etc/modules \
		etc/modules-load.d/vfio.conf; do
		put "$list" '# mine\nvfio\nvfio_pci ids=10de:1b80 disable_vga=1\nvfio_iommu_type1'
		imports 0 "$gpu" "$other_gpu"
		exact "# /$list:3: vfio_pci ids=10de:1b80 disable_vga=1"
		warns "/$list:3: * takes 01:00.0, 02:00.0, which the configuration does not name; it works no more*"
		line "*fix: remove line 3 of /$list, or translate it: vfio-early import"
		put "$list" 'vfio_pci'
		imports 0
		warns "/$list:1: vfio_pci is no longer needed"
		rm "$root/$list"
	done
	put etc/modules 'pci_stub ids=144d:a808'
	imports 0 "$disk"
	rm "$root/etc/modules"
	put etc/modules-load.d/vfio.txt 'vfio_pci ids=10de:1b80'
	imports 0
}

# Without a line of ours nothing loads vfio-pci before, and the setting goes on working.
test_a_list_works_on_where_nothing_is_configured() {
	rm "$conf"
	put etc/initramfs-tools/modules 'vfio_pci ids=10de:1b80'
	warns '/etc/initramfs-tools/modules:1: * takes 01:00.0, 02:00.0, which the configuration does not name'
}

test_what_an_image_builder_is_told() {
	for assignment in 'MODULES=(vfio_pci vfio)' 'MODULES=(ext4\n  vfio_pci\n)' 'MODULES="vfio-pci"' \
		'force_drivers+=" vfio vfio-pci "' "add_drivers+=' vfio_pci '" 'x=1\nMODULES=(vfio_pci'; do
		for file in etc/mkinitcpio.conf etc/mkinitcpio.conf.d/vfio.conf etc/dracut.conf etc/dracut.conf.d/vfio.conf; do
			put "$file" "# MODULES=(vfio_pci)\n$assignment"
			imports 0
			warns "/$file:[23]: * is no longer needed"
			assertEquals "$assignment" 1 "$(grep -c '^WARN old setting' "$out")"
			rm "$root/$file"
		done
	done
	put etc/mkinitcpio.conf 'MODULES=()\n=\nFILES=("/usr/local/bin/overrides" /etc/modprobe.d/vfio.conf)'
	put usr/local/bin/overrides '#!/bin/sh\nfor dev in 0000:02:00.0 0000:02:00.1; do\n\techo vfio-pci >/sys/bus/pci/devices/$dev/driver_override\ndone'
	put etc/modprobe.d/vfio.conf '# 0000:01:00.0'
	imports 0 "$other_gpu" "$other_audio"
	exact '# /usr/local/bin/overrides:2: for dev in 0000:02:00.0 0000:02:00.1; do'
}

test_install_lines_and_their_scripts() {
	put etc/modprobe.d/vfio.conf 'install vfio-pci /usr/bin/override.sh; /sbin/modprobe -i vfio-pci'
	put usr/bin/override.sh '#!/bin/sh\n# 0000:03:00.0\nDEVS="0000:01:00.0 01:00.1" # driver_override'
	imports 0 "$gpu" "$audio"
	exact '# names no device by itself'
	warns '/etc/modprobe.d/vfio.conf:1: install * is no longer needed'
	line 'WARN old setting */usr/bin/override.sh:3: * takes 01:00.0, 01:00.1, which the configuration does not name; it works no more*'
	printf '01:00.0\n' >"$conf"
	warns '/usr/bin/override.sh:3: * is no longer needed'
	# the siblings are not taken then
	printf '01:00.0 siblings=none\n' >"$conf"
	warns '/usr/bin/override.sh:3: * takes 01:00.1, *'
	put etc/modprobe.d/vfio.conf 'install vfio_pci echo vfio-pci >/sys/bus/pci/devices/0000:02:00.0/driver_override'
	rm "$root/usr/bin/override.sh"
	imports 0 "$other_gpu"
	put etc/modprobe.d/vfio.conf 'install snd_hda_intel /bin/sh 0000:02:00.0'
	imports 0
}

test_a_script_is_never_interpreted() {
	put etc/modprobe.d/vfio.conf 'install vfio-pci /usr/bin/override.sh'
	put usr/bin/override.sh '#!/bin/sh\nfor gpu in /sys/bus/pci/devices/*/boot_vga; do\n\techo vfio-pci >"${gpu%%/*}/driver_override"\ndone'
	imports 1
	grep -q '/usr/bin/override.sh:1: cannot be translated: it names no address and no ID' "$err" || fail "$(cat "$err")"
	warns '/usr/bin/override.sh:1: cannot be read: it names no address and no ID'
	no_line '*override.sh* is no longer needed'
	# what is no script, or one about something else
	put usr/bin/override.sh 'DEVS="0000:01:00.0"'
	imports 0
	put usr/bin/override.sh '#!/bin/sh\nlspci -s 0000:01:00.0'
	imports 0
	# as one of dracut's own for LVM
	put usr/lib/dracut/modules.d/90lvm/parse-lvm.sh '#!/bin/sh\nLV_DEVS="$(getargs rd.lvm.vg)"'
	imports 0
	warns '/etc/modprobe.d/vfio.conf:1: *'
	no_line '*90lvm*'
}

test_scripts_of_an_image() {
	for directory in etc/initramfs-tools/scripts/init-top usr/share/initramfs-tools/scripts/init-premount \
		usr/lib/dracut/modules.d/90vfio; do
		put "$directory/vfio.sh" '#!/bin/sh\nPREREQS=""\nDEVS="0000:01:00.0 0000:01:00.1"'
		imports 0 "$gpu" "$audio"
		warns "/$directory/vfio.sh:3: * takes 01:00.0, 01:00.1, which the configuration does not name"
		rm "$root/$directory/vfio.sh"
	done
	put etc/initramfs-tools/scripts/init-top/new-id '#!/bin/sh\necho "10de 1b80" > /sys/bus/pci/drivers/vfio-pci/new_id\necho 12:30:15.2 a10de:1b80 10de:1b80x 01:00 -01:00.0'
	imports 0 "$gpu" "$other_gpu"
	rm "$root/etc/initramfs-tools/scripts/init-top/new-id"
	put usr/lib/dracut/modules.d/90vfio-early/vfio-early.sh '#!/bin/sh\n# driver_override\necho 0000:01:00.0'
	imports 0
}

test_aliases() {
	put etc/modprobe.d/vfio.conf 'alias pci:v000010DEd00001B80sv*sd*bc03sc00i00 vfio-pci\nalias char-major-1 vfio-pci\nalias pci:v0 nouveau'
	imports 0
	warns '/etc/modprobe.d/vfio.conf:1: alias * is no longer needed'
	assertEquals 1 "$(grep -c '^WARN old setting' "$out")"
}

test_install_lines_that_keep_a_driver_off() {
	machine host-driver-first
	device=$(sed -n 's/^device address=\([^ ]*\) .*for=\/etc.*before=[a-z].*/\1/p' "$fixtures/host-driver-first.expected" | head -n 1)
	module=$(basename "$(readlink "$root/sys/bus/pci/devices/$device/driver/module")")
	for command in /bin/false /usr/bin/false /bin/true; do
		put etc/modprobe.d/off.conf "install $module $command\ninstall $module /bin/sh $command\ninstall pcspkr $command"
		warns "/etc/modprobe.d/off.conf:1: install $module $command is no longer needed"
		assertEquals 1 "$(grep -c '^WARN old setting' "$out")"
	done
}

test_dpdk() {
	put etc/dpdk/interfaces '# pci 0000:01:00.0 vfio-pci\npci 0000:03:00.0 vfio-pci\npci 0000:02:00.0 igb_uio # old\nvmbus 1 uio\npci'
	imports 1 "$disk"
	grep -q '/etc/dpdk/interfaces:3: cannot be translated: igb_uio is no driver of VFIO' "$err" || fail "$(cat "$err")"
	warns '/etc/dpdk/interfaces:2: pci 0000:03:00.0 vfio-pci is no longer needed'
	line 'WARN old setting */etc/dpdk/interfaces:3: cannot be read: igb_uio is no driver of VFIO'
}

test_proxmox() {
	put etc/pve/qemu-server/100.conf 'boot: order=scsi0\nhostpci0: 0000:01:00,pcie=1,x-vga=1\nhostpci1: host=03:00.0;02:00.1\n[before]\nhostpci0: 02:00.0'
	imports 0 "$gpu" "$audio" "$disk" "$other_audio"
	exact '# /etc/pve/qemu-server/100.conf:2: hostpci0: 0000:01:00,pcie=1,x-vga=1'
	"$VFIO_EARLY" check --root "$root" >"$out"
	no_line 'WARN old setting *'
	no_line 'WARN guest *'
	put etc/pve/qemu-server/100.conf 'hostpci0: mapping=card,pcie=1'
	imports 1
	grep -q '/etc/pve/qemu-server/100.conf:1: cannot be translated: mapping=card' "$err" || fail "$(cat "$err")"
}

# domain PATH ELEMENT MANAGED
domain() {
	put "$1" "<domain type='kvm'>\n  <$2 mode='subsystem' type='pci' managed='$3'>\n    <source>\n      <address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>\n    </source>\n    <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n  </${2%% *}>\n</domain>"
}

test_libvirt() {
	domain etc/libvirt/qemu/win10.xml hostdev yes
	imports 0 "$disk"
	exact "# /etc/libvirt/qemu/win10.xml:2: 0000:03:00.0 managed='yes'"
	"$VFIO_EARLY" check --root "$root" >"$out"
	line 'WARN guest * /etc/libvirt/qemu/win10.xml:2: libvirt gives 03:00.0 back to the host when the guest stops'
	domain etc/libvirt/qemu/win10.xml hostdev no
	imports 0 "$disk"
	"$VFIO_EARLY" check --root "$root" >"$out"
	no_line 'WARN guest *'
	domain etc/libvirt/qemu/win10.xml "interface type='hostdev'" yes
	imports 0 "$disk"
	put etc/libvirt/qemu/win10.xml "<hostdev mode='subsystem' type='usb' managed='yes'><source><address bus='3' device='2'/></source></hostdev>\n<hostdev type='pci'"
	imports 0
}

test_a_blank_in_a_list() {
	put etc/modprobe.d/vfio.conf 'options vfio-pci ids=144d:a808, 10de:1b80'
	imports 1 "$disk"
	grep -q '/etc/modprobe.d/vfio.conf:1: cannot be translated: 10de:1b80 stands behind a blank, which ends the list' "$err" ||
		fail "$(cat "$err")"
	warns '/etc/modprobe.d/vfio.conf:1: cannot be read: 10de:1b80 stands behind a blank, which ends the list'
	no_line '*is no longer needed'
	put etc/modprobe.d/vfio.conf 'options vfio-pci ids=144d:a808 disable_vga'
	imports 0 "$disk"
	rm "$root/etc/modprobe.d/vfio.conf"
	cmdline 'vfio-pci.ids=144d:a808, 10de:1b80 quiet'
	imports 1 "$disk"
}

test_classes_and_masks() {
	put etc/modprobe.d/vfio.conf 'options vfio-pci ids=10de:ffffffff:ffffffff:ffffffff:00030000:ffff00ff,1234:ffffffff:ffffffff:ffffffff:1:1,0x144d:0xa808:ffffffff:1'
	imports 0 "$gpu" "$other_gpu"
	exact '# 1234:ffffffff:ffffffff:ffffffff:1:1: no such device is there now'
	warns '/etc/modprobe.d/vfio.conf:1: * takes 01:00.0, 02:00.0, which the configuration does not name'
	put etc/modprobe.d/vfio.conf 'options vfio-pci ids=zzzz'
	imports 1
	warns '/etc/modprobe.d/vfio.conf:1: cannot be read: ids=: not VENDOR:DEVICE*'
	no_line '*is no longer needed'
}

# shellcheck source=/dev/null
. shunit2
