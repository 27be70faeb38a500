/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TRIAL_H
#define VFIO_EARLY_TRIAL_H

#include "cases.h"

/* A fake machine on the disk. */
struct machine {
	char root[256];
	struct tree before;		/* every run */
	struct tree after;		/* an undisturbed run */
};

void make_machine(struct machine *machine, const char *description, const char *root);
void remove_machine(struct machine *machine);

/* Fills in .after; record: NULL, or where to note the system calls. */
void run_undisturbed(struct machine *machine, const char *faults, struct calls *record);

/* A run in which something goes wrong: NULL, or how it has left the machine as it must not. */
const char *try(struct machine *machine, const struct test *test);

#endif
