/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OUTCOME_H
#define VFIO_EARLY_OUTCOME_H

/* What became of a step: 0, -errno, or one of these. */
enum {
	OUTCOME_WAITING = 1,		/* its turn never came */
	OUTCOME_RUNNING,		/* (while the child runs) */
	OUTCOME_HUNG,			/* it did not come back in time */
	OUTCOME_DIED,			/* it ended the child: like a hung one, its device must be left alone */
	OUTCOME_SKIPPED,		/* an earlier step of its group had failed */
};

/* 0 or -errno: -ETIMEDOUT for what hung, -EINTR for what died, -ECANCELED for what waits; 0 for what was skipped. */
int outcome_error(int outcome);

#endif
