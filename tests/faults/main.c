/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults [PART [MACHINE]]: runs the boot program on fake machines while
 * something goes wrong, and judges how it leaves them. Parts:
 *   kernel	each call of the simulated kernel fails, in every way that it can
 *   hang	each such call never returns; once more with a child that cannot be killed
 *   calls	each system call of the program fails
 *   child	its child is killed at each system call
 *   crash	all of it is killed at each system call, and run again
 *   boots	every function of every machine, with a fault drawn at random; SEED=N draws the same again
 */
#include "parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOWN_MAX 10			/* failures of a part of one machine that are printed */

static const struct scenario scenarios[] = {
	{ "single", "", NULL },
	{ "four", "", NULL },
	{ "two", "", NULL },
	{ "way-back", "bind vfio-pci 0000:01:00.0=EINVAL", NULL },
	{ "already", "", NULL },
	{ "driver-first", "", NULL },
	{ "framebuffer", "", NULL },
	{ "overridden", "", NULL },
	{ "smmu", "", NULL },
	{ "large", "bind vfio-pci 0000:05:0f.7=EINVAL", "mmap" },
};

struct tally *tally;

static const char *work;		/* directory of this run */
static size_t passed, failed, skipped;

const char *own_root(void)
{
	return format("%s/%d", work, (int)getpid());
}

void count(const char *part, const char *name, const struct test *test, const char *wrong)
{
	if (!wrong) {
		__atomic_fetch_add(&tally->passed, 1, __ATOMIC_SEQ_CST);
	} else if (__atomic_fetch_add(&tally->failed, 1, __ATOMIC_SEQ_CST) < SHOWN_MAX) {
		const char *line = format("faults: %s: %s: %s: %s\n", part, name, describe(test), wrong);

		if (write(STDOUT_FILENO, line, strlen(line)) < 0)
			die("cannot write");
	}
}

void work_in_parallel(unsigned workers, worker *work_on, const void *argument)
{
	int status;

	*tally = (struct tally) { 0 };
	fflush(stdout);
	while (workers--) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work_on(argument);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		if (status)
			tally->failed++;
	passed += tally->passed;
	failed += tally->failed;
}

struct part {
	const char *name;
	const char *what;
	bool hangs;			/* they never return, and the cases sleep most of the time */
	bool traced;
	int kind;			/* of the disturbance, if traced */
};

static const struct part parts[] = {
	{ "kernel", "calls of the kernel go wrong", false, false, 0 },
	{ "hang", "calls of the kernel never return", true, false, 0 },
	{ "calls", "system calls fail", false, true, CALL_FAILS },
	{ "child", "children are killed", false, true, CHILD_DIES },
	{ "crash", "crashes", false, true, ALL_DIE },
};

struct job {
	const struct part *part;
	const struct scenario *scenario;
};

static void work_on_job(const void *argument)
{
	const struct job *job = argument;
	const struct scenario *scenario = job->scenario;
	const struct part *part = job->part;
	struct machine machine;
	struct calls calls = { 0 };
	struct tests tests = { 0 };
	size_t i;

	make_machine(&machine, format("tests/faults/%s.machine", scenario->name), own_root());
	run_undisturbed(&machine, scenario->faults, part->traced ? &calls : NULL);
	if (part->traced)
		plan_calls(&tests, scenario, &calls, part->kind);
	else if (part->hangs)
		plan_hangs(&tests, scenario, &machine.after, CAN_TRACE);
	else
		plan_faults(&tests, scenario, &machine.before, &machine.after);
	if (part->traced && part->kind == ALL_DIE) {
		/* nothing goes wrong in the second run */
		tree_free(&machine.after);
		run_undisturbed(&machine, "", NULL);
	}
	if (!*scenario->faults && !scenario->only)
		add_test(&tests);	/* nothing goes wrong */
	while ((i = __atomic_fetch_add(&tally->next, 1, __ATOMIC_SEQ_CST)) < tests.count)
		count(part->name, scenario->name, &tests.items[i], try(&machine, &tests.items[i]));
}

static void run_part(const struct part *part, const char *only)
{
	size_t i, all = 0, wrong = 0;

	if (part->traced && !CAN_TRACE) {
		printf("SKIPPED: %s: there is no tracer for this kind of machine\n\n", part->name);
		skipped++;
		return;
	}
	for (i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		struct job job = { part, &scenarios[i] };

		if ((only && strcmp(only, scenarios[i].name)) ||
		    (scenarios[i].only && (!part->traced || part->kind != CALL_FAILS)))
			continue;
		work_in_parallel(part->hangs ? SLEEPERS : PROCESSORS, work_on_job, &job);
		printf("%s: %zu times %s, %zu wrong\n", scenarios[i].name, tally->passed + tally->failed, part->what,
		       tally->failed);
		all += tally->passed + tally->failed;
		wrong += tally->failed;
	}
	printf("%s: %zu times %s, %zu wrong\n\n", part->name, all, part->what, wrong);
}

static int remove_work(void)
{
	return system(format("rm -rf '%s'", work));
}

int main(int argc, char **argv)
{
	char directory[] = "/dev/shm/vfio-early.XXXXXX";
	const char *part = argc > 1 ? argv[1] : NULL, *only = argc > 2 ? argv[2] : NULL;
	size_t i;

	setenv("ASAN_OPTIONS", "exitcode=99", 1);
	setenv("UBSAN_OPTIONS", "halt_on_error=1:print_stacktrace=1", 1);
	/* all paths are those of the sources: this is build/test/faults */
	if (chdir(format("%.*s/../..", (int)(strrchr(argv[0], '/') - argv[0]), argv[0])))
		die("cannot find the sources");
	work = mkdtemp(directory);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!work || tally == MAP_FAILED)
		die("cannot begin");
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!part || !strcmp(part, parts[i].name))
			run_part(&parts[i], only);
	if (!part || !strcmp(part, "boots"))
		run_boots(only);
	printf("%zu passed, %zu failed", passed, failed);
	printf(skipped ? ", %zu skipped\n" : "\n", skipped);
	return remove_work() || failed || !passed;
}
