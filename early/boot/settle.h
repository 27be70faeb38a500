/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SETTLE_H
#define VFIO_EARLY_SETTLE_H

#include "../core/model.h"

/*
 * After the steps of plan_forward(): reads every driver link back and says of
 * each group and member what became of it.
 */
void settle(struct situation *situation, const struct plan *plan, const int *outcomes);

/* The same after the steps of plan_return(). */
void settle_returned(struct situation *situation, const struct plan *plan, const int *outcomes);

#endif
