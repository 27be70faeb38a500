/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which lines of the configuration give a device away: those that name it, and
 * those that take it because it is in the group of what they name.
 */
#include "lines.h"

#include "../../machine/match.h"
#include "../../settings/own_file.h"
#include "../../../core/address.h"
#include "../../../core/selector.h"
#include "../../../core/stages.h"
#include "../../../core/text.h"

#include <string.h>

/* What one request alone selects. */
static struct devices selected_by(struct rehearsal *rehearsal, struct request *request)
{
	struct config config = { .requests = { .items = request, .count = 1 } };
	struct selection selection = { 0 };
	struct devices devices = { 0 };

	select_devices(&config, &rehearsal->boot.inventory, &selection);
	for_each(selected, &selection.devices)
		*list_add(&devices) = selected->device;
	return devices;
}

static bool is_ours(const struct request *line)
{
	return !strcmp(line->at.source, "/" OWN_FILE);
}

/* ---- how a line and an argument may belong together ---- */

/* The line names what the argument names; neither has to be there. */
static bool is_about(const struct request *line, const struct devices *its, const struct request *argument,
		     const struct devices *named)
{
	for_each(device, its)
		for_each(other, named)
			if (*device == *other)
				return true;
	return selectors_agree(&line->what, &argument->what);
}

static bool is_same_slot(const struct pci_address *one, const struct pci_address *other)
{
	return one->domain == other->domain && one->bus == other->bus && one->device == other->device;
}

/* What "enable" wrote into the comment of one of its lines: where the device was then. */
static bool was_at(const char *own_file, const struct request *line, struct selector *place)
{
	const char *comment;
	unsigned number;

	for (number = 1; number < line->at.line; number++) {
		own_file += strcspn(own_file, "\n");
		own_file += *own_file == '\n';
	}
	comment = memchr(own_file, '#', strcspn(own_file, "\n"));
	if (!comment)
		return false;
	comment += 1 + strspn(comment + 1, " ");
	return selector_parse(comment, strcspn(comment, " \n"), place) && place->place == PLACE_SLOT;
}

/* The card of the line is gone: the argument may be its ID, or the slot that it had. */
static bool was_about(const char *own_file, const struct request *line, const struct request *argument)
{
	const struct selector *what = &argument->what;
	struct selector place;

	if (!is_ours(line))
		return false;
	if (what->place == PLACE_ANY)
		return line->what.has_id && id_matches(&what->id, &line->what.id, 0);
	if (!was_at(own_file, line, &place))
		return false;
	return what->place == PLACE_SLOT ? !address_compare(&what->address, &place.address) :
	       what->place == PLACE_ALL_FUNCTIONS && is_same_slot(&what->address, &place.address);
}

/* The line takes the whole group of its device, and with it what the argument names. */
static bool keeps(const struct request *line, const struct devices *its, const struct devices *named, bool same_slot)
{
	if (line->siblings_none)
		return false;
	for_each(device, its)
		for_each(other, named)
			if ((*device)->group && text_same((*device)->group, (*other)->group) &&
			    is_same_slot(&(*device)->address, &(*other)->address) == same_slot)
				return true;
	return false;
}

/* ---- the lines of one argument ---- */

struct looking {
	struct rehearsal *rehearsal;
	struct lines *lines;
	const char *own_file;
	struct request *argument;
	struct devices named;
};

enum relation { ABOUT, WAS_ABOUT, KEEPS_SLOT, KEEPS_GROUP };

static bool is_related(const struct looking *looking, struct request *line, enum relation relation)
{
	struct devices its = selected_by(looking->rehearsal, line);

	switch (relation) {
	case ABOUT:
		return is_about(line, &its, looking->argument, &looking->named);
	case WAS_ABOUT:
		return !its.count && was_about(looking->own_file, line, looking->argument);
	case KEEPS_SLOT:
		return keeps(line, &its, &looking->named, true);
	case KEEPS_GROUP:
		return keeps(line, &its, &looking->named, false);
	}
	return false;
}

static bool is_known(const struct lines *lines, const struct request *line)
{
	for_each(known, &lines->ours)
		if (*known == line)
			return true;
	for_each(known, &lines->theirs)
		if (*known == line)
			return true;
	return false;
}

/* Whether there are such lines; a card goes as a whole, another device of its group only where it is named. */
static bool add_lines(struct looking *looking, enum relation relation)
{
	struct lines *lines = looking->lines;
	bool found = false;

	for_each(line, &looking->rehearsal->boot.config.requests) {
		if (is_argument(&line->at) || !is_related(looking, line, relation))
			continue;
		found = true;
		if (is_known(lines, line))
			continue;
		if (is_ours(line) && relation != KEEPS_GROUP)
			*list_add(&lines->ours) = line;
		else
			*list_add(&lines->theirs) = line;
	}
	return found;
}

static enum exit_code find_lines(struct looking *looking)
{
	bool found = add_lines(looking, ABOUT);

	if (!found)
		found = add_lines(looking, WAS_ABOUT);
	found |= add_lines(looking, KEEPS_SLOT);
	if (found)
		return EXIT_FINE;
	if (!looking->named.count)
		return complain(EXIT_PROBLEM, "disable: %s: no such device, and no line names it: see vfio-early list",
				looking->argument->text);
	say("%s is not enabled: nothing to take out\n", looking->argument->text);
	return EXIT_FINE;
}

enum exit_code lines_find(const struct machine *machine, struct rehearsal *rehearsal, struct lines *lines)
{
	struct looking looking = { .rehearsal = rehearsal, .lines = lines, .own_file = own_file_read(machine) };
	enum exit_code code = looking.own_file ? EXIT_FINE : EXIT_PROBLEM;

	for_each(argument, &rehearsal->boot.config.requests) {
		if (code || !is_argument(&argument->at))
			continue;
		looking.argument = argument;
		looking.named = selected_by(rehearsal, argument);
		code = find_lines(&looking);
	}
	/* what keeps the group of one argument may be what another names */
	for_each(argument, &rehearsal->boot.config.requests) {
		if (code || !is_argument(&argument->at))
			continue;
		looking.argument = argument;
		looking.named = selected_by(rehearsal, argument);
		add_lines(&looking, KEEPS_GROUP);
	}
	return code;
}
