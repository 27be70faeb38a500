/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODPROBE_D_H
#define VFIO_EARLY_MODPROBE_D_H

#include "machine.h"

#include <stdbool.h>
#include <stddef.h>

/* A file of modprobe.d(5). */
struct modprobe_file {
	const char *name, *path;	/* path below the root */
	bool is_of_people;		/* not of the distribution: in /etc, /run or /usr/local */
};

struct modprobe_files {
	struct modprobe_file *items;
	size_t count;
};

/* Those that modprobe reads, in its order: none that another of the same name hides. */
struct modprobe_files modprobe_files(const struct machine *machine);

#endif
