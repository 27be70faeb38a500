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

static const int *all_failed(int *outcomes, size_t count, int error)
{
	while (count--)
		outcomes[count] = -error;
	return outcomes;
}

const int *apply(const struct situation *situation, const struct plan *plan, unsigned seconds)
{
	size_t size = plan->steps.count * sizeof(int), i;
	int *shared, *outcomes = keep(size);
	pid_t child;
	bool ended;

	if (!plan->steps.count)
		return outcomes;
	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return all_failed(outcomes, plan->steps.count, errno);
	for (i = 0; i < plan->steps.count; i++)
		shared[i] = OUTCOME_WAITING;
	child = fork();
	if (child < 0)
		return all_failed(outcomes, plan->steps.count, errno);
	if (child == 0) {
		detach();
		run_steps(situation, plan, shared);
		_exit(0);
	}
	ended = wait_for(child, seconds);
	/* a child that was left behind may still write: what it says from here on is too late */
	memcpy(outcomes, shared, size);
	/* one that died of something else hangs nowhere: its device can be put back */
	for (i = 0; ended && i < plan->steps.count; i++)
		if (outcomes[i] == OUTCOME_RUNNING)
			outcomes[i] = -EINTR;
	return outcomes;
}
