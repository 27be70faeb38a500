/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MEMORY_H
#define VFIO_EARLY_MEMORY_H

#include <stddef.h>

/*
 * Zeroed memory that lives until keep_release() or the end of the process.
 * Never NULL: without memory the program says so and ends with status 1,
 * which nothing has been bound before (all decisions precede all effects).
 */
void *keep(size_t size);

/* A terminated copy of length bytes; the bytes may contain NUL. */
char *keep_bytes(const char *bytes, size_t length);
char *keep_string(const char *string);

/*
 * Room for one more item behind count items of the given size: the array, or
 * a larger copy of it. Start with NULL and 0.
 */
void *keep_more(void *array, size_t count, size_t size);

/* Frees all that was kept; for programs that decide more than once (fuzzers). */
void keep_release(void);

#endif
