/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From rtnetlink, a dump of the routing tables, to routes: rtnetlink(7), net/ipv4/fib_semantics.c:fib_dump_info(). */
#include "routes.h"

#include "../../core/memory.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#define DUMP_TRIES 3			/* one that another process changes a table under is no answer */
#define DUMP_SIZE (32 * 1024)		/* the kernel fills what it is given up to there */

struct attributes {
	const struct nlattr *of[RTA_MAX + 1];
};

static int note_attribute(const struct nlattr *attribute, void *attributes)
{
	if (mnl_attr_get_type(attribute) <= RTA_MAX)
		((struct attributes *)attributes)->of[mnl_attr_get_type(attribute)] = attribute;
	return MNL_CB_OK;
}

static void add_hop(struct routes *routes, const struct route *route, unsigned interface)
{
	char name[IF_NAMESIZE] = "";
	struct route *hop = list_add(routes);

	/* it may be gone by now: then it is not told */
	if_indextoname(interface, name);
	*hop = *route;
	hop->interface = keep_string(name);
}

static void add_hops(struct routes *routes, const struct route *route, const struct nlattr *multipath)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(multipath);
	int left = mnl_attr_get_payload_len(multipath);

	for (; left >= (int)sizeof(*hop) && RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop))
		add_hop(routes, route, (unsigned)hop->rtnh_ifindex);
}

static int add_route(const struct nlmsghdr *message, void *routes)
{
	const struct rtmsg *about = mnl_nlmsg_get_payload(message);
	struct route route = { .family = about->rtm_family, .prefix = about->rtm_dst_len };
	struct attributes attributes = { 0 };
	const struct nlattr *destination, *hop;

	if (message->nlmsg_type != RTM_NEWROUTE || about->rtm_type != RTN_UNICAST || about->rtm_flags & RTM_F_CLONED ||
	    (route.family != AF_INET && route.family != AF_INET6))
		return MNL_CB_OK;
	mnl_attr_parse(message, sizeof(*about), note_attribute, &attributes);
	destination = attributes.of[RTA_DST];
	if (destination && mnl_attr_get_payload_len(destination) <= sizeof(route.destination))
		memcpy(route.destination, mnl_attr_get_payload(destination), mnl_attr_get_payload_len(destination));
	hop = attributes.of[RTA_OIF];
	if (attributes.of[RTA_MULTIPATH])
		add_hops(routes, &route, attributes.of[RTA_MULTIPATH]);
	else	/* with net.ipv4.nexthop_compat_mode=0 a nexthop object stands for it, and it is not told */
		add_hop(routes, &route, hop ? mnl_attr_get_u32(hop) : 0);
	return MNL_CB_OK;
}

static bool dump(struct mnl_socket *socket, unsigned sequence, struct routes *routes)
{
	char buffer[DUMP_SIZE];
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	int state = MNL_CB_OK;
	ssize_t length;

	request->nlmsg_type = RTM_GETROUTE;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = sequence;
	mnl_nlmsg_put_extra_header(request, sizeof(struct rtmsg));	/* zero: of every family and table */
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return false;
	while (state == MNL_CB_OK) {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (length < 0)
			return false;
		state = mnl_cb_run(buffer, (size_t)length, sequence, mnl_socket_get_portid(socket), add_route, routes);
	}
	return state == MNL_CB_STOP;
}

bool routes_by_netlink(struct routes *routes)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	bool all = false;
	unsigned i;

	if (!socket)
		return false;
	if (!mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID))
		for (i = 1; i <= DUMP_TRIES && !all; i++) {
			routes->count = 0;
			all = dump(socket, i, routes);
		}
	mnl_socket_close(socket);
	return all;
}
