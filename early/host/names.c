/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of devices and classes: libpci's. */
#include "names.h"

#include <pci/pci.h>

#define NAME_SIZE 256

static struct pci_access *access_to_names(void)
{
	static struct pci_access *access;

	if (!access)
		access = pci_alloc();	/* not initialized: the list of names needs no bus */
	return access;
}

const char *name_of_device(const struct device *device)
{
	char name[NAME_SIZE];

	return keep_string(pci_lookup_name(access_to_names(), name, sizeof(name), PCI_LOOKUP_DEVICE,
					   device->id.vendor, device->id.device));
}

const char *name_of_class(const struct device *device)
{
	char name[NAME_SIZE];

	return keep_string(pci_lookup_name(access_to_names(), name, sizeof(name), PCI_LOOKUP_CLASS,
					   (int)(device->class >> 8)));
}
