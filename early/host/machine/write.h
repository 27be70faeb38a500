/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_WRITE_H
#define VFIO_EARLY_WRITE_H

#include "machine.h"

#include <stddef.h>

/*
 * Each writes a file so that at any moment, also after a crash, the old or the
 * new content is there and nothing between. The file keeps its mode, or gets
 * 0644. 0, or -errno, and then nothing is left behind: -ELOOP where a symbolic
 * link stands at the path or on the way, -EINVAL where there is no regular file.
 */

/* A file that is ours alone. Directories are made where they are missing, mode 0755. */
int write_ours(const struct machine *machine, const char *path, const char *content, size_t length);

/* A file of others that is there: on the live system at the end of its links, if it is one. */
int write_theirs(const struct machine *machine, const char *path, const char *content, size_t length);

/* A file that the command line names, of the system that this program runs in. */
int write_named(const char *file, const char *content, size_t length);

/* Removes a file that is ours alone, as durably: 0 also if there is none. */
int remove_ours(const struct machine *machine, const char *path);

/* The same as mkdir -p below a directory, through no link. 0 or -errno. */
int make_directories(int directory, const char *path);

#endif
