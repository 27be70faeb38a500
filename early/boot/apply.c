/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The executor: one switch over the steps, in a child that may hang without hanging the boot. */
#include "apply.h"

#include "../core/device.h"
#include "../core/memory.h"
#include "../core/root.h"
#include "../core/text.h"
#include "effects.h"
#include "klibc.h"
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK 32768			/* of a child: it reads links and attributes, but no directory, which would not fit */
#define KILL_PATIENCE_MS 100
#define FURTHER_CHANCES 2		/* for the groups that a hung one has kept waiting, */
#define CHANCE_SECONDS 5		/* each with so much time */

/* Far more than is taken; only what is used costs anything. */
#define MEMORY 16384
#define MEMORY_PER_MEMBER 4096

static int need_driver(const struct boot *boot, const struct step *step)
{
	const char *path = text_of("sys/bus/pci/drivers/%s", step->value);
	int error;

	if (root_exists(boot->root, path))
		return 0;
	if (!step->subject)
		return -ENODEV;
	error = module_load(boot->root, NULL, step->subject, "");
	if (root_exists(boot->root, path))
		return 0;
	return error ? error : -ENODEV;
}

static int write_override(const struct boot *boot, const struct step *step)
{
	/* an empty write would be none: a lone newline clears the override */
	return effect_write(boot->root, text_of("sys/bus/pci/devices/%s/driver_override", step->subject),
			    *step->value ? step->value : "\n");
}

/* What the driver core offers for a driver: "bind" or "unbind". */
static int write_driver(const struct boot *boot, const struct step *step, const char *driver,
			const char *file)
{
	return effect_write(boot->root, text_of("sys/bus/%s/drivers/%s/%s", device_bus(step->member->device),
						     driver, file), step->subject);
}

/* Takes the device from whatever driver has it now, which may be none or a later one than planned. */
static int unbind(const struct boot *boot, const struct step *step)
{
	const char *driver = device_driver_now(boot->root, step->member->device);
	int error;

	if (!driver)
		return 0;
	error = write_driver(boot, step, driver, "unbind");
	if (error == -ENODEV && !device_driver_now(boot->root, step->member->device))
		return 0;		/* it left its driver at the same moment */
	return error;
}

static int bind_driver(const struct boot *boot, const struct step *step)
{
	int error = write_driver(boot, step, step->value, "bind");

	if (error && text_same(device_driver_now(boot->root, step->member->device), step->value))
		return 0;		/* it had got there by itself */
	return error;
}

/* After a bind that succeeds all the same it has no driver, either. */
static int probe_for_group(const struct boot *boot, const struct step *step)
{
	int error = write_driver(boot, step, step->value, "bind");

	if (!error)
		error = write_driver(boot, step, step->value, "unbind");
	return error == -ENODEV ? 0 : error;
}

static int restore_override(const struct boot *boot, const struct step *step)
{
	const char *now = root_attribute(boot->root, text_of("sys/bus/pci/devices/%s/driver_override", step->subject));

	/* unset reads as "(null)" */
	return text_same(now, *step->value ? step->value : "(null)") ? 0 : write_override(boot, step);
}

static int run_step(const struct boot *boot, const struct step *step)
{
	switch (step->kind) {		/* GCOVR_EXCL_BR_LINE: there are no other kinds */
	case STEP_LOAD:
		return module_load(boot->root, boot->kernel, step->subject, step->value);
	case STEP_NEED:
		return need_driver(boot, step);
	case STEP_OVERRIDE:
		return write_override(boot, step);
	case STEP_UNBIND:
		return unbind(boot, step);
	case STEP_BIND:
		return bind_driver(boot, step);
	case STEP_PROBE:
		return probe_for_group(boot, step);
	case STEP_RESTORE:
		return restore_override(boot, step);
	case STEP_OFFER:
		return effect_write(boot->root, "sys/bus/pci/drivers_probe", step->subject);
	}
	return -EINVAL;
}

/* What failed takes the rest of its group with it; a device that hangs is not touched again. */
static bool is_given_up(const struct step *step)
{
	return (step->group && step->group->given_up) || (step->member && step->member->hung);
}

/* A group, and what is taken only together with it. */
static void give_up(const struct boot *boot, const struct group *group)
{
	for_each(other, &boot->decision.groups)
		if (other->companion_set == group->companion_set)
			other->given_up = true;
}

/* What a child is to do. Its memory is ours: we look at it only when it has ended or can do no more. */
struct work {
	const struct boot *boot;
	const struct plan *plan;
	volatile int *outcomes;
};

static void run_steps(const struct work *work)
{
	volatile int *outcome = work->outcomes;

	for_each(step, &work->plan->steps) {
		if (*outcome == OUTCOME_WAITING && is_given_up(step)) {
			*outcome = OUTCOME_SKIPPED;
		} else if (*outcome == OUTCOME_WAITING) {
			*outcome = OUTCOME_RUNNING;
			*outcome = run_step(work->boot, step);
			if (*outcome < 0 && step->group)
				give_up(work->boot, step->group);
		}
		outcome++;
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

static int child_main(void *work)
{
	detach();
	run_steps(work);
	return 0;
}

/*
 * Whether the child ended in time, and with it its end of the pipe; one that
 * did not is killed, and may hang in the kernel all the same.
 */
static bool wait_for(pid_t child, int pipe, unsigned seconds)
{
	struct pollfd end = { .fd = pipe };
	bool in_time = poll(&end, 1, (int)seconds * 1000) > 0;

	if (!in_time) {
		kill(child, SIGKILL);
		/* GCOVR_EXCL_BR_START: only in a real kernel can a child hang on (tests/vm/scenarios/17-stuck) */
		if (poll(&end, 1, KILL_PATIENCE_MS) <= 0)
			return false;
		/* GCOVR_EXCL_BR_STOP */
	}
	waitpid(child, NULL, 0);
	return in_time;
}

static void replace(volatile int *outcomes, size_t count, int old, int new)
{
	while (count--)
		if (outcomes[count] == old)
			outcomes[count] = new;
}

/*
 * Runs the waiting steps in a child; one that does not end in time is left
 * behind. It has our memory, and not a copy of it as after fork(), which was a
 * fifth of what this program costs above the work itself.
 */
static void run_in_child(struct work work, unsigned seconds)
{
	size_t count = work.plan->steps.count;
	char *stack = keep(STACK);	/* never used again: a call that hangs may yet write there */
	bool in_time;
	pid_t child;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC)) {
		replace(work.outcomes, count, OUTCOME_WAITING, -errno);
		return;
	}
	child = clone(child_main, stack + STACK, CLONE_VM | SIGCHLD, &work);
	if (child < 0)
		replace(work.outcomes, count, OUTCOME_WAITING, -errno);
	close(ends[1]);
	in_time = child < 0 || wait_for(child, ends[0], seconds);
	close(ends[0]);
	/* it died in the kernel if a step has no end, and may have left its device locked */
	replace(work.outcomes, count, OUTCOME_RUNNING, in_time ? OUTCOME_DIED : OUTCOME_HUNG);
}

/* Gives up what hangs, and what failed just when the child died; whether anything else still waits. */
static bool others_wait(const struct work *work)
{
	const volatile int *outcome = work->outcomes;
	bool waiting = false;

	for_each(step, &work->plan->steps) {
		bool stuck = *outcome == OUTCOME_HUNG || *outcome == OUTCOME_DIED;

		if (step->member && stuck)
			step->member->hung = true;
		if (step->group && (stuck || *outcome < 0))
			give_up(work->boot, step->group);
		outcome++;
	}
	outcome = work->outcomes;
	for_each(step, &work->plan->steps)
		waiting |= *outcome++ == OUTCOME_WAITING && !is_given_up(step);
	return waiting;
}

void apply_ready(size_t calls, size_t members)
{
	keep_ready(MEMORY + calls * (1 + FURTHER_CHANCES) * STACK + members * MEMORY_PER_MEMBER);
}

const int *apply(const struct boot *boot, const struct plan *plan, unsigned seconds)
{
	int *outcomes = keep(plan->steps.count * sizeof(*outcomes)), chances = FURTHER_CHANCES;
	struct work work = { .boot = boot, .plan = plan, .outcomes = outcomes };

	if (!plan->steps.count)
		return outcomes;
	replace(outcomes, plan->steps.count, 0, OUTCOME_WAITING);
	run_in_child(work, seconds);
	while (others_wait(&work) && chances--)
		run_in_child(work, CHANCE_SECONDS);
	return outcomes;
}
