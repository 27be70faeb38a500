/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After the steps: from their outcomes and the driver links to what became of each group. */
#include "read_back.h"

#include "../core/errno_name.h"
#include "../core/device.h"
#include "../core/root.h"
#include "../core/stages.h"
#include "../core/text.h"
#include "../core/viability.h"
#include "outcome.h"

#include <errno.h>

static const char *const step_names[] = {
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

static void note_outcome(struct boot *boot, const struct step *step, int outcome)
{
	if (outcome == OUTCOME_SKIPPED)
		return;
	if (outcome == OUTCOME_WAITING) {
		if (step->group)
			step->group->result = GROUP_FAILED;
		return;
	}
	if (outcome == OUTCOME_HUNG && step->member)
		warn_of_hang(boot, step);
	outcome = outcome_error(outcome);
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

/* Why a member is not as it was intended although no step failed; 0: it is. */
static int error_of_member(const struct inventory *inventory, const struct member *member)
{
	if (member->role == ROLE_TAKE)
		return text_same(member->after, member->driver) ? 0 : error_of_absence(inventory, member);
	if (member->role == ROLE_RELEASE)
		return member->after ? EBUSY : 0;
	if (member->role == ROLE_BELOW_CONTROLLER)
		return 0;
	return driver_keeps_viable(member->device, member->after, inventory->kernel) ? 0 : EBUSY;
}

/* What is no PCI device has a link elsewhere, but for a framebuffer. */
static bool has_link(const struct member *member)
{
	return member->device->is_pci || member->role == ROLE_RELEASE;
}

static void read_back_group(struct group *group, const struct inventory *inventory)
{
	bool failed = group->result == GROUP_FAILED;

	for_each(member, &group->members) {
		int error;

		if (!has_link(member))
			continue;
		member->after = device_driver_now(inventory->root, member->device);
		error = failed ? 0 : error_of_member(inventory, member);
		if (!error)
			continue;
		fail_member(member, error, "read-back");
		group->result = GROUP_FAILED;
	}
	for_each(member, &group->members)
		if (group->result != GROUP_FAILED && member->result == RESULT_PLANNED)
			member->result = member->role == ROLE_TAKE ? RESULT_BOUND : RESULT_RELEASED;
}

/* One that failed takes its companions with it. */
static void fail_companion_sets(struct decision *decision)
{
	for_each(group, &decision->groups)
		for_each(failed, &decision->groups)
			if (failed->companion_set == group->companion_set && failed->result == GROUP_FAILED &&
			    !group->refusals)
				group->result = GROUP_FAILED;
}

void read_back(struct boot *boot, const struct plan *plan, const int *outcomes)
{
	for_each(step, &plan->steps)
		note_outcome(boot, step, *outcomes++);
	if (boot->config.mode == MODE_OFF)
		return;
	fail_companion_sets(&boot->decision);
	for_each(group, &boot->decision.groups)
		if (!group->refusals)
			read_back_group(group, &boot->inventory);
	fail_companion_sets(&boot->decision);
}

void read_drivers_to_return(struct boot *boot)
{
	for_each(group, &boot->decision.groups)
		for_each(member, &group->members)
			if ((group->result == GROUP_FAILED || group->result == GROUP_REFUSED) && has_link(member))
				member->after = device_driver_now(boot->root, member->device);
}

bool return_is_worth_repeating(struct boot *boot, const struct plan *plan, const int *outcomes)
{
	bool again = false;

	for_each(step, &plan->steps) {
		again |= outcome_error(*outcomes) < 0;
		if (*outcomes == OUTCOME_HUNG || *outcomes == OUTCOME_DIED)
			return false;
		outcomes++;
	}
	read_drivers_to_return(boot);
	for_each(group, &boot->decision.groups)
		for_each(member, &group->members)
			again |= !member->hung && has_changed(group, member);
	return again;
}

void read_back_returned(struct boot *boot, const struct plan *plan, const int *outcomes)
{
	for_each(step, &plan->steps) {
		int error = outcome_error(*outcomes++);

		if (error < 0)
			fail_member(step->member, -error, "return");
	}
	read_drivers_to_return(boot);
	for_each(group, &boot->decision.groups)
		for_each(member, &group->members) {
			if (has_changed(group, member))
				fail_member(member, EBUSY, "return");
			else if (group->result == GROUP_FAILED && member->result == RESULT_PLANNED)
				member->result = RESULT_RETURNED;
		}
}
