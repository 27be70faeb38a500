/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the place of early/boot/apply.c: steps that change the tree. */
#include "fuzz.h"

#include "../../early/boot/apply.h"
#include "../../early/core/device.h"
#include "../../early/core/inventory.h"
#include "../../early/core/root.h"
#include "../../early/core/text.h"

#include <string.h>

static const char *script;

void steps_go(const char *as)
{
	script = as;
}

/* A function that has no group yet gets it when it is probed: on some machines there are files groups/ADDRESS. */
static void configure_dma(const struct device *device, const char *directory)
{
	const char *group = root_attribute(TREE, text_of("groups/%s", device->name));

	if (!group)
		return;
	tree_link(text_of("%s/iommu_group", directory), group);
	tree_file(text_of("sys/kernel/iommu_groups/%s/devices/%s", group, device->name), "", 0);
}

static void do_step(const struct step *step)
{
	const struct device *device = step->member ? step->member->device : NULL;
	const char *directory = device ? text_of("sys/bus/%s/devices/%s", device_bus(device), device->name) : NULL;

	if (!device)
		return;
	switch (step->kind) {
	case STEP_OVERRIDE:
	case STEP_RESTORE:
		tree_file(text_of("%s/driver_override", directory), step->value, strlen(step->value));
		break;
	case STEP_UNBIND:
		tree_remove(text_of("%s/driver", directory));
		break;
	case STEP_BIND:
		tree_link(text_of("%s/driver", directory), step->value);
		configure_dma(device, directory);
		break;
	case STEP_PROBE:
		configure_dma(device, directory);
		break;
	case STEP_LOAD:
	case STEP_NEED:
	case STEP_OFFER:
		break;
	}
}

void apply_ready(size_t calls, size_t members)
{
	(void)calls;
	(void)members;
}

const int *apply(const struct boot *boot, const struct plan *plan, unsigned seconds)
{
	int *outcomes = keep(plan->steps.count * sizeof(int)), *outcome = outcomes;

	(void)boot;
	(void)seconds;
	for_each(step, &plan->steps) {
		char how = *script;

		if ((step->group && step->group->given_up) || (step->member && step->member->hung)) {
			*outcome++ = OUTCOME_SKIPPED;
			continue;
		}
		*outcome = how == 'w' ? OUTCOME_WAITING : how == 'h' ? OUTCOME_HUNG : how >= '1' && how <= '9' ? '0' - how : 0;
		script += how && how != 'w';
		if (!*outcome && how != 'n')
			do_step(step);
		if (step->member && *outcome == OUTCOME_HUNG)
			step->member->hung = true;
		if (step->group && *outcome && *outcome != OUTCOME_WAITING)
			step->group->given_up = true;
		outcome++;
	}
	script += *script == 'w';
	return outcomes;
}
