/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The routes of a machine: asked of the kernel that runs, or read from /proc/net. */
#include "routes.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <linux/ipv6_route.h>
#include <linux/route.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ROUTES_SIZE_MAX (4ul * 1024 * 1024)

static struct strings words_of(const char *line, size_t length)
{
	struct strings words = { 0 };
	char *copy = keep_bytes(line, length), *word, *rest;

	for (word = strtok_r(copy, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
		strings_add(&words, word);
	return words;
}

/* proc/net/route: interface, destination, gateway, flags, ..., the 8th is the mask (net/ipv4/fib_trie.c) */
static bool read_v4(const struct strings *words, struct route *route)
{
	uint32_t destination, mask;

	if (words->count < 8 || strlen(words->items[1]) != 8 || strtoul(words->items[3], NULL, 16) & RTF_REJECT)
		return false;
	destination = (uint32_t)strtoul(words->items[1], NULL, 16);	/* as it lies in memory */
	mask = (uint32_t)strtoul(words->items[7], NULL, 16);
	*route = (struct route) {
		.interface = words->items[0], .family = AF_INET, .prefix = (unsigned)__builtin_popcount(mask),
	};
	memcpy(route->destination, &destination, sizeof(destination));
	return true;
}

/* proc/net/ipv6_route: destination, its length, ..., the 9th are flags, the 10th is the interface (net/ipv6/route.c) */
static bool read_v6(const struct strings *words, struct route *route)
{
	size_t i;

	if (words->count < 10 || strlen(words->items[0]) != 32 ||
	    strtoul(words->items[8], NULL, 16) & (RTF_REJECT | RTF_LOCAL | RTF_ANYCAST))
		return false;
	*route = (struct route) {
		.interface = words->items[9], .family = AF_INET6, .prefix = (unsigned)strtoul(words->items[1], NULL, 16),
	};
	for (i = 0; i < 16; i++)
		route->destination[i] = (unsigned char)strtoul(keep_bytes(words->items[0] + 2 * i, 2), NULL, 16);
	return true;
}

static void read_routes(const struct machine *machine, const char *path,
			bool (*read_line)(const struct strings *words, struct route *route), struct routes *routes)
{
	const char *text, *line;
	size_t length;

	if (root_read(machine->fd, path, ROUTES_SIZE_MAX, &text, &length))
		return;
	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		struct strings words = words_of(line, strcspn(line, "\n"));
		struct route route;

		if (read_line(&words, &route))
			*list_add(routes) = route;
	}
}

/* A default route of any table of IPv4, which is not told over what: net/ipv4/fib_trie.c:fib_trie_seq_show() */
static void read_tables(const struct machine *machine, struct routes *routes)
{
	if (root_contains(machine->fd, "proc/net/fib_trie", " /0 universe UNICAST") ||
	    root_contains(machine->fd, "proc/net/fib_trie", " /0 link UNICAST"))
		*list_add(routes) = (struct route) { .interface = "", .family = AF_INET };
}

struct routes routes_of(const struct machine *machine)
{
	struct routes routes = { 0 };

	if (machine->live && routes_by_netlink(&routes))
		return routes;
	read_routes(machine, "proc/net/route", read_v4, &routes);
	read_tables(machine, &routes);
	read_routes(machine, "proc/net/ipv6_route", read_v6, &routes);
	return routes;
}
