/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 4, the way back: from what was found and what was read last to the steps between. */
#include "plan.h"

#include "stages.h"
#include "text.h"
#include "viability.h"

static bool is_returned(const struct group *group, const struct member *member)
{
	return (group->result == GROUP_FAILED || group->result == GROUP_REFUSED) && !member->hung;
}

bool has_changed(const struct group *group, const struct member *member)
{
	if (member->role == ROLE_LEAVE || member->role == ROLE_BELOW_CONTROLLER || text_same(member->after, member->before))
		return false;
	/* a driver of the host that comes to a refused device has every right to */
	return group->result == GROUP_FAILED || (group->result == GROUP_REFUSED && driver_is_for_guests(member->after));
}

static bool has_another_driver(const struct group *group, const struct member *member)
{
	return is_returned(group, member) && has_changed(group, member);
}

static bool needs_old_driver(const struct group *group, const struct member *member)
{
	return member->before && has_another_driver(group, member);
}

/* An override that names another driver than the device was found with does not let it have that one again. */
static const char *override_for_driver(const struct member *member)
{
	const char *old = member->device->override;

	return old && !text_same(old, member->before) ? NULL : old;
}

static void restore(struct plan *plan, struct member *member, const char *override)
{
	plan_step(plan, STEP_RESTORE, NULL, member, override ? override : "");
}

static void return_unbind(struct plan *plan, struct group *group, struct member *member)
{
	if (has_another_driver(group, member) && member->after)
		plan_step(plan, STEP_UNBIND, NULL, member, member->after);
}

static void return_override_for_driver(struct plan *plan, struct group *group, struct member *member)
{
	if (needs_old_driver(group, member) && member->device->is_pci)
		restore(plan, member, override_for_driver(member));
}

static void return_bind(struct plan *plan, struct group *group, struct member *member)
{
	if (needs_old_driver(group, member))
		plan_step(plan, STEP_BIND, NULL, member, member->before);
}

/* Whether a failed step has changed an override is not known: where it was to be changed, it is compared. */
static void return_override(struct plan *plan, struct group *group, struct member *member)
{
	const char *override = override_if_not_taken(member);
	const char *last = needs_old_driver(group, member) ? override_for_driver(member) : intended_override(group, member);

	if (is_returned(group, member) && member->device->is_pci && !text_same(override, last))
		restore(plan, member, override);
}

struct plan plan_return(struct boot *boot)
{
	struct plan plan = { 0 };

	for_all_members(boot, &plan, return_unbind);
	for_all_members(boot, &plan, return_override_for_driver);
	for_all_members(boot, &plan, return_bind);
	for_all_members(boot, &plan, return_override);
	return plan;
}
