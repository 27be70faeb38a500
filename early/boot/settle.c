/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After the steps: what the machine says that came of them. */
#include "settle.h"

#include "../core/decide.h"
#include "../core/errors.h"
#include "../core/inventory.h"
#include "../core/root.h"
#include "../core/text.h"
#include "apply.h"

#include <errno.h>
#include <string.h>

static const char *const step_names[] = {
	[STEP_LOAD] = "load", [STEP_NEED] = "load", [STEP_OVERRIDE] = "override", [STEP_UNBIND] = "unbind",
	[STEP_BIND] = "bind",
};

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

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
	size_t i;

	group->result = GROUP_FAILED;
	for (i = 0; i < group->member_count; i++) {
		struct member *member = &group->members[i];

		if (step->member ? step->member == member : member->want && is_same(member->driver, step->value))
			fail_member(member, error, step_names[step->kind]);
	}
}

static void note_outcome(struct situation *situation, const struct step *step, int outcome)
{
	if (step->member && step->kind == STEP_OVERRIDE && outcome != OUTCOME_WAITING && outcome != OUTCOME_SKIPPED)
		step->member->touched = true;
	if (step->member && outcome == OUTCOME_RUNNING)
		step->member->hung = true;
	if (outcome == OUTCOME_RUNNING)
		outcome = -ETIMEDOUT;
	else if (outcome == OUTCOME_WAITING)
		outcome = -ECANCELED;
	if (outcome >= 0)
		return;
	if (step->kind == STEP_LOAD)
		strings_add(&situation->decision.warnings,
			    text_of("module %s could not be loaded: %s", step->subject, error_name(-outcome)));
	else if (step->group && outcome == -ECANCELED)
		step->group->result = GROUP_FAILED;
	else if (step->group)
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
	size_t i;

	for (i = 0; i < group->member_count; i++) {
		struct member *member = &group->members[i];

		if (!member->device->is_pci)
			continue;
		member->after = inventory_driver_now(inventory, member->device);
		if (member->role == ROLE_TAKE && !is_same(member->after, member->driver) &&
		    group->result != GROUP_FAILED)
			fail_member(member, error_of_absence(inventory, member), "read-back");
		else if (group->whole && (member->role == ROLE_LEAVE || member->role == ROLE_LEAVE_DRIVERLESS) &&
			 !driver_keeps_viable(member->device, member->after, inventory->kernel))
			fail_member(member, EBUSY, "read-back");
	}
	for (i = 0; i < group->member_count; i++)
		if (group->members[i].result == RESULT_FAILED)
			group->result = GROUP_FAILED;
	for (i = 0; group->result != GROUP_FAILED && i < group->member_count; i++)
		if (group->members[i].result == RESULT_PLANNED)
			group->members[i].result = RESULT_BOUND;
}

bool settle(struct situation *situation, const struct plan *plan, const int *outcomes)
{
	struct decision *decision = &situation->decision;
	bool failed = false;
	size_t i;

	for (i = 0; i < plan->count; i++)
		note_outcome(situation, &plan->steps[i], outcomes[i]);
	for (i = 0; i < decision->group_count; i++) {
		struct group *group = &decision->groups[i];

		if (!group->refusals)
			read_back(group, &situation->inventory);
		failed |= group->result == GROUP_FAILED;
	}
	return failed;
}

void settle_returned(struct situation *situation, const struct plan *plan, const int *outcomes)
{
	struct decision *decision = &situation->decision;
	size_t i, j;

	for (i = 0; i < plan->count; i++) {
		struct member *member = plan->steps[i].member;

		if (outcomes[i] == OUTCOME_RUNNING)
			fail_member(member, ETIMEDOUT, "return");
		else if (outcomes[i] < 0)
			fail_member(member, -outcomes[i], "return");
	}
	for (i = 0; i < decision->group_count; i++) {
		struct group *group = &decision->groups[i];

		for (j = 0; group->result == GROUP_FAILED && j < group->member_count; j++) {
			struct member *member = &group->members[j];

			if (member->role != ROLE_TAKE)
				continue;
			member->after = inventory_driver_now(&situation->inventory, member->device);
			if (member->result == RESULT_FAILED)
				continue;
			if (is_same(member->after, member->before))
				member->result = RESULT_RETURNED;
			else
				fail_member(member, EBUSY, "return");
		}
	}
}
