/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MEMORY_H
#define VFIO_EARLY_MEMORY_H

#include <stddef.h>

/*
 * Zeroed memory that lives until the end of the process.
 * Never NULL: without memory the program says so and ends with status 1.
 */
void *keep(size_t size);

/*
 * Reserves memory: keep() cannot fail for the next size bytes in all. Without
 * so much memory the program ends here. (No effect with AddressSanitizer.)
 */
void keep_ready(size_t size);

/* A terminated copy of length bytes, which may contain NUL; kept. */
char *keep_bytes(const char *bytes, size_t length);
char *keep_string(const char *string);

/* A list that grows; starts as { 0 }. */
#define LIST(type) struct { type *items; size_t count; }

/* Adds a zeroed item to a list and returns it. Pointers to earlier items become invalid. */
#define list_add(list) ((__typeof__((list)->items + 0))list_grow((list), sizeof(*(list)->items)))
void *list_grow(void *list, size_t item_size);

#define for_each(item, list) \
	for (__typeof__((list)->items + 0) item = (list)->items; item < (list)->items + (list)->count; item++)

#endif
