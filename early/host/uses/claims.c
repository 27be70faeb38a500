/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which drivers wait for a device: libkmod's index of aliases. */
#include "claims.h"
#include "../image/modules.h"

#include "../../core/cmdline.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <libkmod.h>
#include <string.h>

static struct kmod_ctx *open_index(const struct machine *machine)
{
	static struct kmod_ctx *index;

	if (!index && machine->kernel) {
		index = kmod_new(machine_path(machine, text_of("lib/modules/%s", machine->kernel)),
				 modprobe_directories(machine->root));
		if (index) {
			kmod_set_log_priority(index, -1);
			kmod_load_resources(index);
		}
	}
	return index;
}

const char *claims_on(const struct machine *machine, const struct device *device)
{
	const char *alias = root_attribute(machine->fd, text_of("sys/bus/pci/devices/%s/modalias", device->name));
	struct kmod_ctx *index = alias ? open_index(machine) : NULL;
	struct kmod_list *found = NULL, *wanted = NULL, *item;
	struct text names = { 0 };

	if (!index || kmod_module_new_from_lookup(index, alias, &found) < 0)
		return NULL;
	if (kmod_module_apply_filter(index, KMOD_FILTER_BLACKLIST | KMOD_FILTER_BUILTIN, found, &wanted) >= 0)
		kmod_list_foreach(item, wanted) {
			struct kmod_module *module = kmod_module_get_module(item);

			/* once for each of its aliases that match */
			if (!list_has(names.bytes, kmod_module_get_name(module)))
				text_print(&names, "%s%s", names.length ? "," : "", kmod_module_get_name(module));
			kmod_module_unref(module);
		}
	kmod_module_unref_list(wanted);
	kmod_module_unref_list(found);
	return names.bytes;
}
