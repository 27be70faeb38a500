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
	static const struct selected selected = { .device = &device, .first = &request };
	struct group *group = list_add(&decision->groups);

	*group = (struct group) { .id = "1", .first = &request };
	*list_add(&group->members) = (struct member) { .device = &device, .selected = &selected, .driver = "vfio-pci" };
}

void one_input(const char *bytes, size_t length)
{
	struct boot boot = { .inventory.root = TREE };
	struct manifest *manifest = &boot.manifest;
	struct report said;
	struct plan plan;
	size_t loads = 0;

	tree_file(MANIFEST_FILE, bytes, length);
	manifest_read(TREE, manifest, &boot.config.errors);
	config_read_ids(&boot.cmdline, manifest, &boot.config);
	take_a_device(&boot.decision);
	plan = plan_forward(&boot.decision, &boot.inventory, manifest, &boot.cmdline);
	for_each(step, &plan.steps) {
		if (step->kind != STEP_LOAD)
			continue;
		/* nothing of it leaves lib/modules/VERSION */
		assert(*step->subject != '/' && !strstr(step->subject, ".."));
		loads++;
	}
	assert(loads == manifest->modules.count + (manifest->found ? 0 : 2));
	said = report(&boot, NULL);
	check_log(said.text.bytes, said.text.length);
}
