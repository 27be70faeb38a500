/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a network interface down to the PCI functions that it stands on. */
#include "interface.h"

#include "../machine/sysfs_path.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define INTERFACES_MAX 1024		/* below one */
#define ETHERNET "1"			/* ARPHRD_ETHER */

static const char *path_of(const char *name, const char *entry)
{
	return text_of("sys/class/net/%s/%s", name, entry);
}

struct strings interfaces_of(const struct machine *machine)
{
	struct strings names = { 0 };

	root_list(machine->fd, "sys/class/net", &names);
	return names;
}

/* Names behind "lower_" or "upper_": bridge, bond, team, VLAN, macvlan, ipvlan, VRF and batman-adv have both links. */
static struct strings linked(const struct machine *machine, const char *name, const char *prefix)
{
	struct strings entries = { 0 }, names = { 0 };

	root_list(machine->fd, text_of("sys/class/net/%s", name), &entries);
	for_each(entry, &entries)
		if (text_begins(*entry, prefix))
			strings_add(&names, *entry + strlen(prefix));
	return names;
}

const char *interface_upon(const struct machine *machine, const char *name)
{
	const char *master = root_link_name(machine->fd, path_of(name, "master"));
	struct strings upper = linked(machine, name, "upper_");

	return master ? master : upper.count ? upper.items[0] : NULL;
}

/* Whether sysfs tells of a kind (a veth by its peer): interfaces of Open vSwitch are Ethernet without any sign. */
static bool has_kind(const struct machine *machine, const char *name)
{
	static const char *const signs[] = { "bridge", "bonding", "tun_flags" };
	const char *type = root_attribute(machine->fd, path_of(name, "type"));
	const char *uevent = root_text(machine->fd, path_of(name, "uevent"));
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (root_exists(machine->fd, path_of(name, signs[i])))
			return true;
	return (type && strcmp(type, ETHERNET)) || (uevent && strstr(uevent, "DEVTYPE=")) ||
	       !text_same(root_attribute(machine->fd, path_of(name, "iflink")),
			  root_attribute(machine->fd, path_of(name, "ifindex")));
}

/*
 * The ports of Open vSwitch hang below a datapath (ovs-system), and nothing links
 * its internal ports to it (net/openvswitch/vport-netdev.c, vport-internal_dev.c).
 * Several datapaths cannot be told apart.
 */
static void follow_datapaths(const struct machine *machine, struct footing *footing)
{
	struct strings names = interfaces_of(machine);

	for_each(name, &names) {
		const char *upon = interface_upon(machine, *name);

		if (upon && !has_kind(machine, upon))
			interface_follow(machine, upon, footing);
	}
}

void interface_follow(const struct machine *machine, const char *name, struct footing *footing)
{
	const char *link = root_link(machine->fd, text_of("sys/class/net/%s", name));
	const char *function = link ? function_in(link) : NULL;
	bool virtual = link && strstr(link, "devices/virtual/");
	size_t before = footing->followed.count;
	struct strings lower;

	strings_add_once(&footing->followed, name);
	if (!link || footing->followed.count == before || before == INTERFACES_MAX)
		return;
	if (function)
		strings_add_once(&footing->functions, function);
	footing->hardware |= !virtual;
	/* hardware, too, has others below it: a network card of Hyper-V its virtual function */
	lower = linked(machine, name, "lower_");
	for_each(one, &lower)
		interface_follow(machine, *one, footing);
	if (virtual && !lower.count && !has_kind(machine, name))
		follow_datapaths(machine, footing);
}
