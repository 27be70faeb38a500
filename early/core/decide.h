/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DECIDE_H
#define VFIO_EARLY_DECIDE_H

#include "model.h"

/*
 * Reads all that matters below a root directory and goes through the stages
 * up to the guard. Cannot fail: what is missing or wrong is in the errors.
 */
void decide(int root, struct boot *boot);

/* The second half of it, for a boot in which all but the decision is there. */
void decide_on(struct boot *boot);

/* The kernel command line; empty, and an error, if it cannot be read. */
struct cmdline read_cmdline(int root, struct errors *errors);

#endif
