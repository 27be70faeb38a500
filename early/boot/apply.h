/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_APPLY_H
#define VFIO_EARLY_APPLY_H

#include "../core/model.h"

/* What became of a step: 0, -errno, or one of these. */
enum {
	OUTCOME_WAITING = 1,		/* its turn never came */
	OUTCOME_RUNNING,		/* (while the child runs) */
	OUTCOME_HUNG,			/* it did not come back in time */
	OUTCOME_DIED,			/* it ended the child: like a hung one, its device must be left alone */
	OUTCOME_SKIPPED,		/* an earlier step of its group had failed */
};

#define APPLY_STACK 32768		/* for each child: it reads links, but no directory, which would not fit */
#define APPLY_CHILDREN 3		/* in one call of apply() at most */

/*
 * Runs the steps in one child process and waits for it no longer than the
 * given seconds; a child that hangs in the kernel is left behind, and the
 * groups that it kept waiting get another one, with a few seconds of its own.
 * Returns an outcome for every step, in kept memory; never fails as a whole.
 */
const int *apply(const struct boot *boot, const struct plan *plan, unsigned seconds);

#endif
