/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ATOMIC_FILE_H
#define VFIO_EARLY_ATOMIC_FILE_H

#include <stddef.h>

/*
 * Writes a file below the root so that at any moment, also after a crash, the
 * old or the new content is there and nothing between. Directories are made
 * where they are missing, mode 0755; the file keeps its mode, or gets 0644. 0, or
 * -errno: -ELOOP where path is a symbolic link, which is not followed, -EINVAL
 * where it is no regular file. Nothing is left behind after an error.
 */
int write_atomically(int root, const char *path, const char *content, size_t length);

/* Removes a file in the same way: 0 also if there is none. */
int remove_durably(int root, const char *path);

#endif
