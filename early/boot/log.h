/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LOG_H
#define VFIO_EARLY_LOG_H

#include "../core/report.h"

#define LOG_FILE "run/vfio-early.log"

/* Writes all bytes, also in several calls; 0 or -errno. */
int write_all(int fd, const char *bytes, size_t length);

/*
 * Writes the log whole or not at all. One that stands there already, from an
 * earlier run in this boot, is kept. 0 or -errno.
 */
int log_write(int root, const struct text *log);

/*
 * Writes the records of more than WEIGHT_DETAIL to /dev/kmsg below the root,
 * errors at level err. Where it cannot be written nothing happens: the log
 * file has them all.
 */
void log_to_kernel(int root, const struct report *report);

/* Writes one line at level err. */
void log_error_to_kernel(int root, const char *text);

#endif
