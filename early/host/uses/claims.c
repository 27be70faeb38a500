/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which drivers wait for a device: libkmod's index of aliases. */
#include "claims.h"

#include "../machine/module_index.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <libkmod.h>

/* Of the one machine that a command looks at; NULL: its kernel has no index. */
static struct kmod_ctx *index_of(const struct machine *machine, bool configured)
{
	static struct module_index indices[2];
	static bool opened[2];

	if (!opened[configured] && machine->kernel)
		module_index_open(machine, machine->kernel, configured, &indices[configured]);
	opened[configured] = true;
	return indices[configured].kmod;
}

static struct kmod_list *look_up(const struct machine *machine, struct kmod_ctx *index, const struct device *device)
{
	const char *alias = root_attribute(machine->fd, text_of("sys/bus/pci/devices/%s/modalias", device->name));
	struct kmod_list *found = NULL;

	if (index && alias)
		kmod_module_new_from_lookup(index, alias, &found);
	return found;
}

/* Once each: the list has a module for each of its aliases that match. */
static void add_names(struct strings *names, const struct kmod_list *modules)
{
	const struct kmod_list *item;

	kmod_list_foreach(item, modules) {
		struct kmod_module *module = kmod_module_get_module(item);

		strings_add_once(names, keep_string(kmod_module_get_name(module)));
		kmod_module_unref(module);
	}
}

const char *claims_on(const struct machine *machine, const struct device *device)
{
	struct kmod_ctx *index = index_of(machine, true);
	struct kmod_list *found = look_up(machine, index, device), *wanted = NULL;
	struct strings names = { 0 };

	if (found && kmod_module_apply_filter(index, KMOD_FILTER_BLACKLIST | KMOD_FILTER_BUILTIN, found, &wanted) >= 0)
		add_names(&names, wanted);
	kmod_module_unref_list(wanted);
	kmod_module_unref_list(found);
	return strings_join(&names, ",");
}

struct strings claims_without_blacklists(const struct machine *machine, const struct devices *devices)
{
	struct strings names = { 0 };

	for_each(device, devices) {
		struct kmod_list *found = look_up(machine, index_of(machine, false), *device);

		add_names(&names, found);
		kmod_module_unref_list(found);
	}
	return names;
}
