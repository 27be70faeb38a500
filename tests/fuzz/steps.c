/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of early/boot/apply.c: steps that change the tree. */
#include "fuzz.h"

#include "../../early/boot/apply.h"
#include "../../early/core/inventory.h"
#include "../../early/core/root.h"
#include "../../early/core/text.h"

#include <string.h>

/* What the kernel does. On some machines a device has its group only once it has a driver (the files late/ADDRESS). */
static void do_step(const struct step *step)
{
	const struct device *device = step->member ? step->member->device : NULL;
	const char *directory = device ? text_of("sys/bus/%s/devices/%s", device_bus(device), device->name) : NULL;
	const char *late = device ? root_attribute(TREE, text_of("late/%s", device->name)) : NULL;

	if (step->kind == STEP_OVERRIDE)
		tree_file(text_of("%s/driver_override", directory), step->value, strlen(step->value));
	if (step->kind == STEP_UNBIND)
		tree_remove(text_of("%s/driver", directory));
	if (step->kind == STEP_BIND)
		tree_link(text_of("%s/driver", directory), step->value);
	if (step->kind == STEP_BIND && late) {
		tree_link(text_of("%s/iommu_group", directory), late);
		tree_file(text_of("sys/kernel/iommu_groups/%s/devices/%s", late, device->name), "", 0);
	}
}

const int *run_steps(const struct plan *plan, const char **script)
{
	int *outcomes = keep(plan->steps.count * sizeof(int)), *outcome = outcomes;

	for_each(step, &plan->steps) {
		char how = **script;

		if ((step->group && step->group->given_up) || (step->member && step->member->hung)) {
			*outcome++ = OUTCOME_SKIPPED;
			continue;
		}
		*outcome = how == 'w' ? OUTCOME_WAITING : how == 'h' ? OUTCOME_HUNG : how >= '1' && how <= '9' ? '0' - how : 0;
		*script += how && how != 'w';
		if (!*outcome && how != 'n')
			do_step(step);
		if (step->member && *outcome == OUTCOME_HUNG)
			step->member->hung = true;
		if (step->group && *outcome && *outcome != OUTCOME_WAITING)
			step->group->given_up = true;
		outcome++;
	}
	*script += **script == 'w';
	return outcomes;
}
