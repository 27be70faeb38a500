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

#define CMDLINE_SIZE_MAX (64 * 1024)	/* the longest of all architectures is far below */

static struct cmdline read_cmdline(int root, struct faults *faults)
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

/* All that was asked for, first things first: "for=" names the first line that names a device. */
static struct config read_config(int root, const struct cmdline *cmdline, const struct manifest *manifest,
				 struct faults faults)
{
	struct config config = { .faults = faults, .timeout = TIMEOUT_DEFAULT };

	config_read_files(root, &config);
	config_read_cmdline(root, cmdline, &config);
	config_read_ids(manifest, &config);
	return config;
}

/* Nothing is bound, so nothing is refused: only what is to stay driverless matters. */
static void leave_all(struct decision *decision)
{
	for_each(group, &decision->groups)
		for_each(member, &group->members)
			member->result = RESULT_LEFT;
}

struct situation decide(int root)
{
	struct situation situation = { .root = root };
	struct decision *decision = &situation.decision;
	struct config *config = &situation.config;
	struct faults faults = { 0 };

	situation.kernel = root_attribute(root, "proc/sys/kernel/osrelease");
	situation.cmdline = read_cmdline(root, &faults);
	situation.manifest = manifest_read(root, &faults);
	*config = read_config(root, &situation.cmdline, &situation.manifest, faults);
	situation.inventory = inventory_open(root, situation.kernel);
	decision->iommu = iommu_judge(root, &situation.cmdline, &situation.manifest);
	if (!config->requests.count || (config->mode == MODE_OFF && !config->recovery))
		return situation;
	decision->selection = select_devices(config, &situation.inventory);
	group_devices(decision, &situation.inventory);
	if (config->mode == MODE_OFF)
		leave_all(decision);
	else
		guard_groups(decision, &situation.inventory);
	return situation;
}
