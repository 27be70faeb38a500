/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LOG_H
#define VFIO_EARLY_LOG_H

#include "../core/report.h"

#define LOG_FILE "run/vfio-early.log"

/* Writes all of it; 0 or -errno. */
int write_all(int fd, const char *bytes, size_t length);

/*
 * Writes the log whole or not at all. One that stands there already, from an
 * earlier run in this boot, is kept. 0 or -errno.
 */
int log_write(int root, const struct text *log);

/*
 * Says the records that matter in the kernel log, refusals and failures at
 * level err. Without /dev/kmsg nothing is said: the log file has it all.
 */
void log_to_kernel(int root, const struct report *report);

/* One such line of its own. */
void log_error_to_kernel(int root, const char *text);

#endif
