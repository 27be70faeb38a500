#!/bin/sh
# The shortest script that guides have people put into the initramfs: it overrides
# the devices that it lists and loads the driver. It knows no group, takes nothing
# from a driver and looks at no result. The benchmark writes all devices in.
DEVICES='@DEVICES@'

if [ -n "$(ls -A /sys/class/iommu)" ]; then
	for device in $DEVICES; do
		echo vfio-pci >/sys/bus/pci/devices/"$device"/driver_override
	done
fi
modprobe -i vfio-pci
