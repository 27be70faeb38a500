#!/bin/sh
# Step for step what the best known script for groups does (vfio-pci-bind, of the
# AUR), for one device after the other: it looks for an IOMMU, leaves bridges out,
# loads the driver, overrides, unbinds and probes each member of the group, gives
# the group to a user and shows the outcome. Where it calls setpci, which is in no
# initramfs, this reads a file. The benchmark writes the devices in.
DEVICES='@DEVICES@'

bind_group() {
	target=/sys/bus/pci/devices/$1
	if [ ! -d "$target/iommu" ]; then
		echo "$1: no IOMMU" >&2
		return 1
	fi
	members=
	for member in "$target"/iommu_group/devices/*; do
		case $(cat "$member/class") in
		0x06*) ;;
		*) members="$members $member" ;;
		esac
	done
	modprobe -i vfio-pci || return 1
	for member in $members; do
		echo vfio-pci >"$member/driver_override"
		if [ -d "$member/driver" ]; then
			driver=$(readlink "$member/driver")
			[ "${driver##*/}" != vfio-pci ] || continue
			echo "${member##*/}" >"$member/driver/unbind"
		fi
		echo "${member##*/}" >/sys/bus/pci/drivers_probe
	done
	group=$(readlink "$target/iommu_group")
	chown 0:0 "/dev/vfio/${group##*/}"
	# shellcheck disable=SC2010 # as it does it
	ls -l /sys/bus/pci/drivers/vfio-pci | grep -E '[0-9a-f]{4}:'
	ls -l /dev/vfio
}

for device in $DEVICES; do
	bind_group "$device" >/dev/null
done
