/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of the configuration: every mistake, and what every line selects. */
#include "checks.h"

#include "../../machine/names.h"
#include "../../../core/address.h"
#include "../../../core/errors.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

const char *line_shown(struct where at)
{
	const char *line = where_line(at);

	return text_shown(line, strlen(line));
}

static void check_errors(struct checking *checking, const struct errors *errors)
{
	for_each(error, errors) {
		const char *at = where_exactly(error->at);

		findings_add(&checking->findings, LEVEL_FAIL, "configuration", NULL, "%s: %s", text_shown(at, strlen(at)),
			     error->text);
	}
}

static const char *safe_form(const struct checking *checking, const char *name)
{
	const struct device *device = rehearsal_now(&checking->rehearsal, name);

	if (!device || !device->path)
		return name;
	return text_of("%s %04x:%04x", device->path, device->id.vendor, device->id.device);
}

/* Which of them is meant only a person knows: "write: 00:01.0/00.0 10de:1b80 (01:00.0), or ..." */
static const char *how_to_write(const struct checking *checking, const struct strings *names)
{
	struct text fix = { 0 };

	for_each(name, names)
		text_print(&fix, "%s%s (%s)", fix.length ? ", or " : "write: ", safe_form(checking, *name), address_shown(*name));
	return fix.bytes;
}

static void check_absence(struct checking *checking, const struct absence *absence)
{
	const struct request *request = absence->request;
	enum level level = request->optional ? LEVEL_WARN : LEVEL_FAIL;
	const char *at = line_shown(request->at), *text = text_shown(request->text, strlen(request->text));

	if (absence->now_at.count)
		findings_add(&checking->findings, level, "match", how_to_write(checking, &absence->now_at),
			     "%s: %s: not there; %zu device%s this ID", at, text, absence->now_at.count,
			     absence->now_at.count == 1 ? " has" : "s have");
	else
		findings_add(&checking->findings, level, "match", "see: vfio-early list",
			     "%s: %s: %s", at, text, absence->id_mismatch ? "another device is there" : "no such device");
}

static void check_matches(struct checking *checking)
{
	const struct selection *selection = &checking->rehearsal.boot.decision.selection;

	for_each(selected, &selection->devices)
		findings_add(&checking->findings, LEVEL_PASS, "match", NULL, "%s: %s", line_shown(selected->first->at),
			     device_shown(selected->device));
	for_each(absence, &selection->absences)
		if (!rehearsal_late(&checking->rehearsal, absence->request).count)
			check_absence(checking, absence);
}

/* An ID alone takes all of a kind, now or after a card is added. */
static void check_ids(struct checking *checking)
{
	for_each(request, &checking->rehearsal.boot.config.requests) {
		struct strings found = { 0 };

		if (request->what.place != PLACE_ANY)
			continue;
		for_each(selected, &checking->rehearsal.boot.decision.selection.devices)
			if (id_matches(&request->what.id, &selected->device->id, selected->device->class))
				strings_add(&found, selected->device->name);
		if (found.count > 1)
			findings_add(&checking->findings, LEVEL_WARN, "match",
				     text_of("for one alone %s", how_to_write(checking, &found)),
				     "%s: %s takes %zu devices", line_shown(request->at), request->text, found.count);
	}
}

void check_requests(struct checking *checking)
{
	const struct boot *boot = &checking->rehearsal.boot;

	check_errors(checking, &boot->config.errors);
	check_errors(checking, &boot->decision.selection.errors);
	if (!boot->config.requests.count)
		findings_add(&checking->findings, LEVEL_WARN, "configuration", "choose a device: vfio-early list",
			     "nothing is configured");
	check_matches(checking);
	check_ids(checking);
}
