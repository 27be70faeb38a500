/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is allocated piece by piece and released all at once. */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Chained, so that a leak checker sees it and keep_release() finds it. */
struct piece {
	struct piece *previous;
	long long bytes[];		/* aligned for everything kept here */
};

static struct piece *last;

static void out_of_memory(void)
{
	static const char text[] = "vfio-early: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(1);		/* nowhere left to say it */
	_exit(1);
}

void *keep(size_t size)
{
	struct piece *piece;

	if (size > SIZE_MAX - sizeof(*piece))
		out_of_memory();
	piece = calloc(1, sizeof(*piece) + size);
	if (!piece)
		out_of_memory();
	piece->previous = last;
	last = piece;
	return piece->bytes;
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

void *list_grow(void *list, size_t size)
{
	LIST(char) grown;
	char *larger;

	memcpy(&grown, list, sizeof(grown));
	/* full at 0, 1, 2, 4, 8, ... items */
	if (!(grown.count & (grown.count - 1))) {
		if (grown.count > SIZE_MAX / 2 / size)
			out_of_memory();
		larger = keep((grown.count ? 2 * grown.count : 1) * size);
		if (grown.count)
			memcpy(larger, grown.items, grown.count * size);
		grown.items = larger;
	}
	grown.count++;
	memcpy(list, &grown, sizeof(grown));
	return grown.items + (grown.count - 1) * size;
}

void keep_release(void)
{
	while (last) {
		struct piece *piece = last;

		last = piece->previous;
		free(piece);
	}
}
