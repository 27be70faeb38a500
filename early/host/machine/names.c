/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How devices are called for a person: libpci's names, and short addresses. */
#include "names.h"

#include "../../core/text.h"

#include <pci/pci.h>
#include <string.h>

#define NAME_SIZE 256
#define LOOKUP PCI_LOOKUP_NO_HWDB	/* udev's copy of the same names; libpci leaks what it opens for it */

__attribute__((format(printf, 1, 2)))
static void say_nothing(char *format, ...)
{
	(void)format;
}

/* Without pci_init(): it ends the program where there is no bus, and names need none. */
static struct pci_access *access_to_names(void)
{
	static struct pci_access *access;

	if (!access) {
		access = pci_alloc();
		access->warning = say_nothing;
		access->debug = say_nothing;
	}
	return access;
}

const char *name_of_device(const struct device *device)
{
	char name[NAME_SIZE];

	return keep_string(pci_lookup_name(access_to_names(), name, sizeof(name), LOOKUP | PCI_LOOKUP_DEVICE,
					   device->id.vendor, device->id.device));
}

const char *name_of_class(const struct device *device)
{
	char name[NAME_SIZE];

	return keep_string(pci_lookup_name(access_to_names(), name, sizeof(name), LOOKUP | PCI_LOOKUP_CLASS,
					   (int)(device->class >> 8)));
}

const char *address_shown(const char *name)
{
	return text_begins(name, "0000:") ? name + strlen("0000:") : name;
}

const char *device_shown(const struct device *device)
{
	return device->is_pci ? text_of("%s %s", address_shown(device->name), name_of_device(device)) : device->name;
}
