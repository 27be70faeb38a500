/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of functions that come to be only after vfio-early: lines that name them, and what goes with their maker. */
#include "checks.h"

#include "../../machine/device_state.h"
#include "../../machine/maker.h"
#include "../../machine/match.h"
#include "../../machine/names.h"
#include "../../../core/device.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

static struct strings taken_by(const struct checking *checking, const struct request *request)
{
	struct strings taken = { 0 };

	for_each(selected, &checking->rehearsal.boot.decision.selection.devices)
		if (request_names(request, selected->device))
			strings_add(&taken, address_shown(selected->device->name));
	return taken;
}

/* A line that names late functions alone selects nothing. */
static void check_late_line(struct checking *checking, const struct request *request, const struct device *late)
{
	struct inventory *inventory = &checking->rehearsal.boot.inventory;
	const struct device *maker = maker_of(inventory, late);
	const char *why = "its controller has to work first", *fix = NULL;

	if (device_serves_vfio(checking->machine->fd, late)) {
		why = text_of("it is a virtual function that %s itself hands to VMs (vfio-dev)", late->driver);
		fix = text_of("leave it to %s, and give it to a VM as it is", late->driver);
	} else if (is_virtual(inventory, late)) {
		why = "it is a virtual function";
		fix = "leave it to libvirt (managed) or driverctl, once it is there";
	} else if (maker) {	/* that of a tree that is not whole may be late itself */
		fix = text_of("select the controller %s instead", address_shown(maker->name));
	}
	findings_add(&checking->findings, request->optional ? LEVEL_WARN : LEVEL_FAIL, "match", fix,
		     "%s: %s comes to be only after vfio-early: %s", line_shown(request->at), late->name, why);
}

static void check_line(struct checking *checking, const struct request *request)
{
	struct devices late = rehearsal_late(&checking->rehearsal, request);
	struct strings taken = taken_by(checking, request);

	if (late.count && !taken.count)
		check_late_line(checking, request, late.items[0]);
	else if (late.count)
		findings_add(&checking->findings, LEVEL_WARN, "match", NULL,
			     "%s: %s selects only %s: %s%s come%s to be after vfio-early", line_shown(request->at),
			     request->text, strings_join(&taken, ", "), address_shown(late.items[0]->name),
			     late.count == 1 ? "" : text_of(" and %zu more", late.count - 1), late.count == 1 ? "s" : "");
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

void check_late(struct checking *checking)
{
	for_each(request, &checking->rehearsal.boot.config.requests)
		check_line(checking, request);
	for_each(group, &checking->rehearsal.boot.decision.groups)
		for_each(member, &group->members)
			if (!group->refusals && member->role == ROLE_TAKE)
				check_made(checking, member);
}
