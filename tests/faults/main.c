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
#include "judge.h"
#include "run.h"
#include "tree.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SANITIZED "build/test/vfio-early-boot-sim"
#define TRACED "build/test/vfio-early-boot-traced"
#define SHOWN_MAX 10			/* failures of a part of one machine that are printed */
#define SLEEPERS 12			/* workers where the cases sleep most of the time */

struct scenario {
	const char *name, *faults;	/* of the simulated kernel, in every run */
	const char *only;		/* the one system call that fails there, and nothing else does; NULL: all */
};

static const struct scenario scenarios[] = {
	{ "single", "", NULL },
	{ "four", "", NULL },
	{ "two", "", NULL },
	{ "way-back", "bind vfio-pci 0000:01:00.0=EINVAL", NULL },
	{ "already", "", NULL },
	{ "driver-first", "", NULL },
	{ "framebuffer", "", NULL },
	{ "large", "bind vfio-pci 0000:05:0f.7=EINVAL", "mmap" },
};

struct test {
	char faults[240];		/* of the simulated kernel */
	struct disturbance disturbance;
	bool traced, disturbed, unkillable, way_back;
	char device[ADDRESS_SIZE];	/* boots: what is asked for */
};

struct tests {
	struct test *items;
	size_t count;
};

/* What the workers share. */
struct tally {
	size_t next, passed, failed;
};

static const char *work;		/* directory of this run */
static struct tally *tally;
static size_t passed, failed;

/* ---- a fake machine ---- */

struct machine {
	const char *description, *root;
	struct tree before;
	struct tree after;		/* of an undisturbed run */
};

static void make_machine(struct machine *machine, const char *description)
{
	int status;
	pid_t pid;

	machine->description = description;
	machine->root = strdup(format("%s/%d", work, (int)getpid()));
	pid = fork();
	if (pid == 0) {
		execl("build/test/mktree", "mktree", "tests/fixtures/image", "tests/faults/configuration", description,
		      machine->root, (char *)NULL);
		die("cannot run mktree");
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		die("mktree %s", description);
	tree_read(&machine->before, machine->root);
}

static void set_timeout(struct machine *machine, unsigned seconds)
{
	tree_put(&machine->before, machine->root, "proc/cmdline", format("quiet vfio.timeout=%u\n", seconds));
}

/* ---- cases ---- */

static struct test *add_test(struct tests *tests)
{
	if (!(tests->count & (tests->count - 1)))
		tests->items = realloc(tests->items, (tests->count ? 2 * tests->count : 1) * sizeof(*tests->items));
	memset(&tests->items[tests->count], 0, sizeof(*tests->items));
	return &tests->items[tests->count++];
}

/* A call of the simulated kernel, "KIND DRIVER-OR-ADDRESS ...", as sim.log has it. */
struct sim_call {
	unsigned number;
	char kind[16], device[ADDRESS_SIZE];
	bool way_back;
};

static bool next_sim_call(const char **log, struct sim_call *call)
{
	char first[64] = "", second[64] = "";
	const char *line = format("%.*s", (int)strcspn(*log, "\n"), *log);

	if (sscanf(line, "%u %15s %63s %63s", &call->number, call->kind, first, second) < 3)
		return false;
	*log += strcspn(*log, "\n") + 1;
	find_address(line, call->device);
	call->way_back = (!strcmp(call->kind, "bind") && strcmp(first, "vfio-pci")) ||
			 (!strcmp(call->kind, "unbind") && !strcmp(first, "vfio-pci")) ||
			 (!strcmp(call->kind, "override") && strcmp(second, "vfio-pci") && strcmp(second, "none"));
	return true;
}

static const char *errors_of(const char *kind)
{
	static const struct { const char *kind, *errors; } known[] = {
		{ "override", "EINVAL ENOMEM ENODEV ENOENT EIO EMFILE" },
		{ "unbind", "ENODEV ENOENT ENOMEM EIO EINTR" },
		{ "bind", "ENODEV EBUSY EAGAIN EINVAL ENOMEM EIO ENOENT EPERM" },
		{ "insmod", "EBUSY ENOEXEC ENOENT EKEYREJECTED EPERM EBADMSG ENOKEY EINVAL EOPNOTSUPP ENOMEM EIO ENOSPC EMFILE" },
		{ "modprobe", "ENOENT EIO EAGAIN ENOMEM" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].kind, kind))
			return known[i].errors;
	die("no errors for %s", kind);
}

static struct test *add_fault(struct tests *tests, const struct sim_call *call, const char *fault,
			      const struct scenario *scenario)
{
	struct test *test = add_test(tests);

	snprintf(test->faults, sizeof(test->faults), "%u=%s%s%s", call->number, fault, *scenario->faults ? ";" : "",
		 scenario->faults);
	test->way_back = call->way_back;
	return test;
}

/* All that may go wrong with one call, but that it hangs. */
static void add_faults(struct tests *tests, const struct sim_call *call, const struct scenario *scenario,
		       const struct tree *before)
{
	char *errors = strdup(errors_of(call->kind)), *error, *rest = errors;
	const char *driver;

	while ((error = strsep(&rest, " ")))
		add_fault(tests, call, error, scenario);
	free(errors);
	add_fault(tests, call, "exit", scenario);
	/* nothing can be made good that is said to be */
	if (!call->way_back)
		add_fault(tests, call, "ignore", scenario);
	if (!*call->device)
		return;
	add_fault(tests, call, "vanish", scenario);
	add_fault(tests, call, "back:" LATE_DRIVER, scenario);
	driver = driver_in(before, call->device);
	if (*driver && strcmp(driver, "vfio-pci"))
		add_fault(tests, call, format("back:%s", driver), scenario);
}

static void plan_kernel(struct tests *tests, const struct machine *machine, const struct scenario *scenario)
{
	const struct entry *log = tree_find(&machine->after, "sim.log");
	const char *line = log ? log->bytes : "";
	struct sim_call call;

	while (next_sim_call(&line, &call))
		add_faults(tests, &call, scenario, &machine->before);
}

static void plan_hangs(struct tests *tests, const struct machine *machine, const struct scenario *scenario)
{
	const struct entry *log = tree_find(&machine->after, "sim.log");
	const char *line = log ? log->bytes : "";
	struct sim_call call;

	while (next_sim_call(&line, &call)) {
		add_fault(tests, &call, "hang", scenario);
		add_fault(tests, &call, "hang", scenario)->unkillable = true;
	}
}

/* What a system call may end with: a list that ends with 0. */
static const int *errnos_of(const char *name)
{
	static const struct { const char *name; int errnos[6]; } known[] = {
		{ "openat", { EIO, ENOMEM, ENOENT, EMFILE, ENOSPC } },
		{ "fstatat", { EIO, ENOMEM, ENOENT } },
		{ "readlinkat", { EIO, ENOMEM, ENOENT } },
		{ "unlinkat", { EIO, ENOMEM, EROFS } },
		{ "linkat", { EIO, ENOMEM, ENOSPC, EPERM } },
		{ "read", { EIO, ENOMEM, ENODEV } },
		{ "write", { EIO, ENOMEM, ENOSPC } },
		{ "close", { EIO } },
		{ "fcntl", { EMFILE, ENOMEM } },
		{ "mmap", { ENOMEM } },
		{ "getdents64", { EIO, ENOMEM, ENOENT } },
		{ "pipe2", { EMFILE, ENFILE, ENOMEM } },
		{ "clone", { EAGAIN, ENOMEM } },
		{ "poll", { ENOMEM } },
		{ "wait4", { ECHILD } },
		{ "kill", { ESRCH } },
		{ "setsid", { EPERM } },
		{ "fchmod", { EIO, EPERM } },
		{ "exit", { 0 } },
		{ "mark", { 0 } },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, name))
			return known[i].errnos;
	return NULL;
}

static struct test *add_disturbance(struct tests *tests, const struct scenario *scenario,
				    struct disturbance disturbance)
{
	struct test *test = add_test(tests);

	snprintf(test->faults, sizeof(test->faults), "%s", scenario->faults);
	test->traced = test->disturbed = true;
	test->disturbance = disturbance;
	return test;
}

/* For each system call of a traced run. */
static void plan_calls(struct tests *tests, const struct calls *calls, const struct scenario *scenario, int kind)
{
	size_t i;

	for (i = 0; i < calls->count; i++) {
		const struct call *call = &calls->items[i];
		const int *errnos = errnos_of(call_name(call->nr));

		if (!errnos)
			die("what may go wrong with system call %ld?", call->nr);
		if (scenario->only && strcmp(scenario->only, call_name(call->nr)))
			continue;
		if (kind == ALL_DIE || (kind == CHILD_DIES && call->process))
			add_disturbance(tests, scenario, (struct disturbance) { .kind = kind, .at = *call });
		for (; kind == CALL_FAILS && *errnos; errnos++)
			add_disturbance(tests, scenario, (struct disturbance) {
				.kind = kind, .at = *call, .error = *errnos,
			});
	}
}

/* ---- running them ---- */

static const char *describe(const struct test *test)
{
	const struct disturbance *disturbance = &test->disturbance;

	if (!test->disturbed)
		return format("%s%s%s", test->device, *test->device ? " " : "", test->faults);
	return format("%s %u of process %u (%s)%s%s", call_name(disturbance->at.nr), disturbance->at.number,
		      disturbance->at.process, disturbance->at.what, disturbance->error ? "=" : "",
		      disturbance->error ? strerrorname_np(disturbance->error) : "");
}

/* The state in which it was killed is left to a second run, which must get the machine where it belongs. */
static const char *run_again(const struct machine *machine, const struct tree *wanted)
{
	struct run second = { .program = TRACED, .root = machine->root };
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

/* NULL, or what is wrong. */
static const char *try(const struct machine *machine, const struct test *test)
{
	struct run one = {
		.program = test->traced || test->unkillable ? TRACED : SANITIZED, .root = machine->root,
		.faults = test->faults, .disturbance = test->disturbed ? &test->disturbance : NULL,
		.unkillable = test->unkillable,
	};
	struct judged judged = { .run = &one, .before = &machine->before, .way_back = test->way_back };
	const char *wrong;
	struct tree after;

	if (test->traced || test->unkillable)
		run_traced(&one);
	else
		run(&one);
	if (test->disturbed && !one.disturbed)
		return "it never came to this system call";
	if (test->disturbed && test->disturbance.kind == ALL_DIE)
		return run_again(machine, &machine->after);
	tree_read(&after, machine->root);
	judged.after = &after;
	judged.lied = test->disturbance.error == ENOENT || !strcmp(call_name(test->disturbance.at.nr), "readlinkat");
	wrong = judge(&judged);
	if (wrong)
		wrong = format("%s", wrong);
	tree_restore(&machine->before, &after, machine->root);
	tree_free(&after);
	return wrong;
}

static void count(const char *part, const char *name, const struct test *test, const char *wrong)
{
	if (!wrong) {
		__atomic_fetch_add(&tally->passed, 1, __ATOMIC_SEQ_CST);
	} else if (__atomic_fetch_add(&tally->failed, 1, __ATOMIC_SEQ_CST) < SHOWN_MAX) {
		const char *line = format("faults: %s: %s: %s: %s\n", part, name, describe(test), wrong);

		if (write(STDOUT_FILENO, line, strlen(line)) < 0)
			die("cannot write");
	}
}

typedef void worker(const void *argument);

/* Several processes that each take the next case until none is left; the tally is theirs. */
static void work_in_parallel(unsigned workers, worker *work_on, const void *argument)
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

/* ---- the parts that go through all that can happen to a few machines ---- */

struct part {
	const char *name;
	const char *what;
	bool sleeps, traced;
	int kind;			/* of the disturbance */
};

static const struct part parts[] = {
	{ "kernel", "calls of the kernel go wrong", false, false, 0 },
	{ "hang", "calls of the kernel never return", true, true, 0 },
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
	struct machine machine;
	struct calls calls = { 0 };
	struct run undisturbed = { .program = TRACED, .faults = scenario->faults, .record = &calls };
	struct tests tests = { 0 };
	size_t i;

	make_machine(&machine, format("tests/faults/%s.machine", scenario->name));
	undisturbed.root = machine.root;
	if (job->part->traced)
		run_traced(&undisturbed);
	else
		run(&undisturbed);
	tree_read(&machine.after, machine.root);
	tree_restore(&machine.before, &machine.after, machine.root);
	if (job->part->sleeps) {
		set_timeout(&machine, 1);
		plan_hangs(&tests, &machine, scenario);
	} else if (job->part->traced) {
		plan_calls(&tests, &calls, scenario, job->part->kind);
	} else {
		plan_kernel(&tests, &machine, scenario);
	}
	if (job->part->kind == ALL_DIE && *scenario->faults) {
		/* nothing goes wrong in the second run */
		struct tree good;

		undisturbed = (struct run) { .program = TRACED, .root = machine.root };
		run(&undisturbed);
		tree_read(&good, machine.root);
		tree_restore(&machine.before, &good, machine.root);
		machine.after = good;
	}
	while ((i = __atomic_fetch_add(&tally->next, 1, __ATOMIC_SEQ_CST)) < tests.count)
		count(job->part->name, scenario->name, &tests.items[i], try(&machine, &tests.items[i]));
}

static void run_part(const struct part *part, const char *only)
{
	size_t i, all = 0, wrong = 0;

	for (i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		struct job job = { part, &scenarios[i] };

		if ((only && strcmp(only, scenarios[i].name)) ||
		    (scenarios[i].only && (!part->traced || part->sleeps || part->kind != CALL_FAILS)))
			continue;
		work_in_parallel(part->sleeps ? SLEEPERS : 2, work_on_job, &job);
		printf("%s: %zu times %s, %zu wrong\n", scenarios[i].name, tally->passed + tally->failed, part->what,
		       tally->failed);
		all += tally->passed + tally->failed;
		wrong += tally->failed;
	}
	printf("%s: %zu times %s, %zu wrong\n\n", part->name, all, part->what, wrong);
}

/* ---- boots of real machines ---- */

static unsigned long long draw(unsigned long long *state)
{
	unsigned long long z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct boots {
	unsigned long long seed;
	glob_t tables;
	const char *only;
};

/* A fault of one call of the undisturbed run; one in forty hangs. */
static void draw_fault(struct test *test, const struct tree *before, const struct tree *after,
		       unsigned long long *state)
{
	static const struct scenario none = { "", "", NULL };
	const struct entry *log = tree_find(after, "sim.log");
	const char *line = log ? log->bytes : "";
	struct tests faults = { 0 };
	struct sim_call call;

	while (next_sim_call(&line, &call)) {
		add_faults(&faults, &call, &none, before);
		if (draw(state) % 4 == 0)
			add_fault(&faults, &call, "hang", &none);
	}
	if (faults.count) {
		struct test *drawn = &faults.items[draw(state) % faults.count];

		strcpy(test->faults, drawn->faults);
		test->way_back = drawn->way_back;
	}
	free(faults.items);
}

/* Without a fault, and then with one. */
static void boot(struct machine *machine, const char *name, const char *device, unsigned long long seed)
{
	struct test test = { 0 };
	struct run good = { .program = SANITIZED, .root = machine->root, .faults = "" };
	struct judged judged = { .run = &good, .before = &machine->before };
	const char *wrong;
	struct tree after;

	strcpy(test.device, device);
	tree_put(&machine->before, machine->root, "etc/vfio-early.conf", format("%s\n", device));
	run(&good);
	tree_read(&after, machine->root);
	judged.after = &after;
	wrong = judge(&judged);
	count("boots", name, &test, wrong);
	tree_restore(&machine->before, &after, machine->root);
	draw_fault(&test, &machine->before, &after, &seed);
	tree_free(&after);
	if (*test.faults)
		count("boots", name, &test, try(machine, &test));
}

static void boot_all(const char *table, unsigned long long seed)
{
	const char *slash = strrchr(table, '/'), *device;
	char *name = strdup(slash + 1);
	struct machine machine;
	size_t i = 0;

	name[strlen(name) - strlen(".tsv")] = '\0';
	make_machine(&machine, table);
	set_timeout(&machine, 1);
	while (*(device = next_device(&machine.before, &i)))
		boot(&machine, name, device, seed + i);
	tree_restore(&(struct tree) { 0 }, &machine.before, machine.root);
	if (rmdir(machine.root))
		die("%s is not empty", machine.root);
	tree_free(&machine.before);
}

static void work_on_boots(const void *argument)
{
	const struct boots *boots = argument;
	size_t i;

	while ((i = __atomic_fetch_add(&tally->next, 1, __ATOMIC_SEQ_CST)) < boots->tables.gl_pathc)
		boot_all(boots->tables.gl_pathv[i], boots->seed + i * 1000003);
}

static void run_boots(const char *only)
{
	struct boots boots = { .seed = getenv("SEED") ? strtoull(getenv("SEED"), NULL, 10) : (unsigned long long)time(NULL) };

	if (glob(format("tests/machines/%s.tsv", only ? only : "*"), 0, NULL, &boots.tables))
		die("no machines");
	work_in_parallel(2, work_on_boots, &boots);
	printf("boots: %zu boots of %zu machines with SEED=%llu, %zu wrong\n\n", tally->passed + tally->failed,
	       boots.tables.gl_pathc, boots.seed, tally->failed);
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
	printf("%zu passed, %zu failed\n", passed, failed);
	return remove_work() || failed || !passed;
}
