/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decision, in four stages that share no state but their arguments:
 * select -> groups -> guard -> plan. The dry run and the boot both come
 * through here.
 */
#ifndef VFIO_EARLY_STAGES_H
#define VFIO_EARLY_STAGES_H

#include "model.h"

/* Which devices the requests name, with what they ask for; and which requests name none. */
void select_devices(const struct config *config, struct inventory *inventory, struct selection *selection);

/* The devices that a selector names now. */
struct devices select_now(const struct selector *selector, struct inventory *inventory);

/* The IOMMU groups of the selected devices, and the role of each member. */
void group_devices(struct decision *decision, struct inventory *inventory);

/* The refusals of each group, with their remedies. */
void guard_groups(struct boot *boot);

/* What is worth a warning about the groups that are taken. */
void warn_of_groups(struct boot *boot);

/* The steps that bring the machine where the decision wants it, in the order in which they are safe; none if it is there. */
struct plan plan_forward(struct boot *boot);

/* In a recovery boot: only what is to be kept from the host in any case (else=none). */
struct plan plan_recovery(struct boot *boot);

/*
 * The steps that put failed and refused groups back as they were found: the
 * difference between member.before and member.after, which is to be read
 * afresh for that. Hung members are left alone.
 */
struct plan plan_return(struct boot *boot);

/* Whether a member of a failed or refused group was read with another driver than it was found with, and is to lose it. */
bool has_changed(const struct group *group, const struct member *member);

#endif
