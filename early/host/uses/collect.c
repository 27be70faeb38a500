/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host has of its PCI functions, collected from each kind of device. */
#include "parts.h"

#include "../machine/maker.h"
#include "../../core/address.h"
#include "../../core/device.h"
#include "../../core/inventory.h"

#include <stdlib.h>

static int compare_uses(const void *a, const void *b)
{
	return (int)((const struct use *)a)->kind - (int)((const struct use *)b)->kind;
}

/* The host loses a virtual function with the physical one, and a disk behind VMD with the controller. */
static void add_makers(const struct machine *machine, struct uses *uses)
{
	struct inventory inventory;
	size_t i;

	inventory_open(machine->fd, machine->kernel, &inventory);
	/* the makers of makers, too: the list grows on the way */
	for (i = 0; i < uses->count; i++) {
		const struct use use = uses->items[i];
		struct device *device = NULL, *maker;
		struct pci_address address;

		if (use.device && address_of_name(use.device, &address))
			device = inventory_at(&inventory, &address);
		if (!device)
			continue;
		device_detail(inventory.root, device);
		maker = maker_of(&inventory, device);
		if (maker)
			uses_add(uses, maker->name, use.kind, use.detail);
	}
}

void uses_collect(const struct machine *machine, struct uses *uses)
{
	struct root_network needs = { 0 };

	*uses = (struct uses) { 0 };
	uses_add_displays(machine, uses);
	uses_add_storage(machine, uses, &needs);
	uses_add_network(machine, uses, &needs);
	uses_add_input(machine, uses);
	add_makers(machine, uses);
	if (uses->count)
		qsort(uses->items, uses->count, sizeof(*uses->items), compare_uses);
}
