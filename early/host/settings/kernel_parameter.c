/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameter that switches the IOMMU on: added, noted, and taken back. */
#include "kernel_parameter.h"
#include "boot_loader.h"

#include "../image/images.h"
#include "../machine/status.h"
#include "../machine/write.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <stdlib.h>
#include <string.h>

#define NOTE RECORDS "/kernel-parameter"
#define COMPLETE "complete"
#define STAT_SIZE_MAX (1024ul * 1024)

const char *parameter_missing(const struct iommu *iommu)
{
	const char *const intel_on = "intel_iommu=on";

	return iommu->state == IOMMU_OFF && iommu->remedy && strstr(iommu->remedy, text_of("add %s ", intel_on)) ?
	       intel_on : NULL;
}

const char *parameters_place(const struct machine *machine)
{
	const struct boot_loader *loader = boot_loader_of(machine);

	return loader ? loader->detect(machine) : NULL;
}

/* ---- the note of what was added: a line each ---- */

struct note {
	const char *parameter;		/* NULL: none was added */
	const struct boot_loader *loader;
	struct strings places;
	bool complete;			/* nothing of it is left to do */
};

static struct note read_note(const struct machine *machine)
{
	const char *text = root_text(machine->fd, NOTE);
	struct note note = { 0 };

	while (text && *text) {
		const char *line = keep_bytes(text, strcspn(text, "\n"));

		text += strlen(line);
		text += *text == '\n';
		if (!note.parameter)
			note.parameter = line;
		else if (!note.loader)
			note.loader = boot_loader_named(line);
		else if (!strcmp(line, COMPLETE))
			note.complete = true;
		else
			strings_add(&note.places, line);
	}
	return note.loader ? note : (struct note) { 0 };
}

static enum exit_code fail(const struct machine *machine, int error)
{
	return error ? complain(EXIT_PROBLEM, "%s: %s", machine_path(machine, NOTE), strerror(-error)) : EXIT_FINE;
}

static enum exit_code write_note(const struct machine *machine, const struct note *note)
{
	struct text text = { 0 };

	text_print(&text, "%s\n%s\n", note->parameter, note->loader->name);
	for_each(place, &note->places)
		text_print(&text, "%s\n", *place);
	if (note->complete)
		text_print(&text, COMPLETE "\n");
	return fail(machine, write_ours(machine, NOTE, text.bytes, text.length));
}

bool parameter_is_ours(const struct machine *machine)
{
	return read_note(machine).parameter;
}

bool parameter_is_added(const struct machine *machine)
{
	return read_note(machine).complete;
}

/* In seconds since the epoch, see proc_stat(5); 0: not known. */
static unsigned long long boot_time(int root)
{
	static const char name[] = "\nbtime ";
	const char *text, *at;
	size_t length;

	if (root_read(root, "proc/stat", STAT_SIZE_MAX, &text, &length))
		return 0;
	at = strstr(text, name);
	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

bool parameter_is_booted(const struct machine *machine)
{
	struct stat status;

	return parameter_is_added(machine) && !status_of(machine->fd, NOTE, true, &status) &&
	       (unsigned long long)status.st_mtime < boot_time(machine->fd);
}

/* ---- adding it and taking it back ---- */

/* Changes all places, also behind one that failed: returns the worst result. */
static enum change change_places(const struct machine *machine, const struct note *note, bool add, bool images)
{
	enum change worst = CHANGE_DONE;

	for_each(place, &note->places) {
		enum change change = add ? note->loader->add(machine, *place, note->parameter, images) :
				     note->loader->remove(machine, *place, note->parameter, images);

		if (change > worst)
			worst = change;
	}
	return worst;
}

enum exit_code parameter_add(const struct machine *machine, const char *parameter, bool images)
{
	struct note note = read_note(machine);
	enum change change;

	if (note.complete)
		return EXIT_FINE;
	/* a change that was begun is continued: places that had the parameter before are not in the note */
	if (!note.parameter) {
		note = (struct note) { .parameter = parameter, .loader = boot_loader_of(machine) };
		if (!note.loader)
			return complain(EXIT_PROBLEM, "no boot loader that is known here: add %s to the kernel "
					"command line yourself", parameter);
		note.places = note.loader->lacking(machine, parameter);
	}
	if (!note.places.count) {
		say("kernel parameters: %s has %s already\n", note.loader->detect(machine), parameter);
		return EXIT_FINE;
	}
	/* the note is written first, so that also a change that is interrupted can be taken back */
	if (write_note(machine, &note))
		return EXIT_PROBLEM;
	change = change_places(machine, &note, true, images);
	if (change == CHANGE_FAILED)
		return EXIT_PROBLEM;
	note.complete = change == CHANGE_DONE;
	return write_note(machine, &note);
}

enum exit_code parameter_remove(const struct machine *machine, bool images)
{
	struct note note = read_note(machine);

	if (!note.parameter)
		return EXIT_FINE;
	if (change_places(machine, &note, false, images) == CHANGE_FAILED)
		return EXIT_PROBLEM;
	return fail(machine, remove_ours(machine, NOTE));
}
