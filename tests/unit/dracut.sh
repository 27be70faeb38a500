#!/bin/sh
# The dracut module with dracut's functions replaced by ones that say what they are called for, and the
# unit of images with systemd.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	rm -rf "$work/d"
	mkdir -p "$work/d/etc" "$work/d/sbin" "$work/d/image"
	sed "s|@bindir@|$work/d/sbin|; s|/etc/vfio-early|$work/d/etc/vfio-early|g; s|/etc/kernel|$work/d/etc/kernel|; s|/proc/|$work/d/proc/|" \
		"$top/dracut-module/90vfio-early/module-setup.sh" >"$work/d/module-setup.sh"
	vfio_early 0 'manifest version=0.1.0 kernel=6.1.0-1 by=dracut' \
		'program /usr/lib/vfio-early/vfio-early-boot /usr/sbin/vfio-early-boot' \
		'file /etc/vfio-early.conf' 'file /etc/vfio-early.conf.d/a b.conf' \
		'file /lib/modules/6.1.0-1/kernel/vfio.ko' 'module path=kernel/vfio'
	included=
	lists=
	sysroot=$work/d
}

# vfio_early CODE LINE... : what it prints, and how it ends
vfio_early() {
	code=$1
	shift
	printf '%s\n' "$@" >"$work/d/manifest"
	cat >"$work/d/sbin/vfio-early" <<-END
	#!/bin/sh
	echo "\$*" >"$work/d/arguments"
	cat "$work/d/manifest"
	[ ! -e "$work/d/complaint" ] || cat "$work/d/complaint" >&2
	exit $code
	END
	chmod +x "$work/d/sbin/vfio-early"
}

# calls FUNCTION: its calls in $out, its exit code in $status
calls() {
	cat >"$work/d/dracut" <<-END
	set -u
	dracutmodules= add_dracutmodules= force_add_dracutmodules=
	$lists
	dracutsysrootdir=$sysroot outfile=/boot/initramfs-6.1.0-1.img kernel=6.1.0-1 initdir=$work/d/image moddir=/moddir systemdsystemunitdir=/units SYSTEMCTL=systemctl
	readonly manifest=dracut-112-has-one
	dracut_module_included() { case " $included " in *" \$1 "*) ;; *) return 1 ;; esac; }
	inst_simple() { echo "inst_simple \$*"; [ ! -e "$work/d/cannot" ]; }
	inst_hook() { echo "inst_hook \$*"; }
	systemctl() { echo "systemctl \$*"; }
	dwarn() { echo "dwarn \$*"; }
	. $work/d/module-setup.sh
	$1
	END
	bash "$work/d/dracut" >"$out" 2>"$err"
	status=$?
	[ ! -s "$err" ] || fail "$(cat "$err")"
}

test_stays_out_without_a_configuration() {
	mkdir "$work/d/etc/vfio-early.conf.d"
	: >"$work/d/etc/vfio-early.conf.d/notes.txt"
	calls check
	ended 255
}

test_comes_with_a_configuration() {
	echo 01:00.0 >"$work/d/etc/vfio-early.conf"
	calls check
	ended 0
}

test_comes_with_a_drop_in() {
	mkdir "$work/d/etc/vfio-early.conf.d"
	echo 01:00.0 >"$work/d/etc/vfio-early.conf.d/card.conf"
	calls check
	ended 0
}

# The boot says that it cannot be read.
test_comes_with_a_link_that_leads_nowhere() {
	ln -s nowhere "$work/d/etc/vfio-early.conf"
	calls check
	ended 0
}

test_comes_with_ids_of_modprobe() {
	vfio_early 0 'manifest version=0.1.0 kernel=6.1.0-1 by=dracut' 'ids list=10de:1b80 at=/etc/modprobe.d/vfio.conf:1'
	calls check
	ended 0
}

test_comes_with_kernel_parameters() {
	mkdir "$work/d/proc" "$work/d/etc/kernel"
	for words in 'vfio.slots=01:00.0' 'quiet vfio.ids=10de:1b80 ro' 'ro vfio-pci.ids=10de:1b80' 'vfio_pci.ids=10de:1b80'; do
		echo "$words" >"$work/d/proc/cmdline"
		rm -f "$work/d/etc/kernel/cmdline"
		calls check
		ended 0
		mv "$work/d/proc/cmdline" "$work/d/etc/kernel/cmdline"
		calls check
		ended 0
	done
	echo 'quiet vfio.early=off xvfio.ids=1' >"$work/d/etc/kernel/cmdline"
	calls check
	ended 255
}

test_stays_out_of_kdump() {
	echo 01:00.0 >"$work/d/etc/vfio-early.conf"
	for lists in 'add_dracutmodules=" kdumpbase "' 'dracutmodules="base kdump systemd"' \
		'force_add_dracutmodules=kdump'; do
		calls check
		ended 1
	done
	lists='add_dracutmodules="kdump-early lvm"'
	calls check
	ended 0
}

test_needs_base_only_without_systemd() {
	calls depends
	exact base
	included=systemd
	calls depends
	assertEquals '' "$(cat "$out")"
}

test_kernel_part_is_the_modules() {
	calls installkernel
	assertEquals 'inst_simple /lib/modules/6.1.0-1/kernel/vfio.ko' "$(cat "$out")"
	assertEquals "image --kernel 6.1.0-1 --builder dracut --root $work/d" "$(cat "$work/d/arguments")"
	ended 0
}

test_without_systemd() {
	calls install
	assertEquals 'inst_simple /usr/lib/vfio-early/vfio-early-boot /usr/sbin/vfio-early-boot
inst_simple /etc/vfio-early.conf
inst_simple /etc/vfio-early.conf.d/a b.conf
inst_hook cmdline 00 /moddir/vfio-early.sh' "$(cat "$out")"
	assertEquals "$(cat "$work/d/manifest")" "$(cat "$work/d/image/usr/lib/vfio-early/manifest")"
	ended 0
}

test_with_systemd() {
	included='base systemd'
	calls install
	exact 'inst_simple /units/vfio-early-boot.service'
	exact "systemctl -q --root $work/d/image add-wants sysinit.target vfio-early-boot.service"
	no_line 'inst_hook*'
	ended 0
}

test_mistakes_are_warnings() {
	vfio_early 1 "$(cat "$work/d/manifest")"
	echo 'vfio-early: /etc/vfio-early.conf:1:9: no such option: alow=x' >"$work/d/complaint"
	calls install
	exact 'dwarn vfio-early: /etc/vfio-early.conf:1:9: no such option: alow=x'
	exact 'inst_simple /etc/vfio-early.conf'
	ended 0
}

test_nothing_can_be_said() {
	vfio_early 3 ''
	echo 'vfio-early: image: /lib/modules/6.1.0-1: there is none' >"$work/d/complaint"
	calls install
	exact 'dwarn vfio-early: image: /lib/modules/6.1.0-1: there is none'
	ended 0
	calls installkernel
	ended 0
}

test_vfio_early_is_not_there() {
	rm "$work/d/sbin/vfio-early"
	calls install
	line 'dwarn *No such file or directory*'
	ended 0
}

test_what_cannot_be_copied_is_a_warning() {
	: >"$work/d/cannot"
	calls install
	exact 'dwarn vfio-early: /etc/vfio-early.conf could not be copied into the image'
	ended 0
}

# A child that hangs must not delay udevd, and what is not bound is no failure of the boot.
test_unit() {
	unit=$top/hooks/vfio-early-boot.service
	for setting in DefaultDependencies=no Type=oneshot RemainAfterExit=yes SuccessExitStatus=1 KillMode=process \
		TimeoutStopSec=1s ExecStart=/usr/sbin/vfio-early-boot WantedBy=sysinit.target; do
		assertTrue "$setting" "grep -Fxq '$setting' '$unit'"
	done
	for other in systemd-udevd systemd-udev-trigger systemd-modules-load dracut-cmdline; do
		assertTrue "before $other" "grep -q '^Before=.*$other.service' '$unit'"
	done
}

# vfio-early notes what is in which image, in the system that the image is for.
test_says_which_image_it_is() {
	calls install
	assertEquals "image --kernel 6.1.0-1 --builder dracut --root $work/d --image /boot/initramfs-6.1.0-1.img" \
		"$(cat "$work/d/arguments")"
	sysroot=
	calls install
	assertEquals 'image --kernel 6.1.0-1 --builder dracut --image /boot/initramfs-6.1.0-1.img' "$(cat "$work/d/arguments")"
}

# shellcheck source=/dev/null
. shunit2
