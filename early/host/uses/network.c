/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From interfaces with an address, the default route and the root's server to the PCI functions below them. */
#include "interface.h"
#include "parts.h"

#include "../machine/routes.h"
#include "../machine/running.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <arpa/inet.h>
#include <string.h>

/* 0.0.0.0/1 and 128.0.0.0/1, or 2000::/3, stand for a default route that a VPN leaves in place. */
#define PREFIX_DEFAULT_MAX 3

/* False: it ends in software. */
static bool add_interface(const struct machine *machine, struct uses *uses, const char *name, enum use_kind kind,
			  const char *detail)
{
	struct footing footing = { 0 };

	interface_follow(machine, name, &footing);
	for_each(function, &footing.functions)
		uses_add(uses, *function, kind, detail);
	return footing.hardware;
}

/* An address of an interface: what the host uses it for, and what a key may come over; false: not that one. */
static bool add_address(const struct machine *machine, struct uses *uses, const struct root_network *needs,
			const char *interface, const char *detail)
{
	add_interface(machine, uses, interface, USE_NETWORK, detail);
	return needs->unlocked &&
	       add_interface(machine, uses, interface, USE_ROOT_NETWORK, text_of("unlocking the root (%s)", interface));
}

/* Those of IPv6 that each interface has by itself: link-local and multicast. */
static bool is_own(const struct route *route)
{
	return route->family == AF_INET6 && (route->destination[0] & 0xfe) == 0xfe;
}

static void add_addresses(const struct machine *machine, struct uses *uses, const struct root_network *needs,
			  const struct routes *routes)
{
	struct interface_addresses addresses = { 0 };
	struct strings routed = { 0 };
	bool unlocked = false;

	if (machine->live)
		addresses = interface_addresses();
	for_each(one, &addresses)
		unlocked |= add_address(machine, uses, needs, one->interface,
					text_of("%s %s", one->interface, one->address));
	/* a captured machine has no addresses, but an interface with a route has one */
	for_each(route, routes)
		if (!machine->live && !is_own(route))
			strings_add_once(&routed, route->interface);
	for_each(interface, &routed)
		unlocked |= add_address(machine, uses, needs, *interface, *interface);
	if (needs->unlocked && !unlocked)
		uses->unknown |= REFUSE_ROOT_NETWORK;
}

/* A port without an address serves others: guests on a bridge. */
static void add_ports(const struct machine *machine, struct uses *uses)
{
	struct strings names = interfaces_of(machine);

	for_each(name, &names) {
		const char *upper = interface_upon(machine, *name);
		struct footing footing = { 0 };

		if (upper)
			interface_follow(machine, *name, &footing);
		for_each(function, &footing.functions)
			if (!uses_have(uses, *function, USE_NETWORK) && !uses_have(uses, *function, USE_ROUTE))
				uses_add(uses, *function, USE_NETWORK, text_of("%s in %s", *name, upper));
	}
}

/*
 * An address that ends in software (a bridge without ports, a tunnel, a container's
 * interface) says nothing of hardware. A default route and the way to the root's
 * server or key lead out of the machine: the hardware of one that ends in software is
 * unknown, unless another default route, which may carry the tunnel, ends at some.
 * Of a system that does not run here (a chroot) no route is known at all.
 */
static void add_default_routes(const struct machine *machine, struct uses *uses, const struct routes *routes)
{
	bool any = false, known = false;

	for_each(route, routes) {
		if (route->prefix > PREFIX_DEFAULT_MAX)
			continue;
		any = true;
		known |= add_interface(machine, uses, route->interface, USE_ROUTE,
				       text_of("default route (%s)", route->interface));
	}
	if (any && !known && machine_runs(machine))
		uses->unknown |= REFUSE_DEFAULT_ROUTE;
}

static bool leads_to(const struct route *route, int family, const unsigned char *address)
{
	unsigned bytes = route->prefix / 8, bits = route->prefix % 8;

	return route->family == family && route->prefix <= (family == AF_INET ? 32 : 128) &&
	       !memcmp(route->destination, address, bytes) &&
	       (!bits || !((route->destination[bytes] ^ address[bytes]) >> (8 - bits)));
}

/* The ways to the server that the root comes from: the most specific routes, of whatever table. */
static struct routes routes_to(const struct routes *routes, const char *server)
{
	unsigned char address[16] = { 0 };
	int family = strchr(server, ':') ? AF_INET6 : AF_INET;
	struct routes best = { 0 };

	if (inet_pton(family, server, address) != 1)
		return best;
	for_each(route, routes) {
		if (!leads_to(route, family, address) || (best.count && route->prefix < best.items[0].prefix))
			continue;
		if (best.count && route->prefix > best.items[0].prefix)
			best.count = 0;
		*list_add(&best) = *route;
	}
	return best;
}

static void add_servers(const struct machine *machine, struct uses *uses, const struct root_network *needs,
			const struct routes *routes)
{
	for_each(server, &needs->servers) {
		struct routes ways = routes_to(routes, *server);
		bool known = false;

		for_each(route, &ways)
			known |= add_interface(machine, uses, route->interface, USE_ROOT_NETWORK,
					       text_of("the root from %s (%s)", *server, route->interface));
		if (!known)
			uses->unknown |= REFUSE_ROOT_NETWORK;
	}
}

void uses_add_network(const struct machine *machine, struct uses *uses, const struct root_network *needs)
{
	struct routes routes = routes_of(machine);

	add_addresses(machine, uses, needs, &routes);
	add_default_routes(machine, uses, &routes);
	add_ports(machine, uses);
	add_servers(machine, uses, needs, &routes);
}
