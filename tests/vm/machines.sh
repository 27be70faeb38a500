# The hardware that scenarios are put together from: QEMU arguments without
# spaces in them. Sourced; addresses are what the guest sees.
# shellcheck shell=sh disable=SC2034

# Machines. The IOMMU has to come before every other device.
intel='-M q35,kernel-irqchip=split
	-device intel-iommu,intremap=on,caching-mode=on,device-iotlb=on'
amd='-M q35 -device amd-iommu'
virtio_iommu='-M q35 -device virtio-iommu-pci,addr=1.0'
no_iommu='-M q35'

# arm64: these with builders=arm64; the firmware decides between device tree and
# ACPI (firmware=uefi).
arm64='-M virt,iommu=smmuv3,gic-version=3'
arm64_no_iommu='-M virt,gic-version=3'
arm64_virtio_iommu='-M virt,gic-version=3 -device virtio-iommu-pci,addr=1.0'

# 00:08.0 [1013:00b8]: the display that the host keeps.
display='-device cirrus-vga,addr=8.0'

# 01:00.0 [1234:1111] and 01:00.1 [8086:293e] behind 00:02.0: a graphics card
# with sound, one group of its own.
card='-device pcie-root-port,id=port2,chassis=2,addr=2.0
	-device secondary-vga,bus=port2,addr=0.0,multifunction=on
	-device ich9-intel-hda,bus=port2,addr=0.1,id=sound2'

# 02:00.0 and 02:00.1 behind 00:03.0: the same card once more.
twin='-device pcie-root-port,id=port3,chassis=3,addr=3.0
	-device secondary-vga,bus=port3,addr=0.0,multifunction=on
	-device ich9-intel-hda,bus=port3,addr=0.1'

# [8086:10d3] behind 00:04.0, on the next free bus.
nic='-device pcie-root-port,id=port4,chassis=4,addr=4.0
	-device e1000e,bus=port4'

# The disk "root" of a machine with a real root, on the next free slot.
virtio_root='-device virtio-blk-pci,drive=root'

# Three PCIe-to-PCI bridges, for streams.sh: behind them 02:01.0 and 02:02.0, a NIC
# with a network; 04:01.0 alone; 06:01.0 and 06:02.0. A fourth, 00:05.0, is
# conventional on both sides, with 07:01.0 alone. No driver of the host wants any but
# the NIC.
shared_streams='-device pcie-root-port,id=port2,chassis=2,addr=2.0
	-device pcie-pci-bridge,id=bridge2,bus=port2
	-device edu,bus=bridge2,addr=1.0
	-netdev user,id=net -device e1000,netdev=net,bus=bridge2,addr=2.0
	-device pcie-root-port,id=port3,chassis=3,addr=3.0
	-device pcie-pci-bridge,id=bridge3,bus=port3
	-device edu,bus=bridge3,addr=1.0
	-device pcie-root-port,id=port4,chassis=4,addr=4.0
	-device pcie-pci-bridge,id=bridge4,bus=port4
	-device edu,bus=bridge4,addr=1.0
	-device edu,bus=bridge4,addr=2.0
	-device pci-bridge,id=bridge5,chassis_nr=5,shpc=off,addr=5.0
	-device edu,bus=bridge5,addr=1.0'
# Or a driver in the kernel would have the bridges, and no group be viable.
no_shpchp='initcall_blacklist=shpcd_init'
