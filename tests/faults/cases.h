/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CASES_H
#define VFIO_EARLY_CASES_H

#include "run.h"
#include "tree.h"

struct scenario {
	const char *name;		/* of its machine */
	const char *faults;		/* of the simulated kernel, in every run */
	const char *only;		/* the one system call that fails there, and nothing else does; NULL: all */
};

/* What goes wrong in one run. */
struct test {
	char faults[240];		/* of the simulated kernel */
	struct disturbance disturbance;
	bool disturbed;			/* there is one */
	bool hangs, unkillable;
	bool way_back;			/* it concerns a device that is given back */
	char device[NAME_SIZE];		/* whose call of the simulated kernel it is, "" if of none */
	const char *error;		/* with which that call fails, NULL if it does something else */
	char asked[NAME_SIZE];		/* what is asked for, "" if the machine says that */
};

struct tests {
	struct test *items;
	size_t count;
};

/* One in which nothing does. */
struct test *add_test(struct tests *tests);

/* Each call of the simulated kernel that an undisturbed run has left in after goes wrong, in every way but to hang. */
void plan_faults(struct tests *tests, const struct scenario *scenario, const struct tree *before,
		 const struct tree *after);

/* Each of them hangs; once more in a child that cannot be killed, if that can be done. */
void plan_hangs(struct tests *tests, const struct scenario *scenario, const struct tree *after, bool unkillable);

/* Each system call of an undisturbed run fails, or is the last one of the child or of all. */
void plan_calls(struct tests *tests, const struct scenario *scenario, const struct calls *calls, int kind);

/* In words. */
const char *describe(const struct test *test);

#endif
