/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a root directory to the decision: the one way that every program goes. */
#include "decide.h"

#include "cmdline.h"
#include "config.h"
#include "errors.h"
#include "faults.h"
#include "inventory.h"
#include "iommu.h"
#include "manifest.h"
#include "root.h"
#include "stages.h"
#include "text.h"

#define CMDLINE_SIZE_MAX (64ul * 1024)	/* the longest of all architectures is far below */

struct cmdline read_cmdline(int root, struct faults *faults)
{
	const char *text = "";
	size_t length = 0;
	int error;

	error = root_read(root, "proc/cmdline", CMDLINE_SIZE_MAX, &text, &length);
	if (error)
		faults_add(faults, (struct where) { .source = "/proc/cmdline" }, "cannot be read: %s; is /proc mounted?",
			   error_name(-error));
	/* the newline is /proc's, and would stand in an open quote */
	return cmdline_parse(text, length && text[length - 1] == '\n' ? length - 1 : length);
}

static void compare_kernels(struct situation *situation)
{
	const char *made_for = situation->manifest.kernel;

	if (made_for && !text_same(made_for, situation->kernel))
		strings_add(&situation->decision.warnings,
			    text_of("this image was made for another kernel, %s: if something is missing, rebuild it", made_for));
}

/* Nothing is bound, so nothing is refused: only what is to stay driverless matters. */
static void leave_all(struct decision *decision)
{
	for_each(group, &decision->groups) {
		group->late = false;
		for_each(member, &group->members)
			member->result = RESULT_LEFT;
	}
}

void decide_on(struct situation *situation)
{
	struct decision *decision = &situation->decision;
	struct config *config = &situation->config;

	iommu_judge(situation->root, &situation->cmdline, &situation->manifest, &decision->iommu);
	if (!config->requests.count || (config->mode == MODE_OFF && !config->recovery))
		return;
	compare_kernels(situation);
	select_devices(config, &situation->inventory, &decision->selection);
	group_devices(decision, &situation->inventory);
	if (config->mode == MODE_OFF)
		leave_all(decision);
	else
		guard_groups(decision, &situation->inventory, &situation->manifest);
}

void decide(int root, struct situation *situation)
{
	struct config *config = &situation->config;
	struct strings files;

	*situation = (struct situation) { .root = root, .config.timeout = TIMEOUT_DEFAULT };
	situation->kernel = root_attribute(root, "proc/sys/kernel/osrelease");
	situation->cmdline = read_cmdline(root, &config->faults);
	manifest_read(root, &situation->manifest, &config->faults);
	/* in this order: "for=" names the first line that names a device */
	files = config_files(root, &config->faults);
	config_read_files(root, &files, config);
	config_read_cmdline(root, &situation->cmdline, config);
	config_read_ids(&situation->cmdline, &situation->manifest, config);
	inventory_open(root, situation->kernel, &situation->inventory);
	decide_on(situation);
}
