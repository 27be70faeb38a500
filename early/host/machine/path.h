/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PATH_H
#define VFIO_EARLY_PATH_H

#include <stdbool.h>

/* The parts of a path; a path without a slash is in ".". Kept. */
const char *path_directory(const char *path);
const char *path_name(const char *path);

/* Whether a file name ends so, and has something before it: "x.conf", ".conf". */
bool name_ends(const char *name, const char *ending);

#endif
