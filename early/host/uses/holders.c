/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From disks and partitions to whatever holds them: the kernel knows, whoever it is; sysfs and /proc tell by what name. */
#include "holders.h"
#include "disks.h"
#include "parts.h"

#include "../machine/block_node.h"
#include "../machine/openers.h"
#include "../machine/signature.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define CLASS_BLOCK "sys/class/block"
#define NAMED_MAX 3			/* of those that hold one disk */

/* A disk or partition, and what the kernel and the mounts say of it. */
struct held {
	const struct disk *disk;
	enum hold hold;
	bool known;			/* a mount or the like says what it is used for */
};

struct helds {
	struct held *items;
	size_t count;
};

/* A process that has a block device open. */
struct opener {
	const char *disk, *program;
};

struct openers {
	struct opener *items;
	size_t count;
};

static bool has(const struct strings *strings, const char *name)
{
	for_each(item, strings)
		if (!strcmp(*item, name))
			return true;
	return false;
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

static void add_sysfs_holders(const struct machine *machine, const char *disk, struct strings *who)
{
	const char *directory = text_of(CLASS_BLOCK "/%s", disk);
	struct strings holders = { 0 };

	root_list(machine->fd, text_of("%s/holders", directory), &holders);
	for_each(holder, &holders)
		strings_add_once(who, holder_shown(machine, *holder));
	if (!holders.count && root_exists(machine->fd, text_of("%s/bcache", directory)))
		strings_add(who, "bcache");
}

static struct openers openers_of(const struct machine *machine)
{
	struct open_nodes nodes = open_nodes(machine);
	struct openers openers = { 0 };

	for_each(node, &nodes) {
		const char *disk = node->disk ? block_numbered(machine, node->disk) :
				   machine->live ? NULL : block_named(machine, node->path);

		if (disk)
			*list_add(&openers) = (struct opener) { .disk = disk, .program = node->program };
	}
	return openers;
}

/* A disk is claimed with each of its partitions. */
static bool is_claimed_itself(const struct helds *all, const struct held *one)
{
	if (one->hold != HOLD_CLAIMED)
		return false;
	for_each(part, all)
		if (text_same(part->disk->whole, one->disk->name) && part->hold == HOLD_CLAIMED)
			return false;
	/* a claimed disk makes all of its partitions so */
	for_each(whole, all)
		if (text_same(one->disk->whole, whole->disk->name) && whole->known)
			return false;
	return true;
}

/* One that nothing in /sys or /proc names: ZFS, another mount namespace, a target of iSCSI. */
static const char *claimer_of(const struct machine *machine, const char *disk)
{
	struct signature signature = signature_of(machine, disk);

	return text_same(signature.type, "zfs_member") && signature.label ? text_of("ZFS %s", signature.label) :
	       text_of("%s is held", disk);
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

/* A disk that the kernel gives away carries nothing that is in use now. */
static void suspect(struct uses *uses, const struct helds *all, const struct suspicions *suspicions)
{
	struct strings what = { 0 };
	enum use_kind kind = USE_HELD;

	for_each(suspicion, suspicions) {
		strings_add_once(&what, suspicion->what);
		if (suspicion->kind == USE_BOOT)
			kind = USE_BOOT;
	}
	for_each(one, all)
		if (what.count && one->hold != HOLD_NONE && !is_used(uses, one->disk))
			add_use(uses, one->disk, kind, text_of("unknown (%s?)", names_of(&what)));
}

static void add_held(const struct machine *machine, struct uses *uses, const struct openers *openers,
		     const struct helds *all, const struct held *one)
{
	const char *name = one->disk->name;
	struct strings who = { 0 };

	add_sysfs_holders(machine, name, &who);
	for_each(opener, openers)
		if (text_same(opener->disk, name))
			strings_add_once(&who, text_of("open in %s", opener->program));
	if (!who.count && is_claimed_itself(all, one))
		strings_add(&who, claimer_of(machine, name));
	if (who.count)
		add_use(uses, one->disk, USE_HELD, names_of(&who));
}

void uses_add_holders(const struct machine *machine, struct uses *uses, const struct strings *known,
		      const struct suspicions *suspicions, bool runs)
{
	bool asked = machine->live && runs;
	struct disks disks = disks_of(machine);
	struct openers openers = { 0 };
	struct helds all = { 0 };

	for_each(disk, &disks)
		*list_add(&all) = (struct held) {
			.disk = disk, .known = has(known, disk->name),
			.hold = asked ? block_hold(machine, disk->name) : HOLD_UNKNOWN,
		};
	if (runs)
		openers = openers_of(machine);
	for_each(one, &all)
		if (!one->known)
			add_held(machine, uses, &openers, &all, one);
	for_each(one, &all)
		if (asked && one->hold == HOLD_UNKNOWN && !is_used(uses, one->disk))
			add_use(uses, one->disk, USE_HELD, text_of("unknown (%s cannot be opened)", one->disk->name));
	/* where the root may be on any disk, all of them are guarded as that */
	if (!(uses->unknown & REFUSE_BOOT_DISK))
		suspect(uses, &all, suspicions);
}
