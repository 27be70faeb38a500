/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is the manifest of the image: who made it, modules in load order, IDs of modprobe.d. */
#include "../fuzz.h"

#include "../../../early/core/config.h"
#include "../../../early/core/manifest.h"
#include "../../../early/core/report.h"
#include "../../../early/core/stages.h"

#include <assert.h>
#include <string.h>

/* A device that is taken, so that modules are needed. */
static void take_a_device(struct decision *decision)
{
	static struct device device = { .name = "0000:01:00.0", .is_pci = true };
	static const struct request request = { .at.source = "cmdline" };
	static const struct want want = { .device = &device, .first = &request };
	struct group *group = list_add(&decision->groups);

	*group = (struct group) { .id = "1", .first = &request };
	*list_add(&group->members) = (struct member) { .device = &device, .want = &want, .driver = "vfio-pci" };
}

void one_input(const char *bytes, size_t length)
{
	struct situation situation = { .inventory.root = TREE };
	struct manifest *manifest = &situation.manifest;
	struct report said;
	struct plan plan;
	size_t loads = 0;

	tree_file(MANIFEST_FILE, bytes, length);
	manifest_read(TREE, manifest, &situation.config.faults);
	config_read_ids(&situation.cmdline, manifest, &situation.config);
	take_a_device(&situation.decision);
	plan = plan_forward(&situation.decision, &situation.inventory, manifest, &situation.cmdline);
	for_each(step, &plan.steps) {
		if (step->kind != STEP_LOAD)
			continue;
		/* nothing of it leaves lib/modules/VERSION */
		assert(*step->subject != '/' && !strstr(step->subject, ".."));
		loads++;
	}
	assert(loads == manifest->modules.count + (manifest->found ? 0 : 2));
	said = report(&situation, NULL);
	check_log(said.text.bytes, said.text.length);
}
