/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DISABLE_LINES_H
#define VFIO_EARLY_DISABLE_LINES_H

#include "../../image/rehearse.h"

/* The lines of the configuration that give away what "disable" names. */
struct lines {
	LIST(const struct request *) ours;	/* to take out of the file of "enable" */
	LIST(const struct request *) theirs;	/* in another file, or about another device of the same group */
};

/*
 * Finds them for each argument among the requests of a rehearsal, and says
 * which arguments no line is about. EXIT_FINE, or, after a complaint,
 * EXIT_PROBLEM: neither a device nor a line is what an argument names.
 */
enum exit_code lines_find(const struct machine *machine, struct rehearsal *rehearsal, struct lines *lines);

#endif
