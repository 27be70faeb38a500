/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the place of early/core/memory.c: every item is one of malloc()'s, so
 * that a sanitizer sees where it ends, and all of them are freed after an input.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* who only looks at this file may not have it */
#if defined(__SANITIZE_ADDRESS__) || defined(FUZZING)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

struct item {
	struct item *previous;
	long long bytes[];
};

static struct item *last, *lasting;

void *keep(size_t size)
{
	struct item *item = size < SIZE_MAX - sizeof(*item) ? calloc(1, sizeof(*item) + size) : NULL;

	if (!item)
		abort();
	item->previous = last;
	last = item;
	return item->bytes;
}

char *keep_bytes(const char *bytes, size_t length)
{
	char *copy = keep(length + 1);

	memcpy(copy, bytes, length);
	return copy;
}

char *keep_string(const char *string)
{
	return keep_bytes(string, strlen(string));
}

/* Exactly as large as the list is; who still looks at the old items is caught. */
void *list_grow(void *list, size_t size)
{
	LIST(char) grown;
	char *larger;

	memcpy(&grown, list, sizeof(grown));
	larger = keep((grown.count + 1) * size);
	if (grown.count) {
		memcpy(larger, grown.items, grown.count * size);
		ASAN_POISON_MEMORY_REGION(grown.items, grown.count * size);
	}
	grown.items = larger;
	grown.count++;
	memcpy(list, &grown, sizeof(grown));
	return grown.items + (grown.count - 1) * size;
}

void memory_begin(void)
{
	lasting = last;
}

void memory_forget(void)
{
	while (last != lasting) {
		struct item *item = last;

		last = item->previous;
		free(item);
	}
}
