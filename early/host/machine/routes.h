/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ROUTES_H
#define VFIO_EARLY_ROUTES_H

#include "machine.h"

#include <stddef.h>

/* Where packets for a destination go; of several next hops each is one. */
struct route {
	const char *interface;		/* "": not told */
	unsigned char destination[16];	/* in network order */
	unsigned prefix;		/* bits of it that count */
	int family;			/* AF_INET or AF_INET6 */
};

struct routes {
	struct route *items;
	size_t count;
};

/*
 * The unicast routes of a machine. Of the live system those of every table, as
 * rtnetlink tells; below a root, or where that cannot be asked, what /proc/net
 * has: of IPv4 the main table, and whether any has a default route. Kept.
 */
struct routes routes_of(const struct machine *machine);

/* Those of the system that this program runs in; false, with none or some, if rtnetlink does not tell all. */
bool routes_by_netlink(struct routes *routes);

#endif
