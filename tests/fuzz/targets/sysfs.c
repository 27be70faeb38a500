/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is a machine, as a tree: the whole decision, its plan and its log. */
#include "../fuzz.h"

#include "../../../early/core/decide.h"
#include "../../../early/core/device.h"
#include "../../../early/core/inventory.h"
#include "../../../early/core/report.h"
#include "../../../early/core/stages.h"
#include "../../../early/core/text.h"

#include <assert.h>
#include <string.h>

static void check_member(const struct boot *boot, const struct group *group, const struct member *member)
{
	if (member->role != ROLE_TAKE)
		return;
	assert(member->device->is_pci && !device_is_bridge(member->device) && member->driver);
	assert(member->selected || member->device->class >> 16 != 0x06);
	if (boot->config.mode == MODE_OFF)
		assert(member->result == RESULT_LEFT);
	else if (group->refusals)
		assert(member->result == RESULT_REFUSED);
	else
		assert(boot->decision.iommu.state == IOMMU_ON && member->result != RESULT_REFUSED);
}

/* The override of a device comes first, then it leaves its driver, then it is bound. */
static void check_binding(const struct plan *plan, const struct step *bind)
{
	bool overridden = text_same(bind->member->device->override, bind->value), free = !bind->member->before;
	const struct step *step;

	for (step = plan->steps.items; step < bind; step++) {
		assert(step->kind != STEP_BIND || step->member != bind->member);
		if (step->member == bind->member && step->kind == STEP_OVERRIDE)
			overridden = text_same(step->value, bind->value);
		free |= step->member == bind->member && step->kind == STEP_UNBIND && overridden;
	}
	assert(overridden && free && bind->member->role == ROLE_TAKE);
}

void one_input(const char *bytes, size_t length)
{
	struct boot boot;
	struct decision *decision = &boot.decision;
	struct plan plan;
	struct report said;
	size_t binds = 0;

	tree_plant(bytes, length);
	read_boot(TREE, &boot);
	decide(&boot);
	plan = boot.config.mode == MODE_OFF ? plan_recovery(&boot) : plan_forward(&boot);
	for_each(group, &decision->groups) {
		assert(!group->refusals == (group->result != GROUP_REFUSED));
		assert(!group->refusals || group->reasons.count);
		for_each(member, &group->members)
			check_member(&boot, group, member);
	}
	for_each(step, &plan.steps) {
		if (step->kind == STEP_BIND)
			check_binding(&plan, step);
		binds += step->kind == STEP_BIND;
		/* in a refused group at most: keep it from getting a driver */
		assert(!step->group || !step->group->refusals ||
		       (step->kind == STEP_OVERRIDE && !strcmp(step->value, "none")));
	}
	assert(boot.config.mode == MODE_OFF ? !binds : binds == report_counts(decision).planned);
	said = report(&boot, NULL);
	check_log(said.text.bytes, said.text.length);
}
