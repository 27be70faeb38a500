/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_INVENTORY_H
#define VFIO_EARLY_INVENTORY_H

#include "model.h"

/*
 * The machine, read from sysfs only as far as the answer needs it: a slot
 * costs the same on a small and on a large machine.
 */
void inventory_open(int root, const char *kernel_release, struct inventory *inventory);

/* Whether there is a PCI bus to look at. */
bool inventory_has_bus(const struct inventory *inventory);

/* The function at an address, or NULL. Reads its link and its uevent file, once. */
struct device *inventory_at(struct inventory *inventory, const struct pci_address *address);

/* The function behind a bridge at device << 3 | function, or NULL. */
struct device *inventory_behind(struct inventory *inventory, const struct device *bridge, uint8_t hop);

/*
 * One function of the bus after the other, in no order: from 0 on, NULL behind
 * the last. Reads no more of them than are asked for.
 */
struct device *inventory_nth(struct inventory *inventory, size_t index);

/* Every function of the bus: after it, inventory->devices is complete. */
void inventory_walk(struct inventory *inventory);

/* Forgets the functions that are no longer there. Never waits, also while a device hangs in a step. */
void inventory_forget_missing(struct inventory *inventory);

/*
 * The members of an IOMMU group, by name; also such that are no PCI devices.
 * False if the group cannot be read.
 */
bool inventory_group(struct inventory *inventory, const char *group, struct devices *members);

#endif
