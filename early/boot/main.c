/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early-boot: read what is asked, discover the groups, decide, bind, read back, write the log. */
#include "../core/decide.h"
#include "../core/errno_name.h"
#include "../core/report.h"
#include "carry_out.h"
#include "discover.h"
#include "effects.h"
#include "klibc.h"
#include "log.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

static unsigned long microseconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long)((now.tv_sec - start->tv_sec) * 1000000 + (now.tv_nsec - start->tv_nsec) / 1000);
}

static void tell(const struct boot *boot, const struct report *report)
{
	int error = log_write(boot->root, &report->text);

	log_to_kernel(boot->root, report);
	if (error)
		log_error_to_kernel(boot->root, text_of("/" LOG_FILE " cannot be written: %s", errno_name(-error)));
}

/* Keeps descriptors 0 to 2 occupied, so that no pipe becomes one of them: a boot may have no console. */
static int open_root(const char *path)
{
	int root;

	do
		root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (root >= 0 && root <= STDERR_FILENO);
	return root;
}

int main(int count, char **arguments)
{
	struct options options = { 0 };
	static struct boot boot;
	const char *refusal, *path;
	struct timespec start;
	unsigned long duration;
	struct report said;
	int code, root;
	bool dry_run;

	clock_gettime(CLOCK_MONOTONIC, &start);
	code = read_options(count, arguments, &options);
	if (code >= 0)
		return code;
	path = options.root ? options.root : "/";
	root = open_root(path);
	if (root < 0)
		return usage("not a directory that can be read: ", path);
	refusal = options.dry_run ? NULL : effects_refusal(root, options.root);
	if (refusal)
		return usage(refusal, "");

	read_boot(root, &boot);
	dry_run = options.dry_run || boot.config.mode == MODE_DRY_RUN;
	if (!dry_run)
		discover_groups(&boot);
	decide(&boot);
	if (!dry_run)
		carry_out(&boot);
	duration = microseconds_since(&start);
	said = report(&boot, dry_run ? NULL : &duration);
	if (!options.dry_run)
		tell(&boot, &said);
	else if (write_all(STDOUT_FILENO, said.text.bytes, said.text.length))
		return usage("cannot write to standard output", "");
	return status_is_problem(report_status(&boot)) ? EXIT_NOT_AS_ASKED : EXIT_AS_ASKED;
}
