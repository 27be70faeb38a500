/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of guard_groups(): what the image says of the host. */
#ifndef VFIO_EARLY_GUARD_H
#define VFIO_EARLY_GUARD_H

#include "model.h"

/* What the host needs. What a person names is theirs to give, unless the boot waits for it. */
void guard_uses(struct group *group, struct inventory *inventory, const struct manifest *manifest);

/* Keyboards are counted over everything that is taken: the group that would take the last one is refused. */
void guard_input(struct decision *decision, struct inventory *inventory, const struct manifest *manifest);

#endif
