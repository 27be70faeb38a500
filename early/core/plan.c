/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 4: the steps, in the order in which they are safe. */
#include "decide.h"

#include "cmdline.h"
#include "inventory.h"
#include "memory.h"
#include "root.h"
#include "text.h"

#include <string.h>

#define DRIVERS "sys/bus/pci/drivers"
#define DRIVERLESS "none"		/* a name that no driver has */

static void add_step(struct plan *plan, struct step step)
{
	plan->steps = keep_more(plan->steps, plan->count, sizeof(*plan->steps));
	plan->steps[plan->count++] = step;
}

static void add_member_step(struct plan *plan, enum step_kind kind, struct group *group, struct member *member,
			    const char *value)
{
	add_step(plan, (struct step) {
		.kind = kind, .group = group, .member = member, .subject = member->device->name, .value = value,
	});
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* "kernel/drivers/vfio/pci/vfio-pci" and "vfio-pci" to the name in /sys/module. */
static const char *module_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = keep_string(slash ? slash + 1 : path), *at;

	for (at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	return name;
}

/* module.parameter=value words, as modprobe would have passed them; but ids= never (see config.h). */
static const char *options_of(const char *module, const char *options, const struct cmdline *cmdline)
{
	struct text all = { 0 };
	size_t i;

	text_add(&all, options, strlen(options));
	for (i = 0; i < cmdline->count; i++) {
		const struct kernel_word *word = &cmdline->words[i];
		const char *dot = strchr(word->name, '.'), *quote;

		if (word->for_init || !dot || !same_name(word->name, (size_t)(dot - word->name), module))
			continue;
		dot++;
		if (!strcmp(module, "vfio") && strcmp(dot, "enable_unsafe_noiommu_mode"))
			continue;	/* our own words */
		if (!strcmp(module, "vfio_pci") && !strcmp(dot, "ids"))
			continue;
		quote = word->value && strchr(word->value, ' ') ? "\"" : "";
		text_print(&all, "%s%s%s%s%s%s", all.length ? " " : "", dot, word->value ? "=" : "", quote,
			   word->value ? word->value : "", quote);
	}
	return all.bytes;
}

static bool is_blacklisted(const char *module, const struct cmdline *cmdline)
{
	size_t i;

	for (i = 0; i < cmdline->count; i++) {
		const struct kernel_word *word = &cmdline->words[i];

		if (word->value && !word->for_init &&
		    (!strcmp(word->name, "modprobe.blacklist") || !strcmp(word->name, "module_blacklist")) &&
		    list_has(word->value, module))
			return true;
	}
	return false;
}

static void plan_module(struct plan *plan, const char *path, const char *options, struct decision *decision,
			const struct inventory *inventory, const struct cmdline *cmdline)
{
	const char *name = module_name(path);

	if (root_exists(inventory->root, text_of("sys/module/%s", name)))
		return;
	if (is_blacklisted(name, cmdline)) {
		strings_add(&decision->warnings, text_of("module %s is blacklisted on the kernel command line", name));
		return;
	}
	add_step(plan, (struct step) {
		.kind = STEP_LOAD, .subject = path, .value = options_of(name, options, cmdline),
	});
}

/* Without a list from the image: what every group needs, for modprobe to find. */
static const struct module default_modules[] = { { "vfio-pci", "" }, { "vfio_iommu_type1", "" } };

static void plan_modules(struct plan *plan, struct decision *decision, const struct inventory *inventory,
			 const struct manifest *manifest, const struct cmdline *cmdline)
{
	const struct module *modules = manifest->modules;
	size_t count = manifest->module_count, i;

	if (!manifest->found && !root_exists(inventory->root, DRIVERS "/vfio-pci")) {
		modules = default_modules;
		count = sizeof(default_modules) / sizeof(default_modules[0]);
	}
	for (i = 0; i < count; i++)
		plan_module(plan, modules[i].path, modules[i].options, decision, inventory, cmdline);
}

static bool is_taken(const struct group *group, const struct member *member)
{
	return !group->refusals && member->role == ROLE_TAKE;
}

static bool must_be_bound(const struct group *group, const struct member *member)
{
	return is_taken(group, member) && !is_same(member->before, member->driver);
}

static void plan_need(struct plan *plan, struct group *group, const struct member *member)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == STEP_NEED && plan->steps[i].group == group &&
		    is_same(plan->steps[i].value, member->driver))
			return;
	add_step(plan, (struct step) {
		.kind = STEP_NEED, .group = group, .subject = module_name(member->driver), .value = member->driver,
	});
}

/* The override that a member shall have; NULL: as it is. */
static const char *override_for(const struct group *group, const struct member *member)
{
	if (is_taken(group, member))
		return member->driver;
	if (!group->refusals && member->role == ROLE_LEAVE_DRIVERLESS)
		return DRIVERLESS;
	if (member->want && member->want->else_none && !member->before)
		return DRIVERLESS;
	return NULL;
}

/* Calls do_this for every member of every group. */
#define for_each_member(decision, group, member) \
	for (struct group *group = (decision)->groups; group < (decision)->groups + (decision)->group_count; group++) \
		for (struct member *member = group->members; member < group->members + group->member_count; member++)

static void mark_planned(struct group *group, struct member *member)
{
	if (!is_taken(group, member))
		return;
	member->result = must_be_bound(group, member) ? RESULT_PLANNED : RESULT_ALREADY;
	member->after = member->driver;
}

struct plan plan_forward(struct decision *decision, const struct inventory *inventory,
			 const struct manifest *manifest, const struct cmdline *cmdline)
{
	struct plan plan = { 0 };
	bool any = false;
	size_t i, j;

	for_each_member(decision, group, member) {
		mark_planned(group, member);
		any |= is_taken(group, member);
	}
	/* first, because registering vfio-pci waits behind a device whose unbind hangs */
	if (any)
		plan_modules(&plan, decision, inventory, manifest, cmdline);
	for_each_member(decision, group, member)
		if (must_be_bound(group, member))
			plan_need(&plan, group, member);
	for_each_member(decision, group, member) {
		const char *override = override_for(group, member);

		if (override && !is_same(override, member->device->override))
			add_member_step(&plan, STEP_OVERRIDE, group, member, override);
	}
	/* the last function first: the audio function of a card uses its GPU */
	for (i = decision->group_count; i-- > 0;) {
		struct group *group = &decision->groups[i];

		for (j = group->member_count; j-- > 0;)
			if (must_be_bound(group, &group->members[j]) && group->members[j].before)
				add_member_step(&plan, STEP_UNBIND, group, &group->members[j],
						group->members[j].before);
	}
	/* displays last: with them the screen may go */
	for_each_member(decision, group, member)
		if (must_be_bound(group, member) && !device_is_display(member->device))
			add_member_step(&plan, STEP_BIND, group, member, member->driver);
	for_each_member(decision, group, member)
		if (must_be_bound(group, member) && device_is_display(member->device))
			add_member_step(&plan, STEP_BIND, group, member, member->driver);
	return plan;
}

struct plan plan_recovery(struct decision *decision)
{
	struct plan plan = { 0 };

	for_each_member(decision, group, member)
		if (member->want && member->want->else_none && !member->before &&
		    !is_same(member->device->override, DRIVERLESS))
			add_member_step(&plan, STEP_OVERRIDE, group, member, DRIVERLESS);
	return plan;
}

static bool must_be_returned(const struct group *group, const struct member *member)
{
	return group->result == GROUP_FAILED && member->touched && !member->hung;
}

struct plan plan_return(struct decision *decision, const struct inventory *inventory)
{
	struct plan plan = { 0 };

	for_each_member(decision, group, member) {
		if (!must_be_returned(group, member))
			continue;
		member->after = inventory_driver_now(inventory, member->device);
		if (member->after && !is_same(member->after, member->before))
			add_member_step(&plan, STEP_UNBIND, NULL, member, member->after);
	}
	for_each_member(decision, group, member) {
		const char *old = member->device->override;

		if (!must_be_returned(group, member))
			continue;
		if (member->want && member->want->else_none && !member->before)
			old = DRIVERLESS;
		add_member_step(&plan, STEP_OVERRIDE, NULL, member, old ? old : "");
	}
	for_each_member(decision, group, member)
		if (must_be_returned(group, member) && member->before && !is_same(member->after, member->before))
			add_member_step(&plan, STEP_BIND, NULL, member, member->before);
	return plan;
}
