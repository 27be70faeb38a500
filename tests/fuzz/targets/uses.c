/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is a machine, as a tree: what its host uses each device for. */
#include "../fuzz.h"

#include "../../../early/core/address.h"
#include "../../../early/host/uses.h"

#include <assert.h>

void one_input(const char *bytes, size_t length)
{
	/* libmount reads on its own, and finds nothing there */
	struct machine machine = { .root = "/nonexistent", .fd = TREE, .config_fd = TREE };
	struct pci_address address;
	struct uses uses;

	tree_plant(bytes, length);
	uses_collect(&machine, &uses);
	for_each(use, &uses) {
		assert(use->kind == USE_CONSOLE || address_of_name(use->device, &address));
		assert(uses_of(&uses, use->device));
	}
}
