/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kept memory, which lives until the process ends, and the lists in it. */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Items are cut from pieces of zeroed memory that the kernel maps; a page
 * costs nothing before it is used. malloc() would only add code for freeing.
 * With AddressSanitizer each item is a piece of its own from calloc(), so that
 * a write past its end is seen.
 */
#ifdef __SANITIZE_ADDRESS__
#define PIECE_SIZE 1
#define new_piece(size) calloc(1, (size))
#else
#define PIECE_SIZE 500000
static void *new_piece(size_t size)
{
	void *piece = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return piece == MAP_FAILED ? NULL : piece;
}
#endif

/* Chained, so that a leak checker finds every piece. */
struct piece {
	struct piece *previous;
	size_t used, size;
	long long bytes[];		/* aligned for everything kept here */
};

static struct piece *last;

__attribute__((noreturn))
static void out_of_memory(void)
{
	static const char text[] = "vfio-early: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(1);		/* nowhere left to say it */
	_exit(1);
}

static struct piece *add_piece(size_t size)
{
	struct piece *piece;

	if (size < PIECE_SIZE)
		size = PIECE_SIZE;
	if (size > SIZE_MAX - sizeof(*piece))
		out_of_memory();
	piece = new_piece(sizeof(*piece) + size);
	if (!piece)
		out_of_memory();
	piece->previous = last;
	piece->size = size;
	last = piece;
	return piece;
}

void *keep(size_t size)
{
	const size_t unit = sizeof(long long);
	struct piece *piece = last;
	char *item;

	if (size > SIZE_MAX - unit)
		out_of_memory();
	size = (size + unit - 1) / unit * unit;
	if (!piece || piece->size - piece->used < size)
		piece = add_piece(size);
	item = (char *)piece->bytes + piece->used;
	piece->used += size;
	return item;
}

void keep_ready(size_t size)
{
	if (PIECE_SIZE > 1 && (!last || last->size - last->used < size))
		add_piece(size);
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
