/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ROOT_H
#define VFIO_EARLY_ROOT_H

#include "model.h"

/*
 * Reading below a root directory. Paths are relative to the descriptor and
 * have no leading slash. Errors are -errno; what is returned is kept.
 */

/*
 * The content of a file of at most limit bytes, terminated; it may contain
 * NUL. -EISDIR, -EINVAL for what is no regular file, -EFBIG if it is larger.
 */
int root_read(int root, const char *path, size_t limit, const char **content, size_t *length);

/* What one read(2) gives of a text file, as much as sysfs ever has; NULL if it cannot be read. */
const char *root_text(int root, const char *path);

/* The same up to the end of the first line. */
const char *root_attribute(int root, const char *path);

/* The first length bytes of a binary attribute; false if there are fewer. */
bool root_bytes(int root, const char *path, void *bytes, size_t length);

/* Whether a text file has these words in its first 16 MiB; reads no further than needed. */
bool root_contains(int root, const char *path, const char *wanted);

/* Where a symbolic link points, or NULL. */
const char *root_link(int root, const char *path);

/* The last component of where a symbolic link points, or NULL: the driver of a device, its group. */
const char *root_link_name(int root, const char *path);

/* Names in a directory in C-locale order, without those that begin with a dot. */
int root_list(int root, const char *path, struct strings *names);

bool root_exists(int root, const char *path);

void strings_add(struct strings *strings, const char *string);

/* Unless it is there already. */
void strings_add_once(struct strings *strings, const char *string);

/* All of them in one text; NULL if there are none. */
const char *strings_join(const struct strings *strings, const char *separator);

#endif
