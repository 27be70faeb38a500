/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host has of its PCI functions, collected from each kind of device. */
#include "parts.h"

#include <stdlib.h>

static int compare_uses(const void *a, const void *b)
{
	return (int)((const struct use *)a)->kind - (int)((const struct use *)b)->kind;
}

void uses_collect(const struct machine *machine, struct uses *uses)
{
	struct root_network needs = { 0 };

	*uses = (struct uses) { 0 };
	uses_add_displays(machine, uses);
	uses_add_storage(machine, uses, &needs);
	uses_add_network(machine, uses, &needs);
	uses_add_input(machine, uses);
	if (uses->count)
		qsort(uses->items, uses->count, sizeof(*uses->items), compare_uses);
}
