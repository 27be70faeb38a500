/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DECIDE_H
#define VFIO_EARLY_DECIDE_H

#include "model.h"

/*
 * Reads all that matters below a root directory and goes through the stages
 * up to the guard. Cannot fail: what is missing or wrong is in the faults.
 */
void decide(int root, struct situation *situation);

#endif
