/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Check of the disks that are given away: what nobody holds may carry data all the same. */
#include "checks.h"

#include "../../machine/signature.h"
#include "../../uses/disks.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <ctype.h>
#include <string.h>

/* "ext4 'backup'" */
static const char *content_shown(const struct signature *signature)
{
	return signature->label ? text_of("%s '%s'", signature->type, text_shown(signature->label, strlen(signature->label))) :
	       signature->type;
}

static const char *in_capitals(const char *text)
{
	char *copy = keep_string(text), *at;

	for (at = copy; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	return copy;
}

static bool hangs_on(const struct disk *disk, const char *function)
{
	for_each(its, &disk->functions)
		if (!strcmp(*its, function))
			return true;
	return false;
}

static void check_disk(struct checking *checking, const struct disks *disks, const struct disk *disk)
{
	struct signature own = signature_of(checking->machine, disk->name);
	struct strings content = { 0 };

	if (own.type)
		strings_add(&content, content_shown(&own));
	for_each(part, disks) {
		struct signature signature = { 0 };

		if (text_same(part->whole, disk->name))
			signature = signature_of(checking->machine, part->name);
		if (signature.type)
			strings_add(&content, content_shown(&signature));
	}
	if (own.table || content.count)
		findings_add(&checking->findings, LEVEL_WARN, "data", "copy what the host needs of it: it goes with the device",
			     "%s carries data: %s%s%s", disk->name, own.table ? in_capitals(own.table) : "",
			     own.table && content.count ? "; " : "", content.count ? strings_join(&content, ", ") : "");
}

/* What is in use has been warned of, with better words. */
static bool is_idle(const struct checking *checking, const struct device *device)
{
	const char *used = uses_of(&checking->rehearsal.uses, device);

	return !used || text_begins(used, "unknown");
}

static bool is_given_away(const struct checking *checking, const struct disk *disk)
{
	for_each(group, &checking->rehearsal.boot.decision.groups)
		for_each(member, &group->members)
			if (!group->refusals && member->role == ROLE_TAKE && hangs_on(disk, member->device->name))
				return is_idle(checking, member->device);
	return false;
}

void check_data(struct checking *checking)
{
	struct disks disks = disks_of(checking->machine);

	for_each(disk, &disks)
		if (!disk->whole && is_given_away(checking, disk))
			check_disk(checking, &disks, disk);
}
