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
#include "modules_to_load.h"
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

/* In a recovery boot nothing is bound, so nothing is refused: only what is to stay driverless matters. */
static void leave(struct member *member)
{
	member->result = RESULT_LEFT;
	member->intended = member->before;
}

static void intend(struct member *member, bool refused)
{
	bool taken = !refused && member->role == ROLE_TAKE, released = !refused && member->role == ROLE_RELEASE;

	leave(member);
	if (taken)
		member->intended = member->driver;
	if (released)
		member->intended = NULL;
	if (refused && member->role == ROLE_TAKE)
		member->result = RESULT_REFUSED;
	else if (taken && text_same(member->before, member->driver))
		member->result = RESULT_ALREADY;
	else if (taken || released)
		member->result = RESULT_PLANNED;
}

static void conclude(struct group *group)
{
	group->result = group->refusals ? GROUP_REFUSED : group->whole && group->id ? GROUP_VIABLE : GROUP_UNCHECKED;
	for_each(member, &group->members)
		intend(member, group->refusals);
}

static bool takes_anything(const struct decision *decision)
{
	for_each(group, &decision->groups)
		for_each(member, &group->members)
			if (!group->refusals && member->role == ROLE_TAKE)
				return true;
	return false;
}

static void judge(struct boot *boot)
{
	struct decision *decision = &boot->decision;

	guard_groups(boot);
	for_each(group, &decision->groups)
		conclude(group);
	if (takes_anything(decision))
		decision->modules = modules_to_load(boot);
	warn_of_groups(boot);
}

void decide(struct boot *boot)
{
	struct decision *decision = &boot->decision;
	struct config *config = &boot->config;

	iommu_judge(boot->root, &boot->cmdline, &boot->manifest, boot->discovered, &decision->iommu);
	if (!config->requests.count || (config->mode == MODE_OFF && !config->recovery))
		return;
	compare_kernels(boot);
	select_devices(config, &boot->inventory, &decision->selection);
	group_devices(decision, &boot->inventory);
	if (config->mode != MODE_OFF)
		judge(boot);
	else
		for_each(group, &decision->groups)
			for_each(member, &group->members)
				leave(member);
}

void read_boot(int root, struct boot *boot)
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
}
