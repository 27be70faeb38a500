/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as sysfs shows it: the functions of the PCI bus, each read when somebody asks for it. */
#include "inventory.h"

#include "address.h"
#include "device.h"
#include "memory.h"
#include "root.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define DEVICES "sys/bus/pci/devices"

void inventory_open(int root, const char *release, struct inventory *inventory)
{
	*inventory = (struct inventory) { .root = root };

	if (release) {
		struct scan scan = { .at = release, .end = release + strlen(release) };
		unsigned long major = scan_decimal(&scan, 3, 255), minor;

		scan_byte(&scan, '.');
		minor = scan_decimal(&scan, 3, 255);
		if (!scan.wrong)
			inventory->kernel = (unsigned)(major << 8 | minor);
	}
}

bool inventory_has_bus(const struct inventory *inventory)
{
	return root_exists(inventory->root, DEVICES);
}

/* Among the first count devices. */
static struct device *find(const struct inventory *inventory, size_t count, const struct pci_address *address)
{
	while (count--)
		if (!address_compare(&inventory->devices.items[count]->address, address))
			return inventory->devices.items[count];
	return NULL;
}

static struct device *add_device(struct inventory *inventory, const struct pci_address *address, bool with_place)
{
	struct device *device = device_read(inventory->root, address, with_place);

	if (device)
		*list_add(&inventory->devices) = device;
	return device;
}

struct device *inventory_at(struct inventory *inventory, const struct pci_address *address)
{
	struct device *device = find(inventory, inventory->devices.count, address);

	return device || inventory->walked ? device : add_device(inventory, address, true);
}

struct device *inventory_behind(struct inventory *inventory, const struct device *bridge, uint8_t hop)
{
	struct strings names = { 0 };
	struct pci_address address;

	root_list(inventory->root, text_of(DEVICES "/%s", bridge->name), &names);
	for_each(name, &names)
		if (address_of_name(*name, &address) && (address.device << 3 | address.function) == hop)
			return inventory_at(inventory, &address);
	return NULL;
}

static int compare_devices(const void *a, const void *b)
{
	return address_compare(&(*(struct device *const *)a)->address, &(*(struct device *const *)b)->address);
}

/* Reads the next function of the bus that is not known yet; false behind the last. */
static bool read_next(struct inventory *inventory)
{
	struct devices *devices = &inventory->devices;
	size_t known = devices->count;
	struct pci_address address;

	if (!inventory->listed)
		root_list(inventory->root, DEVICES, &inventory->names);
	inventory->listed = true;
	while (inventory->next < inventory->names.count)
		if (address_of_name(inventory->names.items[inventory->next++], &address) &&
		    !find(inventory, known, &address) && add_device(inventory, &address, false))
			return true;
	return false;
}

struct device *inventory_nth(struct inventory *inventory, size_t index)
{
	const struct devices *devices = &inventory->devices;

	if (index < devices->count || (!inventory->walked && read_next(inventory)))
		return devices->items[index];
	return NULL;
}

void inventory_walk(struct inventory *inventory)
{
	struct devices *devices = &inventory->devices;

	if (inventory->walked)
		return;
	while (read_next(inventory))
		;
	if (devices->count)
		qsort(devices->items, devices->count, sizeof(*devices->items), compare_devices);
	inventory->walked = true;
}

void inventory_forget_missing(struct inventory *inventory)
{
	struct devices there = { 0 };

	for_each(device, &inventory->devices)
		if (root_exists(inventory->root, text_of(DEVICES "/%s", (*device)->name)))
			*list_add(&there) = *device;
	inventory->devices = there;
}

/* A member of a group that is no PCI device: ACPI and platform devices. */
static struct device *other_member(const struct inventory *inventory, const char *group, const char *name)
{
	struct device *device = keep(sizeof(*device));

	device->name = name;
	device->real = "";
	device->driver = root_link_name(inventory->root,
					text_of("sys/kernel/iommu_groups/%s/devices/%s/driver", group, name));
	return device;
}

static bool is_hidden(const struct inventory *inventory, const struct pci_address *address)
{
	for_each(device, &inventory->hidden)
		if (!address_compare(&(*device)->address, address))
			return true;
	return false;
}

bool inventory_group(struct inventory *inventory, const char *group, struct devices *members)
{
	struct strings names = { 0 };
	struct pci_address address;

	if (root_list(inventory->root, text_of("sys/kernel/iommu_groups/%s/devices", group), &names))
		return false;
	for_each(name, &names) {
		struct device *device = NULL;

		if (!address_of_name(*name, &address))
			device = other_member(inventory, group, *name);
		else if (!is_hidden(inventory, &address))
			device = inventory_at(inventory, &address);
		else
			continue;
		if (!device && root_exists(inventory->root, text_of(DEVICES "/%s", *name)))
			return false;
		if (!device)
			continue;	/* it has just been pulled out */
		device->group = group;
		device_detail(inventory->root, device);
		*list_add(members) = device;
	}
	return true;
}
