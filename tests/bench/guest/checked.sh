#!/bin/sh
# The same as group.sh, as careful scripts do it: it looks which driver has a device
# before it takes it, and after it whether vfio-pci has it. Of the scripts, only this
# one does what vfio-early does with a group. The benchmark writes the devices in.
DEVICES='@DEVICES@'

driver_of() {
	basename "$(readlink "$1/driver")"
}

modprobe vfio-pci
for device in $DEVICES; do
	for member in /sys/bus/pci/devices/"$device"/iommu_group/devices/*; do
		case $(cat "$member/class") in
		0x06*) continue ;;
		esac
		address=$(basename "$member")
		driver=$(driver_of "$member")
		if [ "$driver" != vfio-pci ]; then
			if [ -n "$driver" ]; then
				echo "$address" >"/sys/bus/pci/drivers/$driver/unbind"
			fi
			echo vfio-pci >"$member/driver_override"
			echo "$address" >/sys/bus/pci/drivers_probe
		fi
		if [ "$(driver_of "$member")" != vfio-pci ]; then
			echo "$address could not be bound to vfio-pci" >&2
		fi
	done
done
