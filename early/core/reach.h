/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REACH_H
#define VFIO_EARLY_REACH_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * How root.c gets at something below a root directory. Each program has its
 * own: the boot program's root is its own "/", where each of these is one
 * system call; the host command's may be the tree of a stranger, which must not
 * lead out of itself nor to a device. A failure sets errno.
 */

/* For reading: a descriptor, or -1. Never waits for the other end of a FIFO. */
int reach_file(int root, const char *path);
int reach_directory(int root, const char *path);

/* Like readlink(2): what a symbolic link says, not terminated. */
ssize_t reach_link(int root, const char *path, char *target, size_t size);

/* Whether there is anything, be it a link that leads nowhere. */
bool reach_anything(int root, const char *path);

#endif
