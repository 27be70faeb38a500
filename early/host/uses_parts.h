/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of uses_collect(). */
#ifndef VFIO_EARLY_USES_PARTS_H
#define VFIO_EARLY_USES_PARTS_H

#include "uses.h"

void uses_add(struct uses *uses, const char *device, enum use_kind kind, const char *detail);

/* The PCI function nearest to the end of a path in sysfs, kept; NULL: the path has none. */
const char *function_in(const char *path);

void uses_add_storage(const struct machine *machine, struct uses *uses);
void uses_add_network(const struct machine *machine, struct uses *uses);

#endif
