/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BELOW_H
#define VFIO_EARLY_BELOW_H

#include <sys/types.h>

/*
 * openat2(2) below a directory: nothing that a path or a link says leads out
 * of it. For this room only; all other code reads with core/root.h.
 */

/*
 * With links followed as if the directory were "/" (RESOLVE_IN_ROOT). A
 * descriptor, or -errno.
 */
int below_open(int directory, const char *path, int flags);

/* Without any link on the way (RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS): -ELOOP if there is one. mode as for open(2). */
int below_open_straight(int directory, const char *path, int flags, mode_t mode);

#endif
