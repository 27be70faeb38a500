/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GUARD_H
#define VFIO_EARLY_GUARD_H

#include "model.h"

/*
 * The parts of guard_groups(), in the order in which it calls them. Each adds
 * refusals to groups, or warnings to the decision, and changes nothing else.
 */

/* Whether the group shows all that belongs to it: shared streams, functions whose group is not known. */
void guard_membership(struct group *group, struct boot *boot);

/* What the host needs, as the image says. What a person names is theirs to give, unless the boot waits for it. */
void guard_uses(struct group *group, struct boot *boot);

/* Where it is not known which function serves the host so: whether this one may. */
bool may_serve(enum refusal reason, const struct device *device);

/* Keyboards are counted over everything that is taken: the group that would take the last one is refused. */
void guard_input(struct boot *boot);

/* The same of displays. */
void guard_displays(struct boot *boot);

/* Whether the host loses the device together with its group. */
bool is_lost(const struct member *member);

/* Whether it loses a display with it. */
bool takes_display(const struct member *member);

#endif
