/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early enable: check, write a line a device into a file of its own, rebuild the images. */
#include "check/checks.h"
#include "commands.h"
#include "switching.h"

#include "../image/rebuild.h"
#include "../image/rehearse.h"
#include "../machine/names.h"
#include "../settings/kernel_parameter.h"
#include "../settings/own_file.h"
#include "../../core/device.h"
#include "../../core/refusal.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
	"Usage: vfio-early enable [OPTION...] SELECTOR...\n"
	"\n"
	"Gives devices to vfio-pci from the next boot on: checks first, writes a line for\n"
	"each into /" OWN_FILE ", and rebuilds the images.\n"
	"A selector with options is one argument: '01:00.0 allow=last-display'.\n"
	"\n"
	"  --kernel-params  also switch the IOMMU on, where the kernel's default is off\n"
	"  --no-image       leave the images as they are\n"
	"  --dry-run        say what would be done\n"
	"  --root DIR       the system below DIR: nothing of it is run, what is left to\n"
	"                   type there is said\n"
	"\n"
	"Exit code: 0, 1 refused or not finished, 2 wrong usage, 3 cannot run.\n";

static const char header[] = "# Written by vfio-early enable; vfio-early disable takes lines out again.\n";

/* ---- may it be done? ---- */

static bool is_among(const struct finding *finding, const struct findings *findings)
{
	for_each(other, findings)
		if (other->level == finding->level && !strcmp(other->check, finding->check) &&
		    !strcmp(other->text, finding->text))
			return true;
	return false;
}

/* Images are rebuilt, and the IOMMU may be switched on, by what follows. */
static bool will_pass(const struct finding *finding, bool iommu_is_coming)
{
	return text_begins(finding->check, "image") ||
	       (iommu_is_coming && (!strcmp(finding->check, "iommu") || !strcmp(finding->check, "no-iommu")));
}

/* That one kernel lacks the modules is no reason to refuse: the others may have them. */
static bool blocks(const struct finding *finding)
{
	return finding->level == LEVEL_FAIL && !text_begins(finding->check, "kernel");
}

/* What these selectors would add to the findings. */
static struct findings news_of(const struct checking *before, const struct checking *after, bool iommu_is_coming)
{
	struct findings news = { 0 };

	for_each(finding, &after->findings) {
		if (finding->level == LEVEL_PASS || is_among(finding, &before->findings) ||
		    will_pass(finding, iommu_is_coming))
			continue;
		*list_add(&news) = *finding;
	}
	return news;
}

static enum exit_code judge(const struct machine *machine, const struct findings *news, const char *parameter)
{
	const char *hint = parameter ? text_of("; first: %s", parameter_advice(machine, parameter)) : "";
	bool refused = false;

	findings_print(news, true);
	for_each(finding, news) {
		if (!blocks(finding))
			continue;
		refused = true;
		if (!parameter && finding->fix && strstr(finding->fix, "allow="))
			hint = "; what can be accepted goes into one argument: 'SELECTOR allow=NAME'";
	}
	return refused ? complain(EXIT_PROBLEM, "enable: refused; nothing was changed%s", hint) : EXIT_FINE;
}

/* ---- what is written ---- */

/* Of all arguments that name the device: what was checked is what is written. */
static const char *options_of(const struct selected *selected)
{
	struct text options = { 0 };
	unsigned refusal;
	const char *separator = " allow=";

	for (refusal = 1; refusal <= selected->allow; refusal <<= 1)
		if (selected->allow & refusal) {
			text_print(&options, "%s%s", separator, refusal_name(refusal));
			separator = ",";
		}
	if (selected->siblings_none)
		text_print(&options, " siblings=none");
	if (selected->driver_from)
		text_print(&options, " driver=%s", selected->driver_from->driver);
	if (selected->first->optional)
		text_print(&options, " optional");
	if (selected->else_none)
		text_print(&options, " else=none");
	return options.bytes ? options.bytes : "";
}

static const char *line_for(const struct selected *selected)
{
	const struct device *device = selected->device;

	return text_of("%s %04x:%04x%s  # %s %s", device->path ? device->path : device->name, device->id.vendor,
		       device->id.device, options_of(selected), address_shown(device->name), name_of_device(device));
}

/* The configuration takes it as a sibling, and the arguments ask for nothing more. */
static bool comes_anyway(const struct rehearsal *before, const struct selected *selected)
{
	return rehearsal_takes(before, selected->device) && !*options_of(selected);
}

/* The lines to add; what stands somewhere already is said. */
static struct strings new_lines(const struct rehearsal *before, const struct rehearsal *after)
{
	struct strings lines = { 0 };

	for_each(selected, &after->boot.decision.selection.devices)
		if (is_argument(&selected->first->at) && !comes_anyway(before, selected))
			strings_add(&lines, line_for(selected));
	return lines;
}

/* What stands in a line already gets no options by an argument: that line is to be edited. */
static enum exit_code check_options(const struct rehearsal *before, const struct rehearsal *after)
{
	enum exit_code code = EXIT_FINE;

	for_each(selected, &after->boot.decision.selection.devices)
		for_each(old, &before->boot.decision.selection.devices)
			if (!strcmp(old->device->name, selected->device->name) && strcmp(options_of(old), options_of(selected)))
				code = complain(EXIT_PROBLEM, "enable: %s selects %s already, with other options: "
						"edit it there, or disable it first", line_shown(old->first->at),
						address_shown(old->device->name));
	return code ? complain(code, "enable: nothing was changed") : EXIT_FINE;
}

static void say_what_stands(const struct rehearsal *before, const struct rehearsal *after, size_t lines)
{
	const struct selection *selection = &after->boot.decision.selection;
	size_t asked = after->boot.config.requests.count - before->boot.config.requests.count, absent = 0;

	for_each(absence, &selection->absences)
		if (is_argument(&absence->request->at)) {
			say("%s is not there: its path and ID are not known, nothing to write\n",
			    absence->request->text);
			absent++;
		}
	if (asked > absent && !lines)
		say("already configured: nothing to write\n");
}

static unsigned count_lines(const char *text)
{
	unsigned count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static enum exit_code write_lines(const struct switching *switching, const struct machine *machine,
				  const struct strings *lines)
{
	const char *old = own_file_read(machine);
	struct text content = { 0 };
	unsigned number;
	enum exit_code code = EXIT_FINE;

	if (!old)
		return EXIT_PROBLEM;
	text_print(&content, "%s", *old ? old : header);
	if (content.bytes[content.length - 1] != '\n')
		text_add(&content, "\n", 1);
	number = count_lines(content.bytes) + 1;
	for_each(line, lines)
		text_print(&content, "%s\n", *line);
	if (!switching->dry_run)
		code = own_file_write(machine, content.bytes);
	if (!code)
		for_each(line, lines)
			say("%s %s:%u  %s\n", switching->dry_run ? "would write" : "wrote",
			    machine_path(machine, OWN_FILE), number++, *line);
	return code;
}

/* ---- what a person should know in the end ---- */

static bool takes_display(const struct checking *checking)
{
	for_each(device, &checking->rehearsal.now)
		if (device_is_display(*device) && rehearsal_takes(&checking->rehearsal, *device))
			return true;
	return false;
}

static void say_which_screens(const struct checking *checking)
{
	if (!takes_display(checking))
		return;
	for_each(device, &checking->rehearsal.now) {
		bool goes = rehearsal_takes(&checking->rehearsal, *device);

		if (device_is_display(*device))
			say("After it: %s %s\n", device_shown(*device),
			    goes ? "is for guests: its outputs stay dark" : "stays: plug a screen in there");
	}
}

static void say_the_rest(const struct switching *switching, const struct checking *checking)
{
	say_which_screens(checking);
	say("Way back: \"recovery mode\" in the boot menu, or vfio.early=off on the kernel command line.\n");
	say_next(switching);
}

static enum exit_code switch_iommu(const struct switching *switching, const struct machine *machine,
				   const struct rehearsal *rehearsal, const char *parameter)
{
	if (!switching->kernel_params)
		return EXIT_FINE;
	if (parameter && !switching->dry_run && !parameter_is_added(machine))
		warn_of_sealed_keys(machine);
	if (parameter)
		return parameter_add(machine, parameter, switching->dry_run);
	if (rehearsal->boot.decision.iommu.state != IOMMU_ON)
		return complain(EXIT_PROBLEM, "kernel parameters: none that can be added switches the IOMMU on: %s; "
				"see vfio-early check", rehearsal->no_iommu.cause);
	say("kernel parameters: nothing is needed\n");
	return EXIT_FINE;
}

int command_enable(int count, char **arguments)
{
	struct switching switching = { .name = "enable" };
	struct checking before, after;
	struct machine machine;
	struct findings news;
	struct strings lines;
	const char *parameter;
	int code, images;
	bool may_come;

	code = switching_options(count, arguments, help, &switching);
	if (code >= 0)
		return code;
	code = switching_open(&switching, &machine);
	if (code)
		return code;
	check_everything(&machine, NULL, 0, &before);
	check_everything(&machine, arguments + optind, (size_t)(count - optind), &after);
	code = rehearsal_usage(switching.name, &after.rehearsal);
	if (code)
		return code;
	parameter = parameter_missing(&after.rehearsal);
	may_come = parameter && !parameter_is_booted(&machine);
	news = news_of(&before, &after, switching.kernel_params && may_come);
	code = judge(&machine, &news, may_come && !switching.kernel_params ? parameter : NULL);
	code = code ? code : (int)check_options(&before.rehearsal, &after.rehearsal);
	if (code)
		return code;
	lines = new_lines(&before.rehearsal, &after.rehearsal);
	say_what_stands(&before.rehearsal, &after.rehearsal, lines.count);
	code = lines.count ? (int)write_lines(&switching, &machine, &lines) : EXIT_FINE;
	if (code)
		return code;
	switching.has_written = lines.count;
	code = switch_iommu(&switching, &machine, &after.rehearsal, parameter);
	images = switching_images(&switching, &machine);
	code = code ? code : images;
	if (switching.has_written && !switching.dry_run && !code)
		say_the_rest(&switching, &after);
	return code;
}
