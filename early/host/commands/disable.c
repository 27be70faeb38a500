/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early disable: takes out lines that "enable" wrote; lines in other files are named and left. */
#include "check/checks.h"
#include "commands.h"
#include "disable/lines.h"
#include "switching.h"

#include "../image/rebuild.h"
#include "../image/rehearse.h"
#include "../settings/kernel_parameter.h"
#include "../settings/own_file.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
	"Usage: vfio-early disable [OPTION...] SELECTOR...\n"
	"\n"
	"Gives devices back to the host from the next boot on: takes their lines out of\n"
	"/" OWN_FILE ", and rebuilds the images. All functions of\n"
	"a card go that are in one group. What another file or another device of the\n"
	"group keeps is named, and nothing is changed.\n"
	"\n"
	"  --kernel-params  also take back the kernel parameter that enable has added\n"
	"  --no-image       leave the images as they are\n"
	"  --dry-run        say what would be done\n"
	"  --root DIR       the system below DIR: nothing of it is run, what is left to\n"
	"                   type there is said\n"
	"\n"
	"Exit code: 0, 1 refused or not finished, 2 wrong usage, 3 cannot run.\n";

static bool is_taken_out(const struct lines *lines, unsigned number)
{
	for_each(line, &lines->ours)
		if ((*line)->at.line == number)
			return true;
	return false;
}

/* Whether a line is left that selects something; a file without one is removed. */
static bool has_selectors(const char *content)
{
	const char *line;

	for (line = content; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (*line != '#' && *line != '\n')
			return true;
	return false;
}

static enum exit_code take_out(const struct switching *switching, const struct machine *machine,
			       const struct lines *lines)
{
	const char *old = own_file_read(machine), *line;
	struct text content = { 0 };
	struct strings gone = { 0 };
	enum exit_code code = EXIT_FINE;
	unsigned number = 1;

	if (!old)
		return EXIT_PROBLEM;
	for (line = old; *line; number++) {
		size_t length = strcspn(line, "\n");

		if (is_taken_out(lines, number))
			strings_add(&gone, keep_bytes(line, length));
		else
			text_add(&content, line, length + (line[length] == '\n'));
		line += length + (line[length] == '\n');
	}
	if (!switching->dry_run)
		code = own_file_write(machine, content.bytes && has_selectors(content.bytes) ? content.bytes : "");
	if (!code)
		for_each(was, &gone)
			say("%s of %s: %s\n", switching->dry_run ? "would be taken out" : "taken out",
			    machine_path(machine, OWN_FILE), *was);
	return code;
}

/* Whether devices are configured once these lines are taken out, which a dry run leaves where they are. */
static bool others_are_configured(const struct switching *switching, const struct machine *machine,
				  const struct lines *lines)
{
	struct rehearsal now;

	rehearse(machine, NULL, 0, &now);
	for_each(request, &now.boot.config.requests)
		if (!switching->dry_run || strcmp(request->at.source, "/" OWN_FILE) ||
		    !is_taken_out(lines, request->at.line))
			return true;
	return false;
}

static enum exit_code switch_back(const struct switching *switching, const struct machine *machine,
				  const struct lines *lines)
{
	if (!switching->kernel_params)
		return EXIT_FINE;
	if (!parameter_is_ours(machine)) {
		say("kernel parameters: none was added\n");
		return EXIT_FINE;
	}
	if (others_are_configured(switching, machine, lines)) {
		say("kernel parameters: kept, other devices are configured\n");
		return EXIT_FINE;
	}
	if (!switching->dry_run)
		warn_of_sealed_keys(machine);
	return parameter_remove(machine, switching->dry_run);
}

int command_disable(int count, char **arguments)
{
	struct switching switching = { .name = "disable" };
	struct rehearsal rehearsal;
	struct lines lines = { 0 };
	struct machine machine;
	int code, images;

	code = switching_options(count, arguments, help, &switching);
	if (code >= 0)
		return code;
	code = switching_open(&switching, &machine);
	if (code)
		return code;
	rehearse(&machine, arguments + optind, (size_t)(count - optind), &rehearsal);
	code = rehearsal_usage(switching.name, &rehearsal);
	if (code)
		return code;
	code = lines_find(&machine, &rehearsal, &lines);
	for_each(line, &lines.theirs)
		code = complain(EXIT_PROBLEM, "disable: %s keeps it: %s; %s", line_shown((*line)->at), (*line)->text,
				strcmp((*line)->at.source, "/" OWN_FILE) ? "edit it there" : "they are in one group, name both");
	if (code)
		return complain(EXIT_PROBLEM, "disable: nothing was changed");
	if (lines.ours.count)
		code = take_out(&switching, &machine, &lines);
	if (code)
		return code;
	switching.has_written = lines.ours.count;
	code = switch_back(&switching, &machine, &lines);
	images = switching_images(&switching, &machine);
	code = code ? code : images;
	if (switching.has_written && !switching.dry_run && !code)
		say_next(&switching);
	return code;
}
