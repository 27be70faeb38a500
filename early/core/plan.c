/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 4: the steps, in the order in which they are safe. */
#include "stages.h"

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
	*list_add(&plan->steps) = step;
}

static void add_member_step(struct plan *plan, enum step_kind kind, struct group *group, struct member *member,
			    const char *value)
{
	add_step(plan, (struct step) {
		.kind = kind, .group = group, .member = member, .subject = member->device->name, .value = value,
	});
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

	text_add(&all, options, strlen(options));
	for_each(word, cmdline) {
		const char *dot = strchr(word->name, '.');

		if (word->for_init || !dot || !same_name(word->name, (size_t)(dot - word->name), module))
			continue;
		dot++;
		if (!strcmp(module, "vfio") && strcmp(dot, "enable_unsafe_noiommu_mode"))
			continue;	/* our own words */
		if (!strcmp(module, "vfio_pci") && !strcmp(dot, "ids"))
			continue;
		module_option_add(&all, dot, word->value);
	}
	return all.bytes;
}

static bool is_blacklisted(const char *module, const struct cmdline *cmdline)
{
	for_each(word, cmdline)
		if (word->value && !word->for_init &&
		    (!strcmp(word->name, "modprobe.blacklist") || !strcmp(word->name, "module_blacklist")) &&
		    list_has(word->value, module))
			return true;
	return false;
}

static bool is_loaded(const char *module, const struct inventory *inventory)
{
	return root_exists(inventory->root, text_of("sys/module/%s", module));
}

static void plan_module(struct plan *plan, const char *path, const char *options, struct decision *decision,
			const struct inventory *inventory, const struct cmdline *cmdline)
{
	const char *name = module_name(path);

	if (is_blacklisted(name, cmdline)) {
		if (!is_loaded(name, inventory))
			strings_add(&decision->warnings, text_of("module %s is blacklisted on the kernel command line", name));
		return;
	}
	add_step(plan, (struct step) {
		.kind = STEP_LOAD, .subject = path, .value = options_of(name, options, cmdline),
	});
}

static void plan_modules(struct plan *plan, struct decision *decision, const struct inventory *inventory,
			 const struct manifest *manifest, const struct cmdline *cmdline)
{
	bool registered = root_exists(inventory->root, DRIVERS "/vfio-pci");

	/* most often none is loaded then; loading one again does nothing */
	for_each(module, &manifest->modules)
		if (!registered || !is_loaded(module_name(module->path), inventory))
			plan_module(plan, module->path, module->options, decision, inventory, cmdline);
	/* without a list from the image: what every group needs, for modprobe to find */
	if (!manifest->found && !registered) {
		plan_module(plan, "vfio-pci", "", decision, inventory, cmdline);
		plan_module(plan, "vfio_iommu_type1", "", decision, inventory, cmdline);
	}
}

static bool is_taken(const struct group *group, const struct member *member)
{
	return !group->refusals && member->role == ROLE_TAKE;
}

static bool must_be_bound(const struct group *group, const struct member *member)
{
	return is_taken(group, member) && member->result == RESULT_PLANNED;
}

static bool must_let_go(const struct group *group, const struct member *member)
{
	return !group->refusals && member->role == ROLE_RELEASE;
}

static bool takes_anything(const struct decision *decision)
{
	for_each(group, &decision->groups)
		for_each(member, &group->members)
			if (is_taken(group, member))
				return true;
	return false;
}

/* A device that the host must not get although it is not taken. */
static bool is_kept_driverless(const struct member *member)
{
	return member->selected && member->selected->else_none && !member->before;
}

/* One kind of step, for one member of a group. */
typedef void planner(struct plan *plan, struct group *group, struct member *member);

static void for_all(struct decision *decision, struct plan *plan, planner *plan_member)
{
	for_each(group, &decision->groups)
		for_each(member, &group->members)
			if (!group->settled)
				plan_member(plan, group, member);
}

static void plan_result(struct plan *plan, struct group *group, struct member *member)
{
	(void)plan;
	if (must_let_go(group, member)) {
		member->result = RESULT_PLANNED;
		member->after = NULL;
	}
	if (!is_taken(group, member))
		return;
	member->result = !text_same(member->after, member->driver) ? RESULT_PLANNED :
			 text_same(member->before, member->driver) ? RESULT_ALREADY : RESULT_BOUND;
	member->after = member->driver;
}

static void plan_need(struct plan *plan, struct group *group, struct member *member)
{
	if (!must_be_bound(group, member))
		return;
	for_each(step, &plan->steps)
		if (step->kind == STEP_NEED && step->group == group && text_same(step->value, member->driver))
			return;
	add_step(plan, (struct step) {
		.kind = STEP_NEED, .group = group, .subject = module_name(member->driver), .value = member->driver,
	});
}

static void plan_override(struct plan *plan, struct group *group, struct member *member)
{
	const char *override = member->device->override;

	if (is_taken(group, member))
		override = member->driver;
	else if ((!group->refusals && member->role == ROLE_LEAVE_DRIVERLESS) || is_kept_driverless(member))
		override = DRIVERLESS;
	if (!member->touched && !text_same(override, member->device->override))
		add_member_step(plan, STEP_OVERRIDE, group, member, override);
}

static void plan_unbind(struct plan *plan, struct group *group, struct member *member)
{
	if ((must_be_bound(group, member) && member->before) || must_let_go(group, member))
		add_member_step(plan, STEP_UNBIND, group, member, member->before);
}

static void plan_bind(struct plan *plan, struct group *group, struct member *member)
{
	if (must_be_bound(group, member) && !device_is_display(member->device))
		add_member_step(plan, STEP_BIND, group, member, member->driver);
}

static void plan_bind_display(struct plan *plan, struct group *group, struct member *member)
{
	if (must_be_bound(group, member) && device_is_display(member->device))
		add_member_step(plan, STEP_BIND, group, member, member->driver);
}

/* The last function first: the audio function of a card uses its GPU. */
static void reverse(struct step *steps, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct step other = steps[i];

		steps[i] = steps[count - 1 - i];
		steps[count - 1 - i] = other;
	}
}

struct plan plan_forward(struct decision *decision, const struct inventory *inventory,
			 const struct manifest *manifest, const struct cmdline *cmdline)
{
	struct plan plan = { 0 };
	size_t first;

	for_all(decision, &plan, plan_result);
	/* first, because registering vfio-pci waits behind a device whose unbind hangs */
	if (takes_anything(decision))
		plan_modules(&plan, decision, inventory, manifest, cmdline);
	for_all(decision, &plan, plan_need);
	for_each(step, &plan.steps)
		if (step->kind == STEP_NEED && is_blacklisted(step->subject, cmdline))
			step->subject = NULL;
	for_all(decision, &plan, plan_override);
	first = plan.steps.count;
	for_all(decision, &plan, plan_unbind);
	reverse(plan.steps.items + first, plan.steps.count - first);
	for_all(decision, &plan, plan_bind);
	/* displays last: with them the screen may go */
	for_all(decision, &plan, plan_bind_display);
	return plan;
}

static void plan_driverless(struct plan *plan, struct group *group, struct member *member)
{
	if (is_kept_driverless(member) && !text_same(member->device->override, DRIVERLESS))
		add_member_step(plan, STEP_OVERRIDE, group, member, DRIVERLESS);
}

struct plan plan_recovery(struct decision *decision)
{
	struct plan plan = { 0 };

	for_all(decision, &plan, plan_driverless);
	return plan;
}

bool plan_returns(const struct group *group, const struct member *member)
{
	return (group->result == GROUP_FAILED || group->result == GROUP_REFUSED || group->result == GROUP_DISSOLVED) &&
	       member->touched && !member->hung;
}

static void return_unbind(struct plan *plan, struct group *group, struct member *member)
{
	if (plan_returns(group, member) && member->after && !text_same(member->after, member->before))
		add_member_step(plan, STEP_UNBIND, NULL, member, member->after);
}

static void return_override(struct plan *plan, struct group *group, struct member *member)
{
	const char *old = is_kept_driverless(member) ? DRIVERLESS : member->device->override;

	if (!member->device->is_pci)
		return;
	/* a failure may have come before anything was touched */
	if (plan_returns(group, member) ||
	    (group->result == GROUP_FAILED && !member->hung && is_kept_driverless(member)))
		add_member_step(plan, STEP_OVERRIDE, NULL, member, old ? old : "");
}

static void return_bind(struct plan *plan, struct group *group, struct member *member)
{
	if (plan_returns(group, member) && member->before && !text_same(member->after, member->before))
		add_member_step(plan, STEP_BIND, NULL, member, member->before);
}

struct plan plan_return(struct decision *decision)
{
	struct plan plan = { 0 };

	for_all(decision, &plan, return_unbind);
	for_all(decision, &plan, return_override);
	for_all(decision, &plan, return_bind);
	return plan;
}
