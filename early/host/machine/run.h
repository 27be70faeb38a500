/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUN_H
#define VFIO_EARLY_RUN_H

#include "machine.h"

#define RUN_UNSTARTED (-1)
#define RUN_LEFT (-2)			/* to be typed in that system: nothing of a tree is run */

/*
 * Runs a program of the live system, "update-initramfs -u -k all": words between
 * blanks, no shell. Its exit code, or RUN_UNSTARTED; for a tree, RUN_LEFT, after
 * it has said what is left to type there.
 */
int run(const struct machine *machine, const char *command);

/* Where a program is that run() would take, below the root; NULL: it is not there. Kept. */
const char *program_path(const struct machine *machine, const char *name);

#endif
