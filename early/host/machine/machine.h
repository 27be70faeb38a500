/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MACHINE_H
#define VFIO_EARLY_MACHINE_H

#include "say.h"

#include <stdbool.h>

/*
 * The system that a command looks at: this one, or what --root and --config
 * name. Files of it are read with core/root.h, written with file.h, and
 * its programs run with run.h; nothing else opens, writes or runs anything.
 */
struct machine {
	const char *root;		/* "/" unless --root; for messages and for path names of the live system */
	int fd;				/* of root */
	int config_fd;			/* the directory that has etc/vfio-early.conf: fd unless --config */
	bool live;			/* root is "/"; else it is a tree, which may be anybody's */
	const char *kernel;		/* release that runs, or NULL */
};

/*
 * root and config may be NULL: "/" and root. EXIT_FINE, or, after a complaint,
 * EXIT_CANNOT_RUN. The descriptors stay open until the process ends.
 */
enum exit_code machine_open(const char *command, const char *root, const char *config, struct machine *machine);

/* The root of the system that this program runs in, also where the machine is a tree. */
int machine_here(void);

/* A path of that machine as a person can use it: "/etc/x", or with DIR of --root in front. Kept. */
const char *machine_path(const struct machine *machine, const char *path);

#endif
