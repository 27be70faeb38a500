/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a root directory to the decision: the one way that every program goes. */
#include "decide.h"

#include "cmdline.h"
#include "config.h"
#include "errno_name.h"
#include "errors.h"
#include "inventory.h"
#include "iommu.h"
#include "manifest.h"
#include "root.h"
#include "stages.h"
#include "text.h"

#define CMDLINE_SIZE_MAX (64ul * 1024)	/* the longest of all architectures is far below */

struct cmdline read_cmdline(int root, struct errors *errors)
{
	const char *text = "";
	size_t length = 0;
	int error;

	error = root_read(root, "proc/cmdline", CMDLINE_SIZE_MAX, &text, &length);
	if (error)
		errors_add(errors, (struct where) { .source = "/proc/cmdline" }, "cannot be read: %s; is /proc mounted?",
			   errno_name(-error));
	/* the newline is /proc's, and would stand in an open quote */
	return cmdline_parse(text, length && text[length - 1] == '\n' ? length - 1 : length);
}

static void compare_kernels(struct boot *boot)
{
	const char *made_for = boot->manifest.kernel;

	if (made_for && !text_same(made_for, boot->kernel))
		strings_add(&boot->decision.warnings,
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

void decide_on(struct boot *boot)
{
	struct decision *decision = &boot->decision;
	struct config *config = &boot->config;

	iommu_judge(boot->root, &boot->cmdline, &boot->manifest, &decision->iommu);
	if (!config->requests.count || (config->mode == MODE_OFF && !config->recovery))
		return;
	compare_kernels(boot);
	select_devices(config, &boot->inventory, &decision->selection);
	group_devices(decision, &boot->inventory);
	if (config->mode == MODE_OFF)
		leave_all(decision);
	else
		guard_groups(decision, &boot->inventory, &boot->manifest);
}

void decide(int root, struct boot *boot)
{
	struct config *config = &boot->config;
	struct strings files;

	*boot = (struct boot) { .root = root, .config.timeout = TIMEOUT_DEFAULT };
	boot->kernel = root_attribute(root, "proc/sys/kernel/osrelease");
	boot->cmdline = read_cmdline(root, &config->errors);
	manifest_read(root, &boot->manifest, &config->errors);
	/* in this order: "for=" names the first line that names a device */
	files = config_files(root, &config->errors);
	config_read_files(root, &files, config);
	config_read_cmdline(root, &boot->cmdline, config);
	config_read_ids(&boot->cmdline, &boot->manifest, config);
	inventory_open(root, boot->kernel, &boot->inventory);
	decide_on(boot);
}
