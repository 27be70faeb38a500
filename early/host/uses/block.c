/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a block device through what it sits on to PCI functions or servers. */
#include "block.h"

#include "../machine/block_node.h"
#include "../machine/sysfs_path.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <libmount/libmount.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#define DEPTH_MAX 16			/* of devices upon devices */
#define CLASS_BLOCK "sys/class/block"

static void follow(const struct machine *machine, const char *name, struct carriers *carriers, unsigned depth);

bool carriers_note(struct carriers *carriers, const char *what)
{
	size_t before = carriers->followed.count;

	strings_add_once(&carriers->followed, what);
	return carriers->followed.count > before;
}

static void add_server(struct carriers *carriers, const char *address)
{
	strings_add_once(&carriers->servers, address ? address : "");
	carriers->any = true;
}

/* "traddr=192.0.2.7,trsvcid=4420" (drivers/nvme/host/fabrics.c) */
static const char *target_address(const char *text)
{
	const char *at = text ? strstr(text, "traddr=") : NULL;

	return at ? keep_bytes(at + strlen("traddr="), strcspn(at + strlen("traddr="), ",")) : NULL;
}

/* A controller of NVMe: a PCI function, or one that is reached over a network. */
static void add_nvme(const struct machine *machine, const char *link, const char *controller, struct carriers *carriers)
{
	const char *transport = root_attribute(machine->fd, text_of("%s/transport", controller));

	if (transport && strcmp(transport, "pcie") && strcmp(transport, "loop"))
		add_server(carriers, target_address(root_attribute(machine->fd, text_of("%s/address", controller))));
	functions_in(machine, link, &carriers->functions);
	carriers->any = true;
}

/* With multipath the disk belongs to a subsystem, and each controller in it is a way to the disk. */
static bool add_nvme_ways(const struct machine *machine, const char *link, struct carriers *carriers)
{
	const char *name = strstr(link, "/nvme-subsystem/");
	struct strings names = { 0 };
	const char *directory;

	if (!name)
		return false;
	name += strlen("/nvme-subsystem/");
	directory = text_of("sys/class/nvme-subsystem/%s", keep_bytes(name, strcspn(name, "/")));
	root_list(machine->fd, directory, &names);
	for_each(way, &names) {
		const char *controller = text_of("%s/%s", directory, *way), *target = root_link(machine->fd, controller);

		if (target && root_exists(machine->fd, text_of("%s/transport", controller)))
			add_nvme(machine, target, controller, carriers);
	}
	return carriers->any;
}

/* "/devices/platform/host2/session1/target2:0:0/..." (drivers/scsi/scsi_transport_iscsi.c) */
static bool add_iscsi(const struct machine *machine, const char *link, struct carriers *carriers)
{
	const char *session = strstr(link, "/session");

	if (!session)
		return false;
	session += strlen("/session");
	add_server(carriers, root_attribute(machine->fd,
					    text_of("sys/class/iscsi_connection/connection%s:0/persistent_address",
						    keep_bytes(session, strcspn(session, "/")))));
	functions_in(machine, link, &carriers->functions);
	return true;
}

/* A partition stands in the directory of its disk, and has no slaves of its own. */
static bool add_slaves(const struct machine *machine, const char *path, struct carriers *carriers, unsigned depth)
{
	static const char *const places[] = { "slaves", "../slaves" };
	bool any = false;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct strings names = { 0 };

		root_list(machine->fd, text_of("%s/%s", path, places[i]), &names);
		for_each(name, &names)
			follow(machine, *name, carriers, depth + 1);
		any |= names.count != 0;
	}
	return any;
}

static const char *attribute_of(const struct machine *machine, const char *path, const char *name)
{
	const char *own = root_attribute(machine->fd, text_of("%s/%s", path, name));

	return own ? own : root_attribute(machine->fd, text_of("%s/../%s", path, name));
}

/* What has no hardware of its own: upon others, in a file, from a server, in memory. */
static void follow_virtual(const struct machine *machine, const char *name, const char *path, struct carriers *carriers,
			   unsigned depth)
{
	const char *file = attribute_of(machine, path, "loop/backing_file");
	const char *uuid = attribute_of(machine, path, "dm/uuid"), *mapping = attribute_of(machine, path, "dm/name");

	/* those of dm-verity and dm-integrity have no key */
	if (uuid && text_begins(uuid, "CRYPT-") && !text_begins(uuid, "CRYPT-VERITY") && !text_begins(uuid, "CRYPT-INTEGRITY") &&
	    mapping)
		strings_add_once(&carriers->encrypted, mapping);
	if (add_slaves(machine, path, carriers, depth))
		return;
	if (file)
		strings_add_once(&carriers->files, file);
	else if (text_begins(name, "nbd") || text_begins(name, "rbd") || text_begins(name, "drbd"))
		add_server(carriers, NULL);
	else if (text_begins(name, "zd"))
		carriers->volume = true;
	else if (text_begins(name, "zram") || text_begins(name, "ram"))
		carriers->any = true;
	else
		carriers->lost = true;
}

static void follow(const struct machine *machine, const char *name, struct carriers *carriers, unsigned depth)
{
	const char *path = text_of(CLASS_BLOCK "/%s", name), *link = root_link(machine->fd, path);

	if (!carriers_note(carriers, name))
		return;
	if (!link || depth > DEPTH_MAX) {
		carriers->lost = true;
		return;
	}
	if (add_nvme_ways(machine, link, carriers) || add_iscsi(machine, link, carriers))
		return;
	if (strstr(link, "/virtual/") || text_begins(name, "rbd")) {
		follow_virtual(machine, name, path, carriers, depth);
		return;
	}
	functions_in(machine, link, &carriers->functions);
	carriers->any = true;
}

void block_carriers(const struct machine *machine, const char *name, struct carriers *carriers)
{
	follow(machine, name, carriers, 0);
	/* nothing but a circle */
	carriers->lost |= !carriers->any && !carriers->files.count && !carriers->volume;
}

const char *block_numbered(const struct machine *machine, unsigned long long number)
{
	return root_link_name(machine->fd, text_of("sys/dev/block/%u:%u", major(number), minor(number)));
}

/* The link that udev makes for a tag: "UUID=..." */
static const char *link_of_tag(const char *specification)
{
	static const char *const tags[] = { "UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=", "ID=" };
	static const char *const places[] = { "by-uuid", "by-label", "by-partuuid", "by-partlabel", "by-id" };
	size_t i;

	for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (text_begins(specification, tags[i]))
			return text_of("dev/disk/%s/%s", places[i], specification + strlen(tags[i]));
	return NULL;
}

/* By its number, where the machine is this one: a node may have any name. */
static const char *block_of_node(const struct machine *machine, const char *path)
{
	unsigned long long number;

	return block_number(machine, path, &number) ? block_numbered(machine, number) : NULL;
}

bool block_names_are_there(const struct machine *machine, const char *specification)
{
	bool by_link = link_of_tag(specification) || text_begins(specification, "/dev/disk/");

	return machine->live || !by_link || root_exists(machine->fd, "dev/disk");
}

/* "/dev/mapper/vg-x", "/dev/vg/x": by the name of the mapping, where udev's link is missing. */
static const char *block_of_mapping(const struct machine *machine, const char *path)
{
	struct strings names = { 0 };
	struct text mapping = { 0 };
	const char *at;

	if (!text_begins(path, "dev/") || !strchr(path + 4, '/'))
		return NULL;
	path += 4;
	/* LVM doubles each hyphen of both names, and puts one between them */
	for (at = path; *at; at++)
		text_print(&mapping, "%s", *at == '/' ? "-" : *at == '-' ? "--" : keep_bytes(at, 1));
	root_list(machine->fd, CLASS_BLOCK, &names);
	for_each(name, &names) {
		const char *its = root_attribute(machine->fd, text_of(CLASS_BLOCK "/%s/dm/name", *name));

		if (its && (text_same(its, mapping.bytes) || (text_begins(path, "mapper/") && !strcmp(its, path + strlen("mapper/")))))
			return *name;
	}
	return NULL;
}

const char *block_named(const struct machine *machine, const char *specification)
{
	const char *path = link_of_tag(specification), *name;
	char *resolved = NULL;

	if (!path && *specification == '/')
		path = specification + 1;
	else if (path && machine->live && !root_exists(machine->fd, path))
		resolved = mnt_resolve_spec(specification, NULL);	/* a label that udev has to spell otherwise */
	if (resolved)
		path = text_of("%s", resolved + 1);
	free(resolved);
	if (!path)
		return NULL;
	name = block_of_node(machine, path);
	if (!name)
		name = root_link_name(machine->fd, path);
	if (!name)
		name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	return root_exists(machine->fd, text_of(CLASS_BLOCK "/%s", name)) ? name : block_of_mapping(machine, path);
}
