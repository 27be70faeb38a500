/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early-boot: look, decide, apply, tell. */
#include "../core/decide.h"
#include "../core/errno_name.h"
#include "../core/report.h"
#include "../core/stages.h"
#include "apply.h"
#include "effects.h"
#include "log.h"
#include "settle.h"

#include <fcntl.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define RETURN_SECONDS 5		/* for putting back what failed, on top of the timeout */
#define WAYS_BACK 2			/* what fails there once must not leave a group in halves */
#define MEMORY 16384			/* for the steps, the way back and the report, far more than they take; */
#define MEMORY_PER_MEMBER 4096		/* only what is used costs anything */

enum exit_code { EXIT_AS_ASKED = 0, EXIT_NOT_AS_ASKED = 1, EXIT_USAGE = 2 };

struct options {
	const char *root;
	bool dry_run;
};

static const char help[] =
	"Usage: vfio-early-boot [--dry-run [--root DIR]]\n"
	"Binds in an initramfs what /etc/vfio-early.conf and vfio.slots= name.\n"
	"--dry-run only prints the log of such a run here, or on the system below DIR.\n";

static int usage(const char *problem, const char *argument)
{
	const char *text = text_of("vfio-early-boot: %s%s\nTry: vfio-early-boot --help\n", problem, argument);

	write_all(STDERR_FILENO, text, strlen(text));	/* if it cannot be said, the exit code says it */
	return EXIT_USAGE;
}

static int show(const char *text)
{
	return write_all(STDOUT_FILENO, text, strlen(text)) ? EXIT_USAGE : EXIT_AS_ASKED;
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
			return show(help);
		} else if (!strcmp(arguments[i], "--version")) {
			return show("vfio-early-boot " VERSION "\n");
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

static struct plan make_plan(struct boot *boot)
{
	if (boot->config.mode == MODE_OFF)
		return plan_recovery(&boot->decision);
	return plan_forward(&boot->decision, &boot->inventory, &boot->manifest, &boot->cmdline);
}

/* Once the first step is made, there must be no end but the last. */
static void get_memory(const struct decision *decision)
{
	size_t stacks = (size_t)APPLY_STACK * APPLY_CHILDREN * (1 + WAYS_BACK), members = 0;

	for_each(group, &decision->groups)
		members += group->members.count;
	keep_ready(MEMORY + stacks + members * MEMORY_PER_MEMBER);
}

/* One pass: all groups end whole, bound or as they were found. */
static void carry_out(struct boot *boot)
{
	struct plan plan = make_plan(boot);
	unsigned ways_back = WAYS_BACK;
	const int *outcomes;

	get_memory(&boot->decision);
	settle(boot, &plan, apply(boot, &plan, boot->config.timeout));
	do {
		plan = plan_return(&boot->decision);
		outcomes = apply(boot, &plan, RETURN_SECONDS);
	} while (settle_goes_back_again(boot, &plan, outcomes) && --ways_back);
	settle_returned(boot, &plan, outcomes);
}

static void tell(const struct boot *boot, const struct report *report)
{
	int error = log_write(boot->root, &report->text);

	log_to_kernel(boot->root, report);
	if (error)
		log_error_to_kernel(boot->root, text_of("/" LOG_FILE " cannot be written: %s", errno_name(-error)));
}

int main(int count, char **arguments)
{
	struct options options = { 0 };
	static struct boot boot;
	const char *refusal;
	struct timeval start;
	unsigned long duration;
	struct report said;
	int code, root;
	bool dry_run;

	gettimeofday(&start, NULL);
	code = read_options(count, arguments, &options);
	if (code >= 0)
		return code;
	do				/* a boot may have no console: its places are taken, so that no pipe gets there */
		root = open(options.root ? options.root : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (root >= 0 && root <= STDERR_FILENO);
	if (root < 0)
		return usage("not a directory that can be read: ", options.root ? options.root : "/");
	refusal = options.dry_run ? NULL : effects_refusal(root, options.root);
	if (refusal)
		return usage(refusal, "");

	decide(root, &boot);
	dry_run = options.dry_run || boot.config.mode == MODE_DRY_RUN;
	if (dry_run)
		make_plan(&boot);
	else
		do
			carry_out(&boot);
		while (regroup_devices(&boot.decision, &boot.inventory, &boot.manifest));
	duration = microseconds_since(&start);
	said = report(&boot, dry_run ? NULL : &duration);
	if (!options.dry_run)
		tell(&boot, &said);
	else if (write_all(STDOUT_FILENO, said.text.bytes, said.text.length))
		return usage("cannot write to standard output", "");
	return status_is_problem(report_status(&boot)) ? EXIT_NOT_AS_ASKED : EXIT_AS_ASKED;
}
