/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameter that switches the IOMMU on: added, noted, and taken back. */
#include "kernel_parameter.h"
#include "boot_loader.h"

#include "../image/images.h"
#include "../machine/path.h"
#include "../machine/status.h"
#include "../machine/write.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <stdlib.h>
#include <string.h>

#define NOTE RECORDS "/kernel-parameter"
#define NOTE_SIZE_MAX (64ul * 1024)
#define COMPLETE "complete"
#define KEPT "kept "
#define TYPED "typed"
#define STAT_SIZE_MAX (1024ul * 1024)

const char *parameter_missing(const struct rehearsal *rehearsal)
{
	const struct iommu *iommu = &rehearsal->boot.decision.iommu;
	const char *const intel_on = "intel_iommu=on";

	return iommu->state == IOMMU_OFF && iommu->remedy && rehearsal->no_iommu.remedy == iommu->remedy &&
	       strstr(iommu->remedy, text_of("add %s ", intel_on)) ?
	       intel_on : NULL;
}

/* What adding it does on all ways of this machine. */
static struct parameter_plan plan_to_add(const struct machine *machine, const struct boot_loaders *ways,
					 const char *parameter)
{
	struct parameter_plan plan = { .parameter = parameter, .adds = true };

	for_each(way, ways)
		if ((*way)->to_add)
			strings_add(&plan.typed, boot_loader_typed((*way)->to_add, parameter));
		else
			(*way)->add(machine, &plan);
	return plan;
}

/* Of entries their directory: there may be many. */
static const char *places_of(const struct parameter_plan *plan)
{
	struct strings places = { 0 };

	for_each(edit, &plan->edits)
		strings_add_once(&places, text_of("/%s", name_ends(edit->path, ".conf") ? path_directory(edit->path) : edit->path));
	return strings_join(&places, ", ");
}

const char *parameter_advice(const struct machine *machine, const char *parameter)
{
	struct boot_loaders ways = boot_loaders_of(machine);
	struct parameter_plan plan = plan_to_add(machine, &ways, parameter);
	const char *command = plan.commands.count ? plan.commands.items->line : NULL;

	if (!ways.count)
		return text_of("add %s to the kernel command line where the boot loader of this machine reads it", parameter);
	if (plan.obstacles.count)
		return strings_join(&plan.obstacles, "; ");
	if (plan.edits.count)
		strings_add(&plan.typed, text_of("sudo vfio-early enable --kernel-params: adds %s (%s%s%s)", parameter,
						 places_of(&plan), command ? ", then " : "", command ? command : ""));
	else if (command)
		strings_add(&plan.typed, text_of("sudo %s: /%s has %s already", command, *plan.kept.items, parameter));
	else if (plan.kept.count)
		return text_of("reboot: /%s has %s already", *plan.kept.items, parameter);
	return text_of("%s; then reboot", strings_join(&plan.typed, "; or, if that boots this machine: "));
}

/* ---- the note of what was added: a line each ---- */

struct added {
	const struct boot_loader *loader;
	const char *place;		/* TYPED: it was left to a person */
};

struct note {
	const char *parameter;		/* NULL: none was added */
	LIST(struct added) places;
	struct strings kept;		/* places that had it before */
	bool complete;			/* nothing of it is left to do */
};

static bool note_has(const struct note *note, const char *place)
{
	for_each(added, &note->places)
		if (!strcmp(added->place, place))
			return true;
	return false;
}

static void note_add(struct note *note, const struct boot_loader *loader, const char *place)
{
	for_each(added, &note->places)
		if (added->loader == loader && !strcmp(added->place, place))
			return;
	*list_add(&note->places) = (struct added) { loader, place };
}

/* The parameter, then each loader with its places behind it. */
static struct note read_note(const struct machine *machine)
{
	const struct boot_loader *loader = NULL;
	struct note note = { 0 };
	const char *text;
	size_t length;

	if (root_read(machine->fd, NOTE, NOTE_SIZE_MAX, &text, &length))
		return note;
	while (*text) {
		const char *line = keep_bytes(text, strcspn(text, "\n"));

		text += strlen(line);
		text += *text == '\n';
		if (!note.parameter)
			note.parameter = line;
		else if (boot_loader_named(line))
			loader = boot_loader_named(line);
		else if (!strcmp(line, COMPLETE))
			note.complete = true;
		else if (text_begins(line, KEPT))
			strings_add(&note.kept, line + strlen(KEPT));
		else if (loader)
			note_add(&note, loader, line);
	}
	return note.places.count ? note : (struct note) { 0 };
}

static enum exit_code fail(const struct machine *machine, int error)
{
	return error ? complain(EXIT_PROBLEM, "%s: %s", machine_path(machine, NOTE), strerror(-error)) : EXIT_FINE;
}

static enum exit_code write_note(const struct machine *machine, const struct note *note)
{
	struct text text = { 0 };

	text_print(&text, "%s\n", note->parameter);
	for_each(added, &note->places)
		text_print(&text, "%s\n%s\n", added->loader->name, added->place);
	for_each(kept, &note->kept)
		text_print(&text, KEPT "%s\n", *kept);
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

/* Whether a file was written last before this boot; false, too, where that is not known. */
static bool is_before_boot(const struct machine *machine, const char *path)
{
	struct stat status;

	return !status_of(machine->fd, path, true, &status) &&
	       (unsigned long long)status.st_mtime < boot_time(machine->fd);
}

bool parameter_is_booted(const struct machine *machine)
{
	return parameter_is_added(machine) && is_before_boot(machine, NOTE);
}

const char *parameter_places(const struct machine *machine)
{
	struct note note = read_note(machine);
	struct strings places = { 0 };

	for_each(added, &note.places)
		if (!added->loader->to_add)
			strings_add(&places, text_of("/%s", keep_bytes(added->place, strcspn(added->place, "="))));
	return strings_join(&places, ", ");
}

/* ---- adding it and taking it back ---- */

static enum exit_code say_obstacles(const struct parameter_plan *plan)
{
	for_each(obstacle, &plan->obstacles)
		complain(EXIT_PROBLEM, "%s", *obstacle);
	return plan->obstacles.count ? complain(EXIT_PROBLEM, "kernel parameters: nothing was changed") : EXIT_FINE;
}

/*
 * What is there already, and not by us, has not reached this boot, or the IOMMU were on. EXIT_PROBLEM where it will
 * not reach the next one, either.
 */
static enum exit_code say_kept(const struct machine *machine, const struct note *note, const struct parameter_plan *plan)
{
	bool is_stuck = plan->kept.count && !plan->edits.count && !plan->commands.count && !plan->typed.count;

	for_each(kept, &plan->kept) {
		if (!note_has(note, *kept))
			say("kernel parameters: %s has %s already, but this boot has not\n", machine_path(machine, *kept),
			    plan->parameter);
		is_stuck &= is_before_boot(machine, *kept);
	}
	return is_stuck ? complain(EXIT_PROBLEM, "kernel parameters: that was so before this boot: another file, or "
				   "another loader, boots this machine; nothing was changed") : EXIT_FINE;
}

/* What the plan adds is noted with what an earlier run may have left half done. */
static void note_plan(struct note *note, const struct boot_loaders *ways, const struct parameter_plan *plan)
{
	if (!note->parameter)
		note->kept = plan->kept;
	note->parameter = plan->parameter;
	note->complete = false;
	for_each(edit, &plan->edits)
		note_add(note, edit->loader, edit->place);
	for_each(way, ways)
		if ((*way)->to_add)
			note_add(note, *way, TYPED);
}

enum exit_code parameter_add(const struct machine *machine, const char *parameter, bool dry_run)
{
	struct boot_loaders ways = boot_loaders_of(machine);
	struct parameter_plan plan = plan_to_add(machine, &ways, parameter);
	struct note note = read_note(machine);
	bool is_added = note.complete && !plan.edits.count && !plan.typed.count;
	enum change change;

	if (!ways.count)
		return complain(EXIT_PROBLEM, "no boot loader that is known here: add %s to the kernel command line "
				"yourself", parameter);
	if (say_obstacles(&plan))
		return EXIT_PROBLEM;
	if (is_added && parameter_is_booted(machine))
		return complain(EXIT_PROBLEM, "kernel parameters: %s was added before this boot, which came without it "
				"(%s): another file, or another loader, boots this machine", parameter,
				parameter_places(machine));
	if (is_added) {
		say("kernel parameters: %s was added already: it counts from the next boot on\n", parameter);
		return EXIT_FINE;
	}
	if (say_kept(machine, &note, &plan))
		return EXIT_PROBLEM;
	note_plan(&note, &ways, &plan);
	/* the note is written first, so that also a change that is interrupted can be taken back */
	if (!dry_run && note.places.count && write_note(machine, &note))
		return EXIT_PROBLEM;
	change = plan_carry_out(machine, &plan, dry_run);
	if (change == CHANGE_FAILED || change == CHANGE_TYPED)
		return EXIT_PROBLEM;
	note.complete = change == CHANGE_DONE;
	return dry_run || !note.places.count ? EXIT_FINE : write_note(machine, &note);
}

enum exit_code parameter_remove(const struct machine *machine, bool dry_run)
{
	struct note note = read_note(machine);
	struct parameter_plan plan = { .parameter = note.parameter, .kept = note.kept };
	enum change change;

	for_each(added, &note.places)
		if (!added->loader->to_add)
			added->loader->take_back(machine, added->place, &plan);
		else
			strings_add(&plan.typed, boot_loader_typed(added->loader->to_take_back, note.parameter));
	if (say_obstacles(&plan))
		return EXIT_PROBLEM;
	change = plan_carry_out(machine, &plan, dry_run);
	if (change == CHANGE_FAILED)
		return EXIT_PROBLEM;
	if (!dry_run && fail(machine, remove_ours(machine, NOTE)))
		return EXIT_PROBLEM;
	return change == CHANGE_TYPED ? EXIT_PROBLEM : EXIT_FINE;
}
