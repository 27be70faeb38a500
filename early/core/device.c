/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One device: from its directory in sysfs to what the decision has to know of it. */
#include "device.h"

#include "address.h"
#include "memory.h"
#include "root.h"
#include "text.h"

#include <string.h>

#define CONFIG_HEADER_TYPE 0x0e

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

static void read_place(int root, struct device *device)
{
	const char *link = root_link(root, text_of("sys/bus/pci/devices/%s", device->name));

	while (link && text_begins(link, "../"))
		link += 3;
	device->real = link && text_begins(link, "devices/") ? link : "";
	device->path = path_of(device->real);
}

static bool read_uevent(int root, struct device *device)
{
	const char *uevent = root_text(root, attribute_of(device, "uevent"));
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

struct device *device_read(int root, const struct pci_address *address, bool with_place)
{
	struct device *device = keep(sizeof(*device));

	device->address = *address;
	device->name = address_name(address);
	device->is_pci = true;
	if (with_place)			/* attributes read by the real path cost the kernel less */
		read_place(root, device);
	if (!read_uevent(root, device))
		return NULL;
	return device;
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
static void read_header_type(int root, struct device *device)
{
	uint8_t bytes[CONFIG_HEADER_TYPE + 1];

	device->header_type = header_type_of_class(device->class);
	/* the kernel takes class 0604 from what has another header type */
	if (device->class >> 8 == 0x0604 ||
	    !root_bytes(root, attribute_of(device, "config"), bytes, sizeof(bytes)))
		return;
	/* a virtual function has no vendor there (PCIe 9.3.4.1.1), but a header type */
	device->silent = bytes[0] == 0xff && bytes[1] == 0xff && bytes[CONFIG_HEADER_TYPE] == 0xff;
	if ((bytes[CONFIG_HEADER_TYPE] & 0x7f) <= 2)
		device->header_type = bytes[CONFIG_HEADER_TYPE] & 0x7f;
}

void device_detail(int root, struct device *device)
{
	const char *override;

	if (device->detailed || !device->is_pci)
		return;
	device->detailed = true;
	if (!device->real)
		read_place(root, device);
	read_header_type(root, device);
	if (!device->group)
		device->group = device_group_now(root, device);
	override = root_attribute(root, attribute_of(device, "driver_override"));
	device->override_known = override;
	/* unset reads as "(null)" */
	device->override = override && strcmp(override, "(null)") ? override : NULL;
}

const char *device_group_now(int root, const struct device *device)
{
	return root_link_name(root, attribute_of(device, "iommu_group"));
}

const char *device_driver_now(int root, const struct device *device)
{
	return root_link_name(root, attribute_of(device, "driver"));
}

bool device_is_bridge(const struct device *device)
{
	return device->header_type != 0 || device->class >> 8 == 0x0600 || device->class >> 8 == 0x0601;
}

bool device_is_display(const struct device *device)
{
	return device->class >> 8 == 0x0300 || device->class >> 8 == 0x0301 || device->class >> 8 == 0x0380;
}
