/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * datapath NAME INTERNAL PORT...: makes a datapath of Open vSwitch of that name, as its daemon does, with an internal
 * port and network interfaces for ports: generic netlink as in linux/openvswitch.h.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/openvswitch.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct message {
	struct nlmsghdr netlink;
	struct genlmsghdr generic;
	char rest[1024];
};

static int netlink;

static void put(struct message *message, const void *bytes, size_t length)
{
	memcpy((char *)message + message->netlink.nlmsg_len, bytes, length);
	message->netlink.nlmsg_len += NLMSG_ALIGN(length);
}

static void put_attribute(struct message *message, unsigned type, const void *bytes, size_t length)
{
	struct nlattr attribute = { .nla_type = (uint16_t)type, .nla_len = (uint16_t)(sizeof(attribute) + length) };

	put(message, &attribute, sizeof(attribute));
	put(message, bytes, length);
}

static void put_number(struct message *message, unsigned type, uint32_t number)
{
	put_attribute(message, type, &number, sizeof(number));
}

static struct message begin(int family, int command, int version)
{
	return (struct message) {
		.netlink = {
			.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN, .nlmsg_type = (uint16_t)family,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.generic = { .cmd = (uint8_t)command, .version = (uint8_t)version },
	};
}

/* Sends a request and reads up to its acknowledgement; a reply takes the request's place. */
static void ask(struct message *message, const char *what)
{
	struct message answer = { 0 };

	if (send(netlink, message, message->netlink.nlmsg_len, 0) < 0)
		exit(1);
	do {
		if (recv(netlink, &answer, sizeof(answer), 0) < 0)
			exit(1);
		if (answer.netlink.nlmsg_type != NLMSG_ERROR)
			*message = answer;
	} while (answer.netlink.nlmsg_type != NLMSG_ERROR);
	if (((struct nlmsgerr *)NLMSG_DATA(&answer))->error) {
		fprintf(stderr, "datapath: %s: %s\n", what, strerror(-((struct nlmsgerr *)NLMSG_DATA(&answer))->error));
		exit(1);
	}
}

static int family_of(const char *name)
{
	struct message message = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	const struct nlattr *attribute = (const struct nlattr *)message.rest;

	put_attribute(&message, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	ask(&message, name);
	while (attribute->nla_type != CTRL_ATTR_FAMILY_ID)
		attribute = (const struct nlattr *)((const char *)attribute + NLA_ALIGN(attribute->nla_len));
	return *(const uint16_t *)(attribute + 1);
}

static void add_port(int datapath, const char *name, enum ovs_vport_type type)
{
	struct message message = begin(family_of(OVS_VPORT_FAMILY), OVS_VPORT_CMD_NEW, OVS_VPORT_VERSION);
	struct ovs_header header = { .dp_ifindex = datapath };

	put(&message, &header, sizeof(header));
	put_attribute(&message, OVS_VPORT_ATTR_NAME, name, strlen(name) + 1);
	put_number(&message, OVS_VPORT_ATTR_TYPE, type);
	put_number(&message, OVS_VPORT_ATTR_UPCALL_PID, 0);
	ask(&message, name);
}

int main(int count, char **arguments)
{
	struct ovs_header none = { 0 };
	struct message message;
	int i, datapath;

	netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (count < 3 || netlink < 0)
		return 2;
	message = begin(family_of(OVS_DATAPATH_FAMILY), OVS_DP_CMD_NEW, OVS_DATAPATH_VERSION);
	put(&message, &none, sizeof(none));
	put_attribute(&message, OVS_DP_ATTR_NAME, arguments[1], strlen(arguments[1]) + 1);
	put_number(&message, OVS_DP_ATTR_UPCALL_PID, 0);
	ask(&message, arguments[1]);
	datapath = (int)if_nametoindex(arguments[1]);
	add_port(datapath, arguments[2], OVS_VPORT_TYPE_INTERNAL);
	for (i = 3; i < count; i++)
		add_port(datapath, arguments[i], OVS_VPORT_TYPE_NETDEV);
	return 0;
}
