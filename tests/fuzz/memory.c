/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the place of early/core/memory.c: items from one piece of memory, which
 * starts anew with each input. Each is followed by bytes that nobody may touch,
 * so that a sanitizer sees where it ends, as it would of malloc()'s, which take
 * several times as long.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* who only looks at this file may not have it */
#if defined(__SANITIZE_ADDRESS__) || defined(FUZZING)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

#define PIECE_SIZE (256ul * 1024 * 1024)	/* what no input needs; pages that are not used cost nothing */
#define UNIT 16ul				/* an item begins at a multiple of it, and so much or more is between two */

static char *piece;
static size_t used, lasting;

/* Never NULL. An input for which it is too small is a fault of its own. */
void *keep(size_t size)
{
	char *item;

	if (!piece) {
		piece = mmap(NULL, PIECE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (piece == MAP_FAILED)
			abort();
		ASAN_POISON_MEMORY_REGION(piece, PIECE_SIZE);
	}
	if (size > PIECE_SIZE - used - 2 * UNIT)
		abort();
	item = piece + used;
	used += (size + 2 * UNIT - 1) / UNIT * UNIT;
	ASAN_UNPOISON_MEMORY_REGION(item, size);
	return memset(item, 0, size);
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
	lasting = used;
}

void memory_forget(void)
{
	ASAN_POISON_MEMORY_REGION(piece + lasting, used - lasting);
	used = lasting;
}
