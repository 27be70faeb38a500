/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early check: will the next boot do what the configuration says? */
#include "check/checks.h"
#include "commands.h"
#include "options.h"

#include "../../core/inventory.h"
#include "../../core/report.h"
#include "../../core/text.h"

#include <string.h>

struct options {
	const char *root, *config;
	bool json, quiet, log;
};

static const char help[] =
	"Usage: vfio-early check [OPTION...] [SELECTOR...]\n"
	"\n"
	"Says what the next boot will do, and what stands against it: the boot's own\n"
	"decision, on this machine as it will be then. Selectors are checked as if they\n"
	"stood in the configuration (with options: '01:00.0 optional').\n"
	"\n"
	"  -q, --quiet    leave out what passed\n"
	"  -J, --json     {\"schema\": 1, \"checks\": [...]}\n"
	"  --log          the log that the next boot is going to write, and nothing else\n"
	"  --root DIR     the machine below DIR (see vfio-early capture)\n"
	"  --config DIR   the configuration below DIR: rehearse a change\n"
	"\n"
	"Exit code: 0 no FAIL, 1 a FAIL, 2 wrong usage, 3 no PCI bus to look at.\n";

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, struct options *options)
{
	static const struct option known[] = {
		{ "quiet", no_argument, NULL, 'q' }, { "json", no_argument, NULL, 'J' }, { "log", no_argument, NULL, 'l' },
		{ "root", required_argument, NULL, 'r' }, { "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = next_option("check", count, arguments, "qJ", known)) != -1) {
		switch (which) {
		case 'q':
			options->quiet = true;
			break;
		case 'J':
			options->json = true;
			break;
		case 'l':
			options->log = true;
			break;
		case 'r':
			options->root = optarg;
			break;
		case 'c':
			options->config = optarg;
			break;
		case 'h':
			say_lines(help);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	return -1;
}

/* Its answer in one line, and what to type next. */
static void print_answer(const struct checking *checking)
{
	struct counts counts = report_counts(&checking->rehearsal.boot.decision);
	size_t wrong = findings_count(&checking->findings, LEVEL_FAIL);

	say("next boot: %u device%s to vfio-pci", counts.planned + counts.already,
	    counts.planned + counts.already == 1 ? "" : "s");
	if (counts.refused)
		say(", %u refused", counts.refused);
	say("; %zu FAIL, %zu WARN\n", wrong, findings_count(&checking->findings, LEVEL_WARN));
	if (wrong)
		say("next: mend what FAILs, then: vfio-early check\n");
	else if (!counts.planned)
		say("next: choose a device: vfio-early list\n");
	else if (checking->trial)
		say("next: sudo vfio-early enable, with the same selectors\n");
	else
		say("next: reboot, then: vfio-early verify\n");
}

int command_check(int count, char **arguments)
{
	struct options options = { 0 };
	struct checking checking;
	struct machine machine;
	int code;

	code = read_options(count, arguments, &options);
	if (code >= 0)
		return code;
	code = machine_open("check", options.root, options.config, &machine);
	if (code)
		return code;
	check_everything(&machine, arguments + optind, (size_t)(count - optind), &checking);
	code = rehearsal_usage("check", &checking.rehearsal);
	if (code)
		return code;
	if (!inventory_has_bus(&checking.rehearsal.boot.inventory))
		return complain(EXIT_CANNOT_RUN, "check: %s: there is none: is /sys mounted?",
				machine_path(&machine, "sys/bus/pci/devices"));
	if (options.log)
		say_lines(report(&checking.rehearsal.boot, NULL).text.bytes);
	else if (options.json)
		findings_print_json(&checking.findings, "checks");
	else
		findings_print(&checking.findings, options.quiet);
	if (!options.json && !options.log)
		print_answer(&checking);
	return findings_count(&checking.findings, LEVEL_FAIL) ? EXIT_PROBLEM : EXIT_FINE;
}
