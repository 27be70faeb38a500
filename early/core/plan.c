/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 4: from the decision to the steps forward, in the order in which they are safe. */
#include "plan.h"

#include "device.h"
#include "modules_to_load.h"
#include "stages.h"
#include "text.h"

#define DRIVERLESS "none"		/* a name that no driver has */

void plan_step(struct plan *plan, enum step_kind kind, struct group *group, struct member *member, const char *value)
{
	*list_add(&plan->steps) = (struct step) {
		.kind = kind, .group = group, .member = member, .subject = member->device->name, .value = value,
	};
}

bool is_kept_driverless(const struct member *member)
{
	return member->selected && member->selected->else_none && !member->before;
}

const char *intended_override(const struct group *group, const struct member *member)
{
	if (!group->refusals && member->role == ROLE_TAKE)
		return member->driver;
	if ((!group->refusals && member->role == ROLE_LEAVE_DRIVERLESS) || is_kept_driverless(member))
		return DRIVERLESS;
	return member->device->override;
}

const char *override_if_not_taken(const struct member *member)
{
	return is_kept_driverless(member) ? DRIVERLESS : member->device->override;
}

void for_all_members(struct boot *boot, struct plan *plan, planner *plan_member)
{
	for_each(group, &boot->decision.groups)
		for_each(member, &group->members)
			plan_member(plan, group, member);
}

static bool must_be_bound(const struct member *member)
{
	return member->role == ROLE_TAKE && member->result == RESULT_PLANNED;
}

static bool must_let_go(const struct member *member)
{
	return member->result == RESULT_PLANNED && member->before;
}

/* The driver has to be registered, once for each group that waits for it. */
static void plan_need(struct plan *plan, struct group *group, struct member *member)
{
	if (!must_be_bound(member))
		return;
	for_each(step, &plan->steps)
		if (step->kind == STEP_NEED && step->group == group && text_same(step->value, member->driver))
			return;
	*list_add(&plan->steps) = (struct step) {
		.kind = STEP_NEED, .group = group, .subject = module_name(member->driver), .value = member->driver,
	};
}

static void plan_override(struct plan *plan, struct group *group, struct member *member)
{
	const char *override = intended_override(group, member);

	if (!text_same(override, member->device->override))
		plan_step(plan, STEP_OVERRIDE, group, member, override);
}

static void plan_unbind(struct plan *plan, struct group *group, struct member *member)
{
	if (must_let_go(member))
		plan_step(plan, STEP_UNBIND, group, member, member->before);
}

static void plan_bind(struct plan *plan, struct group *group, struct member *member)
{
	if (must_be_bound(member) && !device_is_display(member->device))
		plan_step(plan, STEP_BIND, group, member, member->driver);
}

static void plan_bind_display(struct plan *plan, struct group *group, struct member *member)
{
	if (must_be_bound(member) && device_is_display(member->device))
		plan_step(plan, STEP_BIND, group, member, member->driver);
}

/* The last function first: the audio function of a card uses its GPU. */
static void reverse(struct step *steps, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct step other = steps[i];

		steps[i] = steps[count - 1 - i];
		steps[count - 1 - i] = other;
	}
}

struct plan plan_forward(struct boot *boot)
{
	struct plan plan = { 0 };
	size_t first;

	/* first, because registering vfio-pci waits behind a device whose unbind hangs */
	for_each(module, &boot->decision.modules.to_load)
		*list_add(&plan.steps) = (struct step) {
			.kind = STEP_LOAD, .subject = module->path, .value = module->options,
		};
	for_all_members(boot, &plan, plan_need);
	for_each(step, &plan.steps)
		if (step->kind == STEP_NEED && module_is_blacklisted(step->subject, &boot->cmdline))
			step->subject = NULL;
	for_all_members(boot, &plan, plan_override);
	first = plan.steps.count;
	for_all_members(boot, &plan, plan_unbind);
	reverse(plan.steps.items + first, plan.steps.count - first);
	for_all_members(boot, &plan, plan_bind);
	/* displays last: with them the screen may go */
	for_all_members(boot, &plan, plan_bind_display);
	return plan;
}

static void plan_driverless(struct plan *plan, struct group *group, struct member *member)
{
	if (is_kept_driverless(member) && !text_same(member->device->override, DRIVERLESS))
		plan_step(plan, STEP_OVERRIDE, group, member, DRIVERLESS);
}

struct plan plan_recovery(struct boot *boot)
{
	struct plan plan = { 0 };

	for_all_members(boot, &plan, plan_driverless);
	return plan;
}
