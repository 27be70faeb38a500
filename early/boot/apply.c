/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The executor: one switch over the steps, in a child that may hang without hanging the boot. */
#include "apply.h"

#include "../core/inventory.h"
#include "../core/memory.h"
#include "../core/root.h"
#include "../core/text.h"
#include "effects.h"
#include "modules.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRIVERS "sys/bus/pci/drivers"
#define KILL_PATIENCE 10		/* times 10 ms */
#define SECOND_CHANCE_SECONDS 5		/* for the groups that a hung one has kept waiting */

static int need_driver(const struct situation *situation, const struct step *step)
{
	const char *path = text_of(DRIVERS "/%s", step->value);
	int error;

	if (root_exists(situation->root, path))
		return 0;
	error = module_load(situation->root, NULL, step->subject, "");
	if (root_exists(situation->root, path))
		return 0;
	return error ? error : -ENODEV;
}

static int write_override(const struct situation *situation, const struct step *step)
{
	/* an empty write would be none: a lone newline clears the override */
	return effect_write(situation->root, text_of("sys/bus/pci/devices/%s/driver_override", step->subject),
			    *step->value ? step->value : "\n");
}

/* Takes the device from whatever driver has it now, which may be none or a later one than planned. */
static int unbind(const struct situation *situation, const struct step *step)
{
	const char *driver = inventory_driver_now(&situation->inventory, step->member->device);
	int error;

	if (!driver)
		return 0;
	error = effect_write(situation->root, text_of(DRIVERS "/%s/unbind", driver), step->subject);
	if (error == -ENODEV && !inventory_driver_now(&situation->inventory, step->member->device))
		return 0;		/* it left its driver at the same moment */
	return error;
}

static int bind_driver(const struct situation *situation, const struct step *step)
{
	const char *driver = inventory_driver_now(&situation->inventory, step->member->device);

	if (text_same(driver, step->value))
		return 0;
	return effect_write(situation->root, text_of(DRIVERS "/%s/bind", step->value), step->subject);
}

static int run_step(const struct situation *situation, const struct step *step)
{
	switch (step->kind) {
	case STEP_LOAD:
		return module_load(situation->root, situation->kernel, step->subject, step->value);
	case STEP_NEED:
		return need_driver(situation, step);
	case STEP_OVERRIDE:
		return write_override(situation, step);
	case STEP_UNBIND:
		return unbind(situation, step);
	case STEP_BIND:
		return bind_driver(situation, step);
	}
	return -EINVAL;
}

static void run_steps(const struct situation *situation, const struct plan *plan, volatile int *outcomes)
{
	size_t i;

	for (i = 0; i < plan->steps.count; i++) {
		const struct step *step = &plan->steps.items[i];

		if (outcomes[i] != OUTCOME_WAITING)
			continue;
		/* the child's own copy of the group; the parent judges by the outcomes */
		if (step->group && step->group->result == GROUP_FAILED) {
			outcomes[i] = OUTCOME_SKIPPED;
			continue;
		}
		outcomes[i] = OUTCOME_RUNNING;
		outcomes[i] = run_step(situation, step);
		if (outcomes[i] < 0 && step->group)
			step->group->result = GROUP_FAILED;
	}
}

/* Nobody may wait for a child that hangs: no shell on its terminal, no reader of its output. */
static void detach(void)
{
	setsid();
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
}

static volatile sig_atomic_t out_of_time;

static void on_alarm(int signal)
{
	(void)signal;
	out_of_time = 1;
}

/* The interval lets a signal that comes just before waitpid() come again. */
static void set_deadline(unsigned seconds)
{
	struct itimerval timer = { .it_value.tv_sec = seconds, .it_interval.tv_usec = seconds ? 100000 : 0 };
	struct sigaction action = { .sa_handler = on_alarm };

	out_of_time = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* Whether the child ended by itself; if not, it was killed, and may hang in the kernel all the same. */
static bool wait_for(pid_t child, unsigned seconds)
{
	int patience = KILL_PATIENCE;
	pid_t ended;

	set_deadline(seconds);
	do
		ended = waitpid(child, NULL, 0);
	while (ended < 0 && errno == EINTR && !out_of_time);
	set_deadline(0);
	if (ended == child)
		return true;
	kill(child, SIGKILL);
	while (!waitpid(child, NULL, WNOHANG) && patience--)
		poll(NULL, 0, 10);
	return false;
}

static void replace(int *outcomes, size_t count, int old, int new)
{
	while (count--)
		if (outcomes[count] == old)
			outcomes[count] = new;
}

/* Runs the waiting steps in a child; one that does not end in time is left behind. */
static void run_in_child(const struct situation *situation, const struct plan *plan, int *outcomes,
			 unsigned seconds)
{
	size_t count = plan->steps.count;
	pid_t child = fork();

	if (child < 0) {
		replace(outcomes, count, OUTCOME_WAITING, -errno);
		return;
	}
	if (child == 0) {
		detach();
		run_steps(situation, plan, outcomes);
		_exit(0);
	}
	/* a child that died of something else than the deadline hangs nowhere: its device can be put back */
	if (wait_for(child, seconds))
		replace(outcomes, count, OUTCOME_RUNNING, -EINTR);
	else
		replace(outcomes, count, OUTCOME_RUNNING, OUTCOME_HUNG);
}

/* The group of a step that hangs is lost; whether others still wait for theirs. */
static bool others_wait(const struct plan *plan, const int *outcomes)
{
	bool hung = false, waiting = false;
	const int *outcome = outcomes;

	for_each(step, &plan->steps)
		if (*outcome++ == OUTCOME_HUNG && step->group) {
			step->group->result = GROUP_FAILED;
			hung = true;
		}
	for_each(step, &plan->steps)
		waiting |= *outcomes++ == OUTCOME_WAITING && step->group && step->group->result != GROUP_FAILED;
	return hung && waiting;
}

const int *apply(const struct situation *situation, const struct plan *plan, unsigned seconds)
{
	size_t count = plan->steps.count, size = count * sizeof(int);
	int *shared, *outcomes = keep(size);

	if (!count)
		return outcomes;
	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		replace(outcomes, count, 0, -errno);
		return outcomes;
	}
	replace(shared, count, 0, OUTCOME_WAITING);
	run_in_child(situation, plan, shared, seconds);
	if (others_wait(plan, shared))
		run_in_child(situation, plan, shared, SECOND_CHANCE_SECONDS);
	memcpy(outcomes, shared, size);
	return outcomes;
}
