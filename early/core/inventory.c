/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as sysfs shows it: functions of the PCI bus, their place, driver and IOMMU group. */
#include "inventory.h"

#include "address.h"
#include "memory.h"
#include "root.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define DEVICES "sys/bus/pci/devices"
#define CONFIG_HEADER_TYPE 0x0e

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

/* The value of "KEY=value" in a uevent text, terminated at its end of line and kept; or NULL. */
static const char *uevent_value(const char *uevent, const char *key)
{
	size_t length = strlen(key);
	const char *line = uevent;

	while (line) {
		if (!strncmp(line, key, length) && line[length] == '=')
			return keep_bytes(line + length + 1, strcspn(line + length + 1, "\n"));
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return NULL;
}

const char *device_bus(const struct device *device)
{
	return device->is_pci ? "pci" : "platform";
}

/* An attribute or link of a device; by its real path it costs the kernel the least. */
static const char *attribute_of(const struct device *device, const char *attribute)
{
	if (device->real && *device->real)
		return text_of("sys/%s/%s", device->real, attribute);
	return text_of("sys/bus/%s/devices/%s/%s", device_bus(device), device->name, attribute);
}

/* "KEY=number" or "KEY=number:number"; false, with zeroes, if it is not there. */
static bool uevent_numbers(const char *uevent, const char *key, unsigned long *first, unsigned long *second)
{
	const char *value = uevent_value(uevent, key);
	struct scan scan = { .at = value, .end = value ? value + strlen(value) : NULL };

	*first = scan_hex(&scan, 1, 6, 0xffffff);
	if (second) {
		scan_byte(&scan, ':');
		*second = scan_hex(&scan, 1, 4, 0xffff);
	}
	return scan_is_done(&scan);
}

/*
 * What stands behind the host bridge (pciDDDD:BB) in the real path, as the
 * kernel's pci= parameters write it (drivers/pci/pci.c:pci_dev_str_match_path).
 * A VMD controller is a host bridge of its own.
 */
static const char *path_of(const char *real)
{
	const char *start = NULL, *at = real;
	struct text path = { 0 };
	struct pci_address address;

	while ((at = strstr(at, "/pci"))) {
		at++;
		if (!strchr(at, '/'))
			break;
		start = strchr(at, '/') + 1;
	}
	while (start && *start) {
		size_t length = strcspn(start, "/");

		if (!address_of_name(keep_bytes(start, length), &address))
			return NULL;
		if (path.length)
			text_print(&path, "/%02x.%x", address.device, address.function);
		else if (address.domain)
			text_add(&path, start, length);
		else
			text_print(&path, "%02x:%02x.%x", address.bus, address.device, address.function);
		start += length + (start[length] == '/');
	}
	return path.bytes;
}

static void read_place(const struct inventory *inventory, struct device *device)
{
	const char *link = root_link(inventory->root, text_of(DEVICES "/%s", device->name));

	while (link && text_begins(link, "../"))
		link += 3;
	device->real = link && text_begins(link, "devices/") ? link : "";
	device->path = path_of(device->real);
}

static bool read_uevent(const struct inventory *inventory, struct device *device)
{
	const char *uevent = root_text(inventory->root, attribute_of(device, "uevent"));
	unsigned long first, second;

	if (!uevent)
		return false;
	device->driver = uevent_value(uevent, "DRIVER");
	uevent_numbers(uevent, "PCI_CLASS", &first, NULL);
	device->class = (uint32_t)first;
	uevent_numbers(uevent, "PCI_ID", &first, &second);
	device->id.vendor = (uint16_t)first;
	device->id.device = (uint16_t)second;
	device->id.has_subsystem = uevent_numbers(uevent, "PCI_SUBSYS_ID", &first, &second);
	device->id.subvendor = (uint16_t)first;
	device->id.subdevice = (uint16_t)second;
	return true;
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
	struct device *device = keep(sizeof(*device));

	device->address = *address;
	device->name = address_name(address);
	device->is_pci = true;
	if (with_place)			/* attributes read by the real path cost the kernel less */
		read_place(inventory, device);
	if (!read_uevent(inventory, device))
		return NULL;
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

/* Of a device whose configuration space tells nothing the class tells as much. */
static uint8_t header_type_of_class(uint32_t class)
{
	switch (class >> 8) {
	case 0x0604:
	case 0x0609:
		return 1;
	case 0x0607:
		return 2;
	default:
		return 0;
	}
}

/* There are the types 0, 1 and 2 (drivers/pci/probe.c:pci_setup_device): all ones come from no device. */
static void read_header_type(const struct inventory *inventory, struct device *device)
{
	uint8_t bytes[CONFIG_HEADER_TYPE + 1];

	device->header_type = header_type_of_class(device->class);
	/* the kernel takes class 0604 from what has another header type */
	if (device->class >> 8 == 0x0604 ||
	    !root_bytes(inventory->root, attribute_of(device, "config"), bytes, sizeof(bytes)))
		return;
	/* a virtual function has no vendor there (PCIe 9.3.4.1.1), but a header type */
	device->silent = bytes[0] == 0xff && bytes[1] == 0xff && bytes[CONFIG_HEADER_TYPE] == 0xff;
	if ((bytes[CONFIG_HEADER_TYPE] & 0x7f) <= 2)
		device->header_type = bytes[CONFIG_HEADER_TYPE] & 0x7f;
}

void inventory_detail(struct inventory *inventory, struct device *device)
{
	const char *override;

	if (device->detailed || !device->is_pci)
		return;
	device->detailed = true;
	if (!device->real)
		read_place(inventory, device);
	read_header_type(inventory, device);
	if (!device->group)
		device->group = inventory_group_now(inventory, device);
	override = root_attribute(inventory->root, attribute_of(device, "driver_override"));
	device->override_known = override;
	/* unset reads as "(null)" */
	device->override = override && *override && strcmp(override, "(null)") ? override : NULL;
}

/* A member of a group that is no PCI device: ACPI and platform devices. */
static struct device *other_member(const struct inventory *inventory, const char *group, const char *name)
{
	struct device *device = keep(sizeof(*device));

	device->name = name;
	device->driver = root_link_name(inventory->root,
					text_of("sys/kernel/iommu_groups/%s/devices/%s/driver", group, name));
	return device;
}

bool inventory_group(struct inventory *inventory, const char *group, struct devices *members)
{
	struct strings names = { 0 };
	struct pci_address address;

	if (root_list(inventory->root, text_of("sys/kernel/iommu_groups/%s/devices", group), &names))
		return false;
	for_each(name, &names) {
		struct device *device = NULL;

		if (address_of_name(*name, &address)) {
			device = inventory_at(inventory, &address);
			if (!device && root_exists(inventory->root, text_of(DEVICES "/%s", *name)))
				return false;
			if (!device && inventory->walked)
				continue;	/* not on the bus */
		}
		if (!device)
			device = other_member(inventory, group, *name);
		device->group = group;
		inventory_detail(inventory, device);
		*list_add(members) = device;
	}
	return true;
}

const char *inventory_group_now(const struct inventory *inventory, const struct device *device)
{
	return root_link_name(inventory->root, attribute_of(device, "iommu_group"));
}

const char *inventory_driver_now(const struct inventory *inventory, const struct device *device)
{
	return root_link_name(inventory->root, attribute_of(device, "driver"));
}

bool device_is_bridge(const struct device *device)
{
	return device->header_type != 0 || device->class >> 8 == 0x0600 || device->class >> 8 == 0x0601;
}

bool device_is_display(const struct device *device)
{
	return device->class >> 8 == 0x0300 || device->class >> 8 == 0x0301 || device->class >> 8 == 0x0380;
}
