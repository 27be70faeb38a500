/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PARTS_H
#define VFIO_EARLY_PARTS_H

#include "trial.h"

#define PROCESSORS 2			/* workers where the cases keep them busy */
#define SLEEPERS 12			/* and where they sleep most of the time */

/* What the workers of a part share. */
struct tally {
	size_t next;			/* case to take */
	size_t passed, failed;
};

extern struct tally *tally;

/* Where a worker may put its machine; to be freed by nobody. */
const char *own_root(void);

/* Adds up a case, and prints it if it is one of the first that went wrong. */
void count(const char *part, const char *name, const struct test *test, const char *wrong);

/* Several processes that each take the next case until none is left. */
typedef void worker(const void *argument);
void work_in_parallel(unsigned workers, worker *work_on, const void *argument);

/* The machines are those of one name, or all with NULL. */
void run_boots(const char *only);

#endif
