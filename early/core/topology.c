/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where functions hang, from their real paths and the configuration space of the bridges above them. */
#include "topology.h"

#include "address.h"
#include "device.h"
#include "inventory.h"
#include "root.h"
#include "text.h"

#include <string.h>

#define CONFIG_SIZE 256
#define CONFIG_CAPABILITIES 0x34
#define CAPABILITY_PCIE 0x10
#define CAPABILITIES_MAX 48		/* as many as fit: a list that is longer goes in a circle */
#define CLASS_PCI_BRIDGE 0x0604

/* Device/port types of the PCI Express capability (include/uapi/linux/pci_regs.h:PCI_EXP_TYPE_*). */
enum pcie_type {
	PCIE_ROOT_PORT = 4, PCIE_UPSTREAM = 5, PCIE_DOWNSTREAM = 6, PCIE_TO_PCI = 7,
	PCIE_NONE = -1,			/* a conventional device */
	PCIE_UNKNOWN = -2,		/* its configuration space cannot be read so far */
};

bool device_is_below(const struct device *device, const struct device *ancestor)
{
	size_t length = strlen(ancestor->real);

	return !strncmp(device->real, ancestor->real, length) && device->real[length] == '/';
}

/* The function whose name stands there, detailed; NULL if it is none, or one that is not there. */
static struct device *function_named(struct inventory *inventory, const char *start, const char *end)
{
	struct device *device = NULL;
	struct pci_address address;

	if (address_of_name(keep_bytes(start, (size_t)(end - start)), &address))
		device = inventory_at(inventory, &address);
	if (device)
		device_detail(inventory->root, device);
	return device;
}

/* It has a host bridge of its own below it in the real path. */
struct device *controller_of(struct inventory *inventory, const struct device *device)
{
	const char *start = device->real, *end;
	struct device *controller = NULL;

	for (; !controller && (end = strchr(start, '/')); start = end + 1)
		if (text_begins(end, "/pci"))
			controller = function_named(inventory, start, end);
	return controller;
}

static int pcie_type(const struct inventory *inventory, const struct device *device)
{
	uint8_t config[CONFIG_SIZE];
	unsigned at, left = CAPABILITIES_MAX;

	if (!root_bytes(inventory->root, text_of("sys/%s/config", device->real), config, sizeof(config)))
		return PCIE_UNKNOWN;
	for (at = config[CONFIG_CAPABILITIES] & ~3u; at && left--; at = config[at + 1] & ~3u)
		if (config[at] == CAPABILITY_PCIE)
			return config[at + 2] >> 4;
	return PCIE_NONE;
}

bool is_pcie_port(const struct inventory *inventory, const struct device *device)
{
	int type;

	if (device->class >> 8 != CLASS_PCI_BRIDGE)
		return false;
	type = pcie_type(inventory, device);
	return type == PCIE_ROOT_PORT || type == PCIE_UPSTREAM || type == PCIE_DOWNSTREAM;
}

/*
 * Whether the bus behind it is conventional, as CardBus always is. A controller
 * (VMD) is no bridge; what pcieport has is a port.
 */
static bool makes_conventional_bus(const struct inventory *inventory, const struct device *bridge)
{
	int type;

	if (bridge->header_type == 2)
		return true;		/* its list of capabilities begins elsewhere */
	if (bridge->header_type != 1 || text_same(bridge->driver, "pcieport"))
		return false;
	type = pcie_type(inventory, bridge);
	return type == PCIE_NONE || type == PCIE_TO_PCI;
}

struct device *conventional_bridge_of(struct inventory *inventory, const struct device *device)
{
	const char *start = device->real, *end;

	for (; (end = strchr(start, '/')); start = end + 1) {
		struct device *above = function_named(inventory, start, end);

		if (above && makes_conventional_bus(inventory, above))
			return above;
	}
	return NULL;
}

struct devices functions_behind(struct inventory *inventory, const struct device *bridge)
{
	struct devices functions = { 0 };

	inventory_walk(inventory);
	for_each(item, &inventory->devices) {
		device_detail(inventory->root, *item);
		if (!(*item)->header_type && device_is_below(*item, bridge))
			*list_add(&functions) = *item;
	}
	return functions;
}

struct devices groupless_neighbours(struct inventory *inventory, const struct device *device)
{
	struct devices neighbours = { 0 };
	struct strings names = { 0 };
	const char *bus;
	bool root_bus;

	if (!device->path)
		return neighbours;
	root_bus = !strchr(device->path, '/');
	bus = keep_bytes(device->real, (size_t)(strrchr(device->real, '/') - device->real));
	root_list(inventory->root, text_of("sys/%s", bus), &names);
	for_each(name, &names) {
		struct device *other = function_named(inventory, *name, *name + strlen(*name));

		if (!other || other == device || other->group)
			continue;
		if (!root_bus || other->address.device == device->address.device)
			*list_add(&neighbours) = other;
	}
	return neighbours;
}
