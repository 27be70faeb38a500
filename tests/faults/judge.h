/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_JUDGE_H
#define VFIO_EARLY_JUDGE_H

#include "run.h"
#include "tree.h"

#define LATE_DRIVER "late_driver"	/* of those that come while the program runs */

/* What must be known of a run to judge it. */
struct judged {
	const struct run *run;
	const struct tree *before, *after;
	bool lied;			/* something looked to the program as if it were not there */
	bool way_back;			/* something went wrong on the way back */
	const char *device, *error;	/* whose call failed, with what; NULL: none did */
};

/*
 * What is wrong, as a text of one line, or NULL. It follows from the trees
 * and the log alone, by what the design says; nothing of the program is in it.
 */
const char *judge(const struct judged *judged);

bool log_is_whole(const struct tree *tree);

/* The next function of the bus, from *i on; "" at the end. */
const char *next_device(const struct tree *tree, size_t *i);

/* The path of a file of a function; "" if there is no such function. */
const char *attribute(const struct tree *tree, const char *address, const char *name);

/* "" for none. */
const char *driver_in(const struct tree *tree, const char *address);

/* Every function has the driver and the override that it has in the other tree; else what differs. */
const char *compare_devices(const struct tree *wanted, const struct tree *actual);

#endif
