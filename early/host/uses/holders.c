/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From disks and partitions to whatever holds them: the kernel knows, whoever it is; sysfs and /proc tell by what name. */
#include "holders.h"
#include "block.h"
#include "parts.h"

#include "../machine/block_node.h"
#include "../machine/signature.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define CLASS_BLOCK "sys/class/block"
#define NAMED_MAX 3			/* of those that hold one disk */

/* A block device of hardware. */
struct disk {
	const char *name;
	const char *whole;		/* of a partition: its disk, else NULL */
	struct strings functions;
	enum hold hold;
	bool known;			/* a mount or the like says what it is used for */
};

struct disks {
	struct disk *items;
	size_t count;
};

static bool has(const struct strings *strings, const char *name)
{
	for_each(item, strings)
		if (!strcmp(*item, name))
			return true;
	return false;
}

/* What stands upon others is none; nor is one of the ways to a disk of NVMe with several. */
static bool is_of_hardware(const struct machine *machine, const char *name, const char *link)
{
	return (!strstr(link, "/virtual/") || strstr(link, "/nvme-subsystem/")) &&
	       !text_same(root_attribute(machine->fd, text_of(CLASS_BLOCK "/%s/hidden", name)), "1");
}

/* Partitions stand in the directory of their disk. */
static const char *whole_of(const struct machine *machine, const char *link)
{
	const char *end = strrchr(link, '/'), *begin = end, *above;

	if (!end)
		return NULL;
	while (begin > link && begin[-1] != '/')
		begin--;
	above = keep_bytes(begin, (size_t)(end - begin));
	return *above && root_exists(machine->fd, text_of(CLASS_BLOCK "/%s", above)) ? above : NULL;
}

static struct disks disks_of(const struct machine *machine, const struct strings *known, bool ask)
{
	struct disks disks = { 0 };
	struct strings names = { 0 };

	root_list(machine->fd, CLASS_BLOCK, &names);
	for_each(name, &names) {
		const char *link = root_link(machine->fd, text_of(CLASS_BLOCK "/%s", *name));
		struct carriers carriers = { 0 };

		if (!link || !is_of_hardware(machine, *name, link))
			continue;
		block_carriers(machine, *name, &carriers);
		if (carriers.functions.count)
			*list_add(&disks) = (struct disk) {
				.name = *name, .whole = whole_of(machine, link), .functions = carriers.functions,
				.known = has(known, *name), .hold = ask ? block_hold(machine, *name) : HOLD_UNKNOWN,
			};
	}
	return disks;
}

/* The prefixes of dm/uuid say whose it is (dm-uevent, LVM, cryptsetup, multipath). */
static const char *holder_shown(const struct machine *machine, const char *name)
{
	static const struct { const char *prefix, *owner; } owners[] = {
		{ "LVM-", "LVM" }, { "CRYPT-", "dm-crypt" }, { "mpath-", "multipath" }, { "", "device mapper" },
	};
	const char *directory = text_of(CLASS_BLOCK "/%s", name);
	const char *mapping = root_attribute(machine->fd, text_of("%s/dm/name", directory));
	const char *uuid = root_attribute(machine->fd, text_of("%s/dm/uuid", directory));
	size_t i = 0;

	if (mapping) {
		while (!text_begins(uuid ? uuid : "", owners[i].prefix))
			i++;
		return text_of("%s %s", owners[i].owner, mapping);
	}
	return text_begins(name, "md") ? text_of("MD %s", name) : name;
}

static void add_sysfs_holders(const struct machine *machine, const struct disk *disk, const struct strings *known,
			      struct strings *who)
{
	const char *directory = text_of(CLASS_BLOCK "/%s", disk->name);
	struct strings holders = { 0 };

	root_list(machine->fd, text_of("%s/holders", directory), &holders);
	for_each(holder, &holders)
		if (!has(known, *holder))
			strings_add_once(who, holder_shown(machine, *holder));
	if (!holders.count && root_exists(machine->fd, text_of("%s/bcache", directory)))
		strings_add(who, "bcache");
}

static void add_openers(const struct machine *machine, const struct disk *disk, const struct openers *openers,
			struct strings *who)
{
	for_each(opener, openers) {
		const char *name = machine->live ? block_numbered(machine, opener->number) : block_named(machine, opener->path);

		if (text_same(name, disk->name))
			strings_add_once(who, opener->who);
	}
}

/* A disk is claimed with each of its partitions. */
static bool is_claimed_itself(const struct disks *disks, const struct disk *disk)
{
	if (disk->hold != HOLD_CLAIMED)
		return false;
	for_each(part, disks)
		if (text_same(part->whole, disk->name) && part->hold == HOLD_CLAIMED)
			return false;
	/* a claimed disk makes all of its partitions so */
	for_each(whole, disks)
		if (text_same(disk->whole, whole->name) && whole->known)
			return false;
	return true;
}

/* One that nothing in /sys or /proc names: ZFS, another mount namespace, a target of iSCSI. */
static const char *claimer_of(const struct machine *machine, const struct disk *disk)
{
	struct signature signature = signature_of(machine, disk->name);

	return text_same(signature.type, "zfs_member") && signature.label ? text_of("ZFS %s", signature.label) :
	       text_of("%s is held", disk->name);
}

static const char *names_of(const struct strings *who)
{
	struct strings named = { .items = who->items, .count = who->count > NAMED_MAX ? NAMED_MAX : who->count };

	return who->count > NAMED_MAX ? text_of("%s and %zu more", strings_join(&named, ", "), who->count - NAMED_MAX) :
	       strings_join(&named, ", ");
}

static void add_use(struct uses *uses, const struct disk *disk, enum use_kind kind, const char *detail)
{
	for_each(function, &disk->functions)
		uses_add(uses, *function, kind, detail);
}

static bool is_used(const struct uses *uses, const struct disk *disk)
{
	static const enum use_kind kinds[] = { USE_BOOT, USE_STORAGE, USE_HELD };
	size_t i;

	for_each(function, &disk->functions)
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (uses_have(uses, *function, kinds[i]))
				return true;
	return false;
}

static void suspect(struct uses *uses, const struct disks *disks, const struct suspicions *suspicions)
{
	struct strings what = { 0 };
	enum use_kind kind = USE_HELD;

	for_each(suspicion, suspicions) {
		strings_add_once(&what, suspicion->what);
		if (suspicion->kind == USE_BOOT)
			kind = USE_BOOT;
	}
	for_each(disk, disks)
		if (what.count && !is_used(uses, disk))
			add_use(uses, disk, kind, text_of("unknown (%s?)", names_of(&what)));
}

void uses_add_holders(const struct machine *machine, struct uses *uses, const struct strings *known,
		      const struct suspicions *suspicions, bool runs)
{
	struct disks disks = disks_of(machine, known, machine->live && runs);
	struct openers openers = { 0 };

	if (runs)
		openers = block_openers(machine);
	for_each(disk, &disks) {
		struct strings who = { 0 };

		if (disk->known)
			continue;
		add_sysfs_holders(machine, disk, known, &who);
		add_openers(machine, disk, &openers, &who);
		if (!who.count && is_claimed_itself(&disks, disk))
			strings_add(&who, claimer_of(machine, disk));
		if (who.count)
			add_use(uses, disk, USE_HELD, names_of(&who));
	}
	if (machine->live && runs)
		for_each(disk, &disks)
			if (disk->hold == HOLD_UNKNOWN && !is_used(uses, disk))
				add_use(uses, disk, USE_HELD, text_of("unknown (%s cannot be opened)", disk->name));
	/* where the root may be on any disk, all of them are guarded as that */
	if (!(uses->unknown & REFUSE_BOOT_DISK))
		suspect(uses, &disks, suspicions);
}
