/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From interfaces with an address, the default route and the root's server to the PCI functions below them. */
#include "parts.h"

#include "../machine/running.h"
#include "../machine/sysfs_path.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define INTERFACES_MAX 1024		/* below one */
#define ROUTES_SIZE_MAX (4ul * 1024 * 1024)

/* Through bridges, bonds and VLANs down to what is made of hardware. */
static void follow(const struct machine *machine, struct uses *uses, const char *name, const struct use *use,
		   struct strings *followed)
{
	const char *directory = text_of("sys/class/net/%s", name), *link = root_link(machine->fd, directory);
	const char *device = link ? function_in(link) : NULL;
	size_t before = followed->count;
	struct strings entries = { 0 };

	strings_add_once(followed, name);
	if (followed->count == before || before == INTERFACES_MAX)
		return;
	if (device) {
		uses_add(uses, device, use->kind, use->detail);
		return;
	}
	root_list(machine->fd, directory, &entries);
	for_each(entry, &entries)
		if (text_begins(*entry, "lower_"))
			follow(machine, uses, *entry + strlen("lower_"), use, followed);
}

static void add_interface(const struct machine *machine, struct uses *uses, const char *name, enum use_kind kind,
			  const char *detail)
{
	struct strings followed = { 0 };

	follow(machine, uses, name, &(struct use) { .kind = kind, .detail = detail }, &followed);
}

/* An address of an interface: what the host uses it for, and what a key may come over. */
static void add_address(const struct machine *machine, struct uses *uses, const struct root_network *needs,
			const char *interface, const char *detail)
{
	add_interface(machine, uses, interface, USE_NETWORK, detail);
	if (needs->unlocked)
		add_interface(machine, uses, interface, USE_ROOT_NETWORK, text_of("unlocking the root (%s)", interface));
}

static void add_addresses(const struct machine *machine, struct uses *uses, const struct root_network *needs)
{
	struct interface_addresses addresses = interface_addresses();

	for_each(one, &addresses)
		add_address(machine, uses, needs, one->interface, text_of("%s %s", one->interface, one->address));
}

/* ---- routes ---- */

struct route {
	const char *interface;
	unsigned char destination[16];	/* in network order */
	unsigned prefix;
	int family;
};

struct routes {
	struct route *items;
	size_t count;
};

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

	if (words->count < 8 || strlen(words->items[1]) != 8)
		return false;
	destination = (uint32_t)strtoul(words->items[1], NULL, 16);	/* as it lies in memory */
	mask = (uint32_t)strtoul(words->items[7], NULL, 16);
	*route = (struct route) {
		.interface = words->items[0], .family = AF_INET, .prefix = (unsigned)__builtin_popcount(mask),
	};
	memcpy(route->destination, &destination, sizeof(destination));
	return true;
}

/* proc/net/ipv6_route: destination, its length, ..., the 10th is the interface (net/ipv6/route.c) */
static bool read_v6(const struct strings *words, struct route *route)
{
	size_t i;

	if (words->count < 10 || strlen(words->items[0]) != 32 || !strcmp(words->items[9], "lo"))
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

static bool is_default(const struct route *route)
{
	static const unsigned char nowhere[16];

	return !route->prefix && !memcmp(route->destination, nowhere, sizeof(nowhere));
}

static bool leads_to(const struct route *route, int family, const unsigned char *address)
{
	unsigned bytes = route->prefix / 8, bits = route->prefix % 8;

	return route->family == family && route->prefix <= (family == AF_INET ? 32 : 128) &&
	       !memcmp(route->destination, address, bytes) &&
	       (!bits || !((route->destination[bytes] ^ address[bytes]) >> (8 - bits)));
}

/* The way to the server that the root comes from: the most specific route. */
static const struct route *route_to(const struct routes *routes, const char *server)
{
	unsigned char address[16] = { 0 };
	int family = strchr(server, ':') ? AF_INET6 : AF_INET;
	const struct route *best = NULL;

	if (inet_pton(family, server, address) != 1)
		return NULL;
	for_each(route, routes)
		if (leads_to(route, family, address) && (!best || route->prefix > best->prefix))
			best = route;
	return best;
}

static void add_servers(const struct machine *machine, struct uses *uses, const struct root_network *needs,
			const struct routes *routes)
{
	for_each(server, &needs->servers) {
		const struct route *route = route_to(routes, *server);

		if (route)
			add_interface(machine, uses, route->interface, USE_ROOT_NETWORK,
				      text_of("the root from %s (%s)", *server, route->interface));
		else
			uses->unknown |= REFUSE_ROOT_NETWORK;
	}
}

void uses_add_network(const struct machine *machine, struct uses *uses, const struct root_network *needs)
{
	struct routes routes = { 0 };

	read_routes(machine, "proc/net/route", read_v4, &routes);
	read_routes(machine, "proc/net/ipv6_route", read_v6, &routes);
	if (machine->live)
		add_addresses(machine, uses, needs);
	for_each(route, &routes) {
		/* a captured machine has no addresses, but an interface with a route has one */
		if (!machine->live)
			add_address(machine, uses, needs, route->interface, route->interface);
		if (is_default(route))
			add_interface(machine, uses, route->interface, USE_ROUTE,
				      text_of("default route (%s)", route->interface));
	}
	add_servers(machine, uses, needs, &routes);
}
