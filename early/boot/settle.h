/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SETTLE_H
#define VFIO_EARLY_SETTLE_H

#include "../core/model.h"

/*
 * After the steps of plan_forward(): reads every driver link back and says of
 * each group and member what became of it.
 */
void settle(struct boot *boot, const struct plan *plan, const int *outcomes);

/*
 * After the steps of plan_return(): whether it is worth making that plan and
 * going back once more. Something is not as it was found, and nothing hangs,
 * which would hang again.
 */
bool settle_goes_back_again(struct boot *boot, const struct plan *plan, const int *outcomes);

/* The same as settle() after the last steps of plan_return(). */
void settle_returned(struct boot *boot, const struct plan *plan, const int *outcomes);

#endif
