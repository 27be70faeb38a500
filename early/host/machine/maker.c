/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that are there only while the driver of another works: from such a one to that other. */
#include "maker.h"

#include "../../core/address.h"
#include "../../core/inventory.h"
#include "../../core/root.h"
#include "../../core/text.h"
#include "../../core/topology.h"

static const char *physical_name(const struct inventory *inventory, const struct device *device)
{
	return root_link_name(inventory->root, text_of("sys/bus/pci/devices/%s/physfn", device->name));
}

bool is_virtual(const struct inventory *inventory, const struct device *device)
{
	return physical_name(inventory, device);
}

struct device *maker_of(struct inventory *inventory, const struct device *device)
{
	const char *physical = physical_name(inventory, device);
	struct pci_address address;

	if (physical && address_of_name(physical, &address))
		return inventory_at(inventory, &address);
	return controller_of(inventory, device);
}
