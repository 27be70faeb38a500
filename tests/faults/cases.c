/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that can go wrong in a run, from what an undisturbed one has done. */
#include "cases.h"

#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test *add_test(struct tests *tests)
{
	if (!(tests->count & (tests->count - 1)))
		tests->items = enlarge(tests->items, (tests->count ? 2 * tests->count : 1) * sizeof(*tests->items));
	memset(&tests->items[tests->count], 0, sizeof(*tests->items));
	return &tests->items[tests->count++];
}

/* A call of the simulated kernel, "KIND DRIVER-OR-ADDRESS ...", as sim.log has it. */
struct sim_call {
	unsigned number;
	char kind[16], device[NAME_SIZE];
	bool way_back;
};

static bool next_sim_call(const char **log, struct sim_call *call)
{
	char first[64] = "", second[64] = "";
	const char *line = format("%.*s", (int)strcspn(*log, "\n"), *log);

	if (sscanf(line, "%u %15s %63s %63s", &call->number, call->kind, first, second) < 3)
		return false;
	*log += strcspn(*log, "\n") + 1;
	find_device(line, call->device);
	call->way_back = (!strcmp(call->kind, "bind") && strcmp(first, "vfio-pci")) ||
			 (!strcmp(call->kind, "unbind") && !strcmp(first, "vfio-pci")) ||
			 (!strcmp(call->kind, "override") && strcmp(second, "vfio-pci") && strcmp(second, "none"));
	return true;
}

static const char *const *errors_of(const char *kind)
{
	static const struct { const char *kind, *errors[14]; } known[] = {
		{ "override", { "EINVAL", "ENOMEM", "ENODEV", "ENOENT", "EIO", "EACCES" } },
		{ "unbind", { "ENODEV", "ENOENT", "ENOMEM", "EIO", "EINTR" } },
		{ "bind", { "ENODEV", "EBUSY", "EAGAIN", "EINVAL", "ENOMEM", "EIO", "ENOENT", "EPERM" } },
		{ "insmod", { "EBUSY", "ENOEXEC", "ENOENT", "EKEYREJECTED", "EPERM", "EBADMSG", "ENOKEY", "EINVAL",
			      "EOPNOTSUPP", "ENOMEM", "EIO", "ENOSPC", "EMFILE" } },
		{ "modprobe", { "ENOENT", "EIO", "EAGAIN", "ENOMEM" } },
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
	strcpy(test->device, call->device);
	test->error = NULL;
	return test;
}

/* All that may go wrong with one call, but that it hangs. */
static void add_faults(struct tests *tests, const struct sim_call *call, const struct scenario *scenario,
		       const struct tree *before)
{
	const char *const *errors = errors_of(call->kind);
	const char *driver;

	for (; *errors; errors++)
		add_fault(tests, call, *errors, scenario)->error = *errors;
	add_fault(tests, call, "exit", scenario);
	/* nothing can be made good that is said to be */
	if (!call->way_back)
		add_fault(tests, call, "ignore", scenario);
	if (!strchr(call->device, ':'))
		return;			/* of PCI functions only */
	add_fault(tests, call, "vanish", scenario);
	add_fault(tests, call, "back:" LATE_DRIVER, scenario);
	driver = driver_in(before, call->device);
	if (*driver && strcmp(driver, "vfio-pci"))
		add_fault(tests, call, format("back:%s", driver), scenario);
}

void plan_faults(struct tests *tests, const struct scenario *scenario, const struct tree *before,
		 const struct tree *after)
{
	const struct entry *log = tree_find(after, "sim.log");
	const char *line = log ? log->bytes : "";
	struct sim_call call;

	while (next_sim_call(&line, &call))
		add_faults(tests, &call, scenario, before);
}

void plan_hangs(struct tests *tests, const struct scenario *scenario, const struct tree *after, bool unkillable)
{
	const struct entry *log = tree_find(after, "sim.log");
	const char *line = log ? log->bytes : "";
	struct sim_call call;

	while (next_sim_call(&line, &call)) {
		add_fault(tests, &call, "hang", scenario)->hangs = true;
		if (unkillable) {
			struct test *test = add_fault(tests, &call, "hang", scenario);

			test->hangs = test->unkillable = true;
		}
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
	test->disturbed = true;
	test->disturbance = disturbance;
	return test;
}

void plan_calls(struct tests *tests, const struct scenario *scenario, const struct calls *calls, int kind)
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

const char *describe(const struct test *test)
{
	const struct disturbance *disturbance = &test->disturbance;

	if (!test->disturbed)
		return format("%s%s%s", test->asked, *test->asked ? " " : "",
			      *test->faults ? test->faults : "nothing goes wrong");
	return format("%s %u of process %u (%s)%s%s", call_name(disturbance->at.nr), disturbance->at.number,
		      disturbance->at.process, disturbance->at.what, disturbance->error ? "=" : "",
		      disturbance->error ? strerrorname_np(disturbance->error) : "");
}
