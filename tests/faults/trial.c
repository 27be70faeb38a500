/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run on a fake machine: what goes wrong is brought about, what comes of it is judged, and all is put back. */
#include "trial.h"

#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define SANITIZED "build/test/vfio-early-boot-sim"
#define PLAIN "build/test/vfio-early-boot-traced"
#define TIMEOUT_MAX 16			/* seconds, for what hangs, */
#define NO_TIMEOUT 3600			/* and for what does not: however busy the machine is, or asleep */

static void set_timeout(struct machine *machine, unsigned seconds)
{
	tree_put(&machine->before, machine->root, "proc/cmdline", format("quiet vfio.timeout=%u\n", seconds));
}

void make_machine(struct machine *machine, const char *description, const char *root)
{
	int status;
	pid_t pid;

	snprintf(machine->root, sizeof(machine->root), "%s", root);
	pid = fork();
	if (pid == 0) {
		execl("build/test/mktree", "mktree", "tests/fixtures/image", "tests/faults/configuration", description,
		      machine->root, (char *)NULL);
		die("cannot run mktree");
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		die("mktree %s", description);
	tree_read(&machine->before, machine->root);
	set_timeout(machine, NO_TIMEOUT);
}

void remove_machine(struct machine *machine)
{
	struct tree nothing = { 0 };

	tree_restore(&nothing, &machine->before, machine->root);
	if (rmdir(machine->root))
		die("%s is not empty", machine->root);
	tree_free(&machine->before);
}

void run_undisturbed(struct machine *machine, const char *faults, struct calls *record)
{
	struct run good = { .program = PLAIN, .root = machine->root, .faults = faults, .record = record };

	if (record)
		run_traced(&good);
	else
		run(&good);
	if (!good.in_time || good.status < 0 || good.status > 1)
		die("%s ended with %d although nothing went wrong: %s", good.program, good.status, good.error);
	tree_read(&machine->after, machine->root);
	tree_restore(&machine->before, &machine->after, machine->root);
}

/* The state in which it was killed is left to a second run, which must get the machine where it belongs. */
static const char *run_again(const struct machine *machine, const struct tree *wanted)
{
	struct run second = { .program = PLAIN, .root = machine->root };
	const char *wrong = NULL;
	struct tree after;

	run(&second);
	tree_read(&after, machine->root);
	wrong = compare_devices(wanted, &after);
	if (!second.in_time || second.status)
		wrong = format("the second run ended with %d", second.status);
	else if (!wrong && !log_is_whole(&after))
		wrong = "no log, or no whole one";
	else if (!wrong && tree_find(&after, "run/vfio-early.log.new"))
		wrong = "a part of a log is left";
	tree_restore(&machine->before, &after, machine->root);
	tree_free(&after);
	return wrong;
}

static const char *try_once(const struct machine *machine, const struct test *test)
{
	bool traced = test->disturbed || test->unkillable;
	struct run one = {
		.program = traced ? PLAIN : SANITIZED, .root = machine->root, .faults = test->faults,
		.disturbance = test->disturbed ? &test->disturbance : NULL, .unkillable = test->unkillable,
	};
	struct judged judged = { .run = &one, .before = &machine->before, .way_back = test->way_back,
				 .device = test->device, .error = test->error };
	static char kept[1000];		/* format() will have forgotten it */
	const char *wrong;
	struct tree after;

	if (traced)
		run_traced(&one);
	else
		run(&one);
	if (one.disturbed && test->disturbance.kind == ALL_DIE)
		return run_again(machine, &machine->after);
	tree_read(&after, machine->root);
	judged.after = &after;
	judged.lied = test->disturbance.error == ENOENT || !strcmp(call_name(test->disturbance.at.nr), "readlinkat");
	wrong = test->disturbed && !one.disturbed ? "it never came to this system call" : judge(&judged);
	if (wrong)
		wrong = strncpy(kept, wrong, sizeof(kept) - 1);
	tree_restore(&machine->before, &after, machine->root);
	tree_free(&after);
	return wrong;
}

/* On a machine that is busy with other things, even what does not hang may not be done in a second. */
const char *try(struct machine *machine, const struct test *test)
{
	const char *wrong = NULL;
	unsigned timeout;

	if (!test->hangs)
		return try_once(machine, test);
	for (timeout = 1; timeout <= TIMEOUT_MAX; timeout *= 4) {
		set_timeout(machine, timeout);
		wrong = try_once(machine, test);
		if (!wrong)
			break;
	}
	set_timeout(machine, NO_TIMEOUT);
	return wrong;
}
