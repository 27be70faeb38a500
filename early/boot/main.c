/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early-boot: look, decide, apply, tell. */
#include "../core/decide.h"
#include "../core/report.h"
#include "apply.h"
#include "effects.h"
#include "log.h"
#include "settle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define RETURN_SECONDS 5		/* for putting back what failed, on top of the timeout */

enum exit_code { EXIT_AS_ASKED = 0, EXIT_NOT_AS_ASKED = 1, EXIT_USAGE = 2 };

struct options {
	const char *root;
	bool dry_run;
};

static const char help[] =
	"Usage: vfio-early-boot [--dry-run [--root DIR]]\n"
	"\n"
	"Binds the devices of /etc/vfio-early.conf and vfio.slots= to vfio-pci, with\n"
	"their IOMMU groups, and writes /run/vfio-early.log. Runs in an initramfs.\n"
	"\n"
	"  --dry-run    print the log that a run would write, and change nothing\n"
	"  --root DIR   read DIR/etc, DIR/proc and DIR/sys instead of /\n"
	"  --help, --version\n";

static int usage(const char *problem, const char *argument)
{
	fprintf(stderr, "vfio-early-boot: %s%s\nTry: vfio-early-boot --help\n", problem, argument);
	return EXIT_USAGE;
}

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, struct options *options)
{
	int i;

	for (i = 1; i < count; i++) {
		if (!strcmp(arguments[i], "--dry-run")) {
			options->dry_run = true;
		} else if (!strcmp(arguments[i], "--root")) {
			if (++i == count)
				return usage("--root needs a directory", "");
			options->root = arguments[i];
		} else if (!strcmp(arguments[i], "--help")) {
			fputs(help, stdout);
			return EXIT_AS_ASKED;
		} else if (!strcmp(arguments[i], "--version")) {
			puts("vfio-early-boot " VERSION);
			return EXIT_AS_ASKED;
		} else {
			return usage("no such option: ", arguments[i]);
		}
	}
	return -1;
}

static unsigned long microseconds_since(const struct timeval *start)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return (unsigned long)((now.tv_sec - start->tv_sec) * 1000000 + now.tv_usec - start->tv_usec);
}

static struct plan make_plan(struct situation *situation)
{
	if (situation->config.mode == MODE_OFF)
		return plan_recovery(&situation->decision);
	return plan_forward(&situation->decision, &situation->inventory, &situation->manifest, &situation->cmdline);
}

/* All groups end whole: bound, or as they were found. */
static void carry_out(struct situation *situation, const struct plan *plan)
{
	struct plan back;

	if (!settle(situation, plan, apply(situation, plan, situation->config.timeout)))
		return;
	back = plan_return(&situation->decision, &situation->inventory);
	settle_returned(situation, &back, apply(situation, &back, RETURN_SECONDS));
}

static bool print(const struct text *log)
{
	return fwrite(log->bytes, 1, log->length, stdout) == log->length && !fflush(stdout);
}

int main(int count, char **arguments)
{
	struct options options = { 0 };
	struct situation situation;
	const char *refusal;
	struct timeval start;
	unsigned long duration;
	enum status status;
	struct text log;
	struct plan plan;
	int code, root;
	bool dry_run;

	gettimeofday(&start, NULL);
	code = read_options(count, arguments, &options);
	if (code >= 0)
		return code;
	root = open(options.root ? options.root : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return usage("not a directory that can be read: ", options.root ? options.root : "/");
	refusal = options.dry_run ? NULL : effects_refusal(root, options.root);
	if (refusal)
		return usage(refusal, "");

	situation = decide(root);
	plan = make_plan(&situation);
	dry_run = options.dry_run || situation.config.mode == MODE_DRY_RUN;
	if (!dry_run)
		carry_out(&situation, &plan);
	duration = microseconds_since(&start);
	log = report(&situation, dry_run ? NULL : &duration);
	if (options.dry_run) {
		if (!print(&log))
			return usage("cannot write to standard output", "");
	} else {
		log_to_kernel(&situation, log_write(root, &log));
	}
	status = report_status(&situation);
	return status == STATUS_DEGRADED || status == STATUS_REFUSED ? EXIT_NOT_AS_ASKED : EXIT_AS_ASKED;
}
