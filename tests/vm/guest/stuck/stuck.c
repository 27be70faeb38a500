// SPDX-License-Identifier: GPL-2.0-or-later
/* A driver of NICs (8086:10d3) that takes its device and never lets go: its remove() sleeps for ever. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>

static int stuck_probe(struct pci_dev *device, const struct pci_device_id *id)
{
	return 0;
}

static void stuck_remove(struct pci_dev *device)
{
	for (;;)
		msleep(1000);
}

static const struct pci_device_id stuck_ids[] = { { PCI_DEVICE(0x8086, 0x10d3) }, { } };

static struct pci_driver stuck_driver = {
	.name = "stuck", .id_table = stuck_ids, .probe = stuck_probe, .remove = stuck_remove,
};
module_pci_driver(stuck_driver);

MODULE_DEVICE_TABLE(pci, stuck_ids);
MODULE_DESCRIPTION("Never lets go of its device");
MODULE_LICENSE("GPL");
