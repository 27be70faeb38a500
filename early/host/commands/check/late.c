/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of functions that come to be only after vfio-early: lines that name them, and what goes with their maker. */
#include "checks.h"

#include "../../machine/maker.h"
#include "../../machine/match.h"
#include "../../machine/names.h"
#include "../../../core/address.h"
#include "../../../core/device.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

static bool is_excepted(const struct request *request, const struct device *device)
{
	for_each(except, &request->except)
		if (selector_names(except, device))
			return true;
	return false;
}

static struct devices named_by(const struct checking *checking, const struct request *request)
{
	struct devices named = { 0 };

	for_each(late, &checking->rehearsal.late)
		if (selector_names(&request->what, *late) && !is_excepted(request, *late))
			*list_add(&named) = *late;
	return named;
}

bool check_late(struct checking *checking, enum level level, const struct request *request)
{
	struct inventory *inventory = &checking->rehearsal.boot.inventory;
	struct devices named = named_by(checking, request);
	const struct device *late = named.count ? named.items[0] : NULL, *maker = late ? maker_of(inventory, late) : NULL;

	if (late && is_virtual(inventory, late))
		findings_add(&checking->findings, level, "match",
			     "leave it to libvirt (managed) or driverctl, once it is there",
			     "%s: %s comes to be only after vfio-early: it is a virtual function",
			     line_shown(request->at), late->name);
	else if (maker)
		findings_add(&checking->findings, level, "match",
			     text_of("select the controller %s instead", address_shown(maker->name)),
			     "%s: %s comes to be only after vfio-early: its controller has to work first",
			     line_shown(request->at), late->name);
	return late;
}

static bool is_absent(const struct checking *checking, const struct request *request)
{
	for_each(absence, &checking->rehearsal.boot.decision.selection.absences)
		if (absence->request == request)
			return true;
	return false;
}

/* An ID, or a slot with all of its functions, that names more than is there when the boot decides. */
static void check_half_late(struct checking *checking, const struct request *request)
{
	struct devices named = named_by(checking, request);
	struct strings taken = { 0 };

	for_each(selected, &checking->rehearsal.boot.decision.selection.devices)
		if (selector_names(&request->what, selected->device) && !is_excepted(request, selected->device))
			strings_add(&taken, address_shown(selected->device->name));
	if (named.count && taken.count)
		findings_add(&checking->findings, LEVEL_WARN, "match", NULL,
			     "%s: %s selects only %s: %s%s come%s to be after vfio-early", line_shown(request->at),
			     request->text, strings_join(&taken, ", "), address_shown(named.items[0]->name),
			     named.count == 1 ? "" : text_of(" and %zu more", named.count - 1), named.count == 1 ? "s" : "");
}

/* What the driver of a device makes now, and the one that it gets does not. */
static void check_made(struct checking *checking, const struct member *member)
{
	struct inventory *inventory = &checking->rehearsal.boot.inventory;
	size_t virtual = 0;

	for_each(late, &checking->rehearsal.late) {
		if (maker_of(inventory, *late) != member->device)
			continue;
		if (is_virtual(inventory, *late))
			virtual++;
		else if (!device_is_bridge(*late))
			findings_add(&checking->findings, LEVEL_WARN, "match", NULL, "%s goes with %s",
				     device_shown(*late), address_shown(member->device->name));
	}
	if (virtual)
		findings_add(&checking->findings, LEVEL_WARN, "match", NULL,
			     "%zu virtual function%s of %s will not exist: %s makes none", virtual,
			     virtual == 1 ? "" : "s", address_shown(member->device->name), member->driver);
}

void check_what_is_late(struct checking *checking)
{
	for_each(request, &checking->rehearsal.boot.config.requests)
		if (!is_absent(checking, request))
			check_half_late(checking, request);
	for_each(group, &checking->rehearsal.boot.decision.groups)
		for_each(member, &group->members)
			if (!group->refusals && member->role == ROLE_TAKE)
				check_made(checking, member);
}
