/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_STATUS_H
#define VFIO_EARLY_STATUS_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * What is at a path below a directory: owner, mode, time. 0 or -errno. follow:
 * also behind a link that stands at the end. Opens no device and waits for
 * nothing.
 */
int status_of(int directory, const char *path, bool follow, struct stat *status);

#endif
