#!/bin/sh
# The longer form of guides and of tools in shell: each device is taken from its
# driver and given to vfio-pci, and so is the rest of its IOMMU group. It looks at
# no result. The benchmark writes the devices in.
DEVICES='@DEVICES@'

modprobe vfio-pci
for device in $DEVICES; do
	for member in /sys/bus/pci/devices/"$device"/iommu_group/devices/*; do
		# bridges stay with the host
		case $(cat "$member/class") in
		0x06*) continue ;;
		esac
		address=$(basename "$member")
		if [ -e "$member/driver" ]; then
			echo "$address" >"$member/driver/unbind"
		fi
		echo vfio-pci >"$member/driver_override"
		echo "$address" >/sys/bus/pci/drivers_probe
	done
done
