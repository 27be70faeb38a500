/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_READ_BACK_H
#define VFIO_EARLY_READ_BACK_H

#include "../core/model.h"

/*
 * What became of the steps, and of the machine. Only driver links are read,
 * which never waits, also while a device hangs in one of its steps.
 */

/* After the steps of plan_forward(): the result of each group and member. */
void read_back(struct boot *boot, const struct plan *plan, const int *outcomes);

/* Before plan_return(): the driver that each member of a group that is not taken has now. */
void read_drivers_to_return(struct boot *boot);

/*
 * After the steps of plan_return(): whether to plan and go back once more.
 * Something is not as it was found, and nothing hangs, which would hang again.
 */
bool return_is_worth_repeating(struct boot *boot, const struct plan *plan, const int *outcomes);

/* After the last steps of plan_return(): the same as read_back() for the groups that are not taken. */
void read_back_returned(struct boot *boot, const struct plan *plan, const int *outcomes);

#endif
