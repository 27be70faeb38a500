/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early verify: after the boot, is everything as it was asked for, and still so? */
#include "commands.h"
#include "options.h"
#include "verify/verification.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>
#include <unistd.h>

#define WAIT_MAX 3600			/* seconds */

struct options {
	const char *root, *metrics;
	bool json, quiet;
	unsigned wait;			/* seconds */
};

static const char help[] =
	"Usage: vfio-early verify [OPTION...]\n"
	"\n"
	"After the boot: holds /" BOOT_LOG " against the live system and the\n"
	"configuration. A machine on which nothing is configured is in order.\n"
	"\n"
	"  -q, --quiet     only what is wrong\n"
	"  -J, --json      {\"schema\": 1, \"checks\": [...]}\n"
	"  --wait SECONDS  look again once a second, so long, while a device or a group\n"
	"                  is not as the boot has left it\n"
	"  --metrics FILE  also write a text file for node-exporter\n"
	"  --root DIR      the machine below DIR\n"
	"\n"
	"Exit code: 0 no FAIL, 1 a FAIL, 2 wrong usage, 3 cannot run.\n";

static int read_wait(struct options *options, const char *value)
{
	struct scan scan = { .at = value, .end = value + strlen(value) };

	options->wait = (unsigned)scan_decimal(&scan, 4, WAIT_MAX);
	return scan_is_done(&scan) ? -1 : complain(EXIT_USAGE, "verify: --wait: not a number of seconds from 0 to %u: %s",
						   WAIT_MAX, value);
}

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, struct options *options)
{
	static const struct option known[] = {
		{ "quiet", no_argument, NULL, 'q' }, { "json", no_argument, NULL, 'J' },
		{ "wait", required_argument, NULL, 'w' }, { "metrics", required_argument, NULL, 'm' },
		{ "root", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which, code = -1;

	while (code < 0 && (which = next_option("verify", count, arguments, "qJ", known)) != -1) {
		switch (which) {
		case 'q':
			options->quiet = true;
			break;
		case 'J':
			options->json = true;
			break;
		case 'w':
			code = read_wait(options, optarg);
			break;
		case 'm':
			options->metrics = optarg;
			break;
		case 'r':
			options->root = optarg;
			break;
		case 'h':
			say_lines(help);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	if (code < 0 && optind < count)
		return complain(EXIT_USAGE, "verify: not an option: %s", arguments[optind]);
	return code;
}

static void print(const struct options *options, const struct verification *verification)
{
	size_t wrong;

	if (options->json) {
		findings_print_json(&verification->findings, "checks");
		return;
	}
	findings_print(&verification->findings, options->quiet);
	if (options->quiet)
		return;
	wrong = findings_count(&verification->findings, LEVEL_FAIL);
	say("%zu FAIL, %zu WARN\n", wrong, findings_count(&verification->findings, LEVEL_WARN));
	if (wrong)
		say("next: mend what FAILs, then: vfio-early verify\n");
	else if (text_same(boot_log_value(&verification->log, "result", "status"), "ok"))
		say("next: start the VM, with every device of the group\n");
	else
		say("next: vfio-early list\n");
}

int command_verify(int count, char **arguments)
{
	struct options options = { 0 };
	struct verification verification;
	struct machine machine;
	unsigned waited;
	int code, error;

	code = read_options(count, arguments, &options);
	if (code >= 0)
		return code;
	code = machine_open("verify", options.root, NULL, &machine);
	if (code)
		return code;
	if (!root_exists(machine.fd, "sys"))
		return complain(EXIT_CANNOT_RUN, "verify: %s: there is none: is it mounted?", machine_path(&machine, "sys"));
	for (waited = 0;; waited++) {
		verify_machine(&machine, &verification);
		if (waited >= options.wait || !verification.unsettled)
			break;
		sleep(1);
	}
	print(&options, &verification);
	error = options.metrics ? metrics_write(&verification, options.metrics) : 0;
	if (error)
		return complain(EXIT_CANNOT_RUN, "verify: %s: %s", options.metrics, strerror(-error));
	return findings_count(&verification.findings, LEVEL_FAIL) ? EXIT_PROBLEM : EXIT_FINE;
}
