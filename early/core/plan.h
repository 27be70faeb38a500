/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PLAN_H
#define VFIO_EARLY_PLAN_H

#include "model.h"

/* What the plans of stages.h share. */

/* Adds a step with a member. group: is given up if it fails, and its rest skipped; NULL: none is. */
void plan_step(struct plan *plan, enum step_kind kind, struct group *group, struct member *member, const char *value);

/* One kind of step, for one member of a group. */
typedef void planner(struct plan *plan, struct group *group, struct member *member);
void for_all_members(struct boot *boot, struct plan *plan, planner *plan_member);

/* A device that the host must not get although it is not taken (else=none). */
bool is_kept_driverless(const struct member *member);

/* The override that the steps forward give a member; NULL: none. */
const char *intended_override(const struct group *group, const struct member *member);

/* The one that it has in the end if its group is not taken. */
const char *override_if_not_taken(const struct member *member);

#endif
