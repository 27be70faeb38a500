# What scenarios do to the modules of an image of initramfs-tools, after its other
# hooks. Sourced.
# shellcheck shell=sh disable=SC2154

# late_hook NAME COMMAND
late_hook() {
	mkdir -p "$etc/initramfs-tools/hooks"
	cat >"$etc/initramfs-tools/hooks/$1" <<-END
	#!/bin/sh
	[ "\$1" != prereqs ] || { echo vfio-early vm-test; exit 0; }
	$2
	END
	chmod 755 "$etc/initramfs-tools/hooks/$1"
}

without_modprobe() {
	# shellcheck disable=SC2016
	late_hook without-modprobe 'rm -f "$DESTDIR"/sbin/modprobe "$DESTDIR"/usr/sbin/modprobe'
}

with_other_compression() {
	# shellcheck disable=SC2016
	late_hook with-other-compression 'find "$DESTDIR" -name "*.ko*" -path "*vfio*" |
	while read -r module; do
		case $module in *.xz) xz -d "$module" ;; esac
		zstd -q --rm "${module%.xz}"
	done'
}

# early_script NAME COMMAND: runs in init-top, sorted by its name.
early_script() {
	mkdir -p "$etc/initramfs-tools/scripts/init-top"
	cat >"$etc/initramfs-tools/scripts/init-top/$1" <<-END
	#!/bin/sh
	[ "\$1" != prereqs ] || exit 0
	$2
	END
	chmod 755 "$etc/initramfs-tools/scripts/init-top/$1"
}

# on_arm64 before|after COMMANDS: run before vfio-early, or after the drivers have come.
# on_arm64 modules NAME: is in the image, too.
on_arm64() {
	mkdir -p "$etc/vm"
	echo "$2" >>"$etc/vm/$1"
}

# run_is COMMAND COMMAND: what makes /run bad for vfio-early, and good for udev.
run_is() {
	early_script 00-aaa-run "$1"
	early_script 01-run "$2"
}
