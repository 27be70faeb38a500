/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After the steps: what the machine says that came of them. */
#include "settle.h"

#include "../core/errno_name.h"
#include "../core/inventory.h"
#include "../core/root.h"
#include "../core/stages.h"
#include "../core/text.h"
#include "apply.h"

#include <errno.h>

static const char step_names[][9] = {
	[STEP_LOAD] = "load", [STEP_NEED] = "load", [STEP_OVERRIDE] = "override", [STEP_UNBIND] = "unbind",
	[STEP_BIND] = "bind",
};

static void fail_member(struct member *member, int error, const char *step)
{
	if (member->result == RESULT_FAILED)
		return;			/* the first failure is the cause */
	member->result = RESULT_FAILED;
	member->error = error;
	member->step = step;
}

/* A step that failed for the whole group: all that were named and waited for it. */
static void fail_group(struct group *group, const struct step *step, int error)
{
	group->result = GROUP_FAILED;
	for_each(member, &group->members)
		if (step->member ? step->member == member : text_same(member->driver, step->value))
			fail_member(member, error, step_names[step->kind]);
}

static void warn_of_hang(struct boot *boot, const struct step *step)
{
	strings_add(&boot->decision.urgent_warnings,
		    text_of("%s is stuck in %s (%s): left alone, boot goes on, may pause 120 s at udev",
			    step->subject, step->value, step_names[step->kind]));
}

/* 0 or -errno of an outcome. */
static int error_of(int outcome)
{
	switch (outcome) {
	case OUTCOME_HUNG:
		return -ETIMEDOUT;
	case OUTCOME_DIED:
		return -EINTR;
	case OUTCOME_WAITING:
		return -ECANCELED;
	default:
		return outcome;
	}
}

static void note_outcome(struct boot *boot, const struct step *step, int outcome)
{
	if (outcome == OUTCOME_SKIPPED)
		return;
	if (outcome == OUTCOME_WAITING) {
		if (step->group)
			step->group->result = GROUP_FAILED;
		return;
	}
	if (step->kind == STEP_OVERRIDE || (step->member && step->member->role == ROLE_RELEASE))
		step->member->touched = true;
	if (outcome == OUTCOME_HUNG && step->member)
		warn_of_hang(boot, step);
	outcome = error_of(outcome);
	if (outcome >= 0)
		return;
	if (step->kind == STEP_NEED)
		strings_add_once(&boot->decision.urgent_warnings,
				 text_of("there is no driver %s: does this kernel have it, and the image its module?",
					 step->value));
	if (step->kind == STEP_LOAD)
		strings_add(&boot->decision.urgent_warnings,
			    text_of("module %s could not be loaded: %s", step->subject, errno_name(-outcome)));
	else
		fail_group(step->group, step, -outcome);
}

/* Why a member is not on its driver although no step failed. */
static int error_of_absence(const struct inventory *inventory, const struct member *member)
{
	if (!root_exists(inventory->root, text_of("sys/bus/pci/devices/%s", member->device->name)))
		return ENODEV;
	return member->after ? EBUSY : ENXIO;
}

static void read_back(struct group *group, const struct inventory *inventory)
{
	bool failed = group->result == GROUP_FAILED;

	for_each(member, &group->members) {
		if (!member->device->is_pci && member->role != ROLE_RELEASE)
			continue;
		member->after = inventory_driver_now(inventory, member->device);
		if (failed)
			continue;
		if (member->role == ROLE_RELEASE && member->after)
			fail_member(member, EBUSY, "read-back");
		else if (member->role == ROLE_TAKE && !text_same(member->after, member->driver))
			fail_member(member, error_of_absence(inventory, member), "read-back");
		else if (group->whole && (member->role == ROLE_LEAVE || member->role == ROLE_LEAVE_DRIVERLESS) &&
			 !driver_keeps_viable(member->device, member->after, inventory->kernel))
			fail_member(member, EBUSY, "read-back");
	}
	for_each(member, &group->members)
		if (member->result == RESULT_FAILED)
			group->result = GROUP_FAILED;
	for_each(member, &group->members)
		if (group->result != GROUP_FAILED && member->result == RESULT_PLANNED)
			member->result = member->role == ROLE_TAKE ? RESULT_BOUND : RESULT_RELEASED;
}

/* A group that failed takes its unit with it. */
static void fail_units(struct decision *decision)
{
	for_each(group, &decision->groups)
		for_each(failed, &decision->groups)
			if (failed->unit == group->unit && failed->result == GROUP_FAILED && !group->refusals)
				group->result = GROUP_FAILED;
}

void settle(struct boot *boot, const struct plan *plan, const int *outcomes)
{
	for_each(step, &plan->steps)
		note_outcome(boot, step, *outcomes++);
	fail_units(&boot->decision);
	for_each(group, &boot->decision.groups)
		if (!group->refusals && !group->settled && boot->config.mode != MODE_OFF)
			read_back(group, &boot->inventory);
	fail_units(&boot->decision);
}

/* Also what a failure has kept from being touched; but not what was right already. */
static bool is_returned(const struct group *group, const struct member *member)
{
	if (member->role != ROLE_TAKE && member->role != ROLE_RELEASE)
		return false;
	if (group->result == GROUP_FAILED && member->result != RESULT_ALREADY)
		return true;
	return (group->result == GROUP_FAILED || group->result == GROUP_REFUSED) && member->touched;
}

bool settle_goes_back_again(struct boot *boot, const struct plan *plan, const int *outcomes)
{
	bool again = false;

	for_each(step, &plan->steps) {
		again |= error_of(*outcomes) < 0;
		if (*outcomes == OUTCOME_HUNG || *outcomes == OUTCOME_DIED)
			return false;
		outcomes++;
	}
	for_each(group, &boot->decision.groups)
		for_each(member, &group->members) {
			if (group->settled || !plan_returns(group, member))
				continue;
			member->after = inventory_driver_now(&boot->inventory, member->device);
			again |= !text_same(member->after, member->before);
		}
	return again;
}

void settle_returned(struct boot *boot, const struct plan *plan, const int *outcomes)
{
	for_each(step, &plan->steps) {
		int error = error_of(*outcomes++);

		if (error < 0)
			fail_member(step->member, -error, "return");
	}
	for_each(group, &boot->decision.groups)
		for_each(member, &group->members) {
			if (group->settled || !is_returned(group, member))
				continue;
			member->after = inventory_driver_now(&boot->inventory, member->device);
			if (member->result == RESULT_FAILED)
				continue;
			if (text_same(member->after, member->before))
				member->result = group->refusals ? RESULT_REFUSED : RESULT_RETURNED;
			else
				fail_member(member, EBUSY, "return");
		}
}
