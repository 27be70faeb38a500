/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DECIDE_H
#define VFIO_EARLY_DECIDE_H

#include "model.h"

/*
 * Reads all that matters below a root directory and goes through the stages
 * up to the guard. Cannot fail: what is missing or wrong is in the faults.
 */
void decide(int root, struct situation *situation);

/* The second half: from a situation in which all but the decision is there. */
void decide_on(struct situation *situation);

/* The kernel command line; empty, and a fault, if it cannot be read. */
struct cmdline read_cmdline(int root, struct faults *faults);

#endif
