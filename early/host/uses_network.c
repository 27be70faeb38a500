/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From interfaces with an address, and the default route, to the PCI functions below them. */
#include "uses_parts.h"

#include "../core/root.h"
#include "../core/text.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <string.h>

#define DEPTH_MAX 8			/* of interfaces upon interfaces */
#define ROUTES_SIZE_MAX (4 * 1024 * 1024)

/* Through bridges, bonds and VLANs down to what is made of hardware. */
static void add_interface(const struct machine *machine, struct uses *uses, const char *name, enum use_kind kind,
			  const char *detail, unsigned depth)
{
	const char *directory = text_of("sys/class/net/%s", name), *link = root_link(machine->fd, directory);
	const char *device = link ? function_in(link) : NULL;
	struct strings entries = { 0 };

	if (device)
		uses_add(uses, device, kind, detail);
	if (device || depth > DEPTH_MAX)
		return;
	root_list(machine->fd, directory, &entries);
	for_each(entry, &entries)
		if (text_begins(*entry, "lower_"))
			add_interface(machine, uses, *entry + strlen("lower_"), kind, detail, depth + 1);
}

static bool is_link_local(const struct sockaddr *address)
{
	return address->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static const char *address_text(const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof(text));
	return keep_string(text);
}

static void add_addresses(const struct machine *machine, struct uses *uses)
{
	struct ifaddrs *all, *one;

	if (!machine->live || getifaddrs(&all))
		return;
	for (one = all; one; one = one->ifa_next) {
		const struct sockaddr *address = one->ifa_addr;

		if (address && (address->sa_family == AF_INET || address->sa_family == AF_INET6) && !is_link_local(address))
			add_interface(machine, uses, keep_string(one->ifa_name), USE_NETWORK,
				      text_of("%s %s", one->ifa_name, address_text(address)), 0);
	}
	freeifaddrs(all);
}

/* proc/net/route: interface, destination, gateway, flags, ..., the 8th is the mask (Documentation: net/ipv4/fib_trie.c) */
static bool is_default_v4(const struct strings *words)
{
	return words->count > 7 && !strcmp(words->items[1], "00000000") && !strcmp(words->items[7], "00000000");
}

/* proc/net/ipv6_route: destination, its length, ..., the 10th is the interface (net/ipv6/route.c) */
static bool is_default_v6(const struct strings *words)
{
	return words->count > 9 && strspn(words->items[0], "0") == 32 && !strcmp(words->items[1], "00") &&
	       strcmp(words->items[9], "lo");
}

static struct strings words_of(const char *line, size_t length)
{
	struct strings words = { 0 };
	char *copy = keep_bytes(line, length), *word, *rest;

	for (word = strtok_r(copy, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
		strings_add(&words, word);
	return words;
}

static void add_routes(const struct machine *machine, struct uses *uses, const char *path,
		       bool (*is_default)(const struct strings *words), size_t interface)
{
	const char *text, *line;
	size_t length;

	if (root_read(machine->fd, path, ROUTES_SIZE_MAX, &text, &length))
		return;
	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		struct strings words = words_of(line, strcspn(line, "\n"));

		if (is_default(&words))
			add_interface(machine, uses, words.items[interface], USE_ROUTE,
				      text_of("default route (%s)", words.items[interface]), 0);
	}
}

void uses_add_network(const struct machine *machine, struct uses *uses)
{
	add_addresses(machine, uses);
	add_routes(machine, uses, "proc/net/route", is_default_v4, 0);
	add_routes(machine, uses, "proc/net/ipv6_route", is_default_v6, 9);
}
