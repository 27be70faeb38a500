/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the list in the image and the kernel command line to the modules that are missing, with their options. */
#include "modules_to_load.h"

#include "cmdline.h"
#include "root.h"
#include "text.h"

#include <string.h>

const char *module_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = keep_string(slash ? slash + 1 : path), *at;

	for (at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	return name;
}

bool module_is_blacklisted(const char *name, const struct cmdline *cmdline)
{
	for_each(word, cmdline)
		if (word->value && !word->for_init &&
		    (!strcmp(word->name, "modprobe.blacklist") || !strcmp(word->name, "module_blacklist")) &&
		    list_has(word->value, name))
			return true;
	return false;
}

/* module.parameter=value words, as modprobe would have passed them; but ids= never (see config.h). */
static const char *options_of(const char *name, const char *options, const struct cmdline *cmdline)
{
	struct text all = { 0 };

	text_add(&all, options, strlen(options));
	for_each(word, cmdline) {
		const char *dot = strchr(word->name, '.');

		if (word->for_init || !dot || !same_name(word->name, (size_t)(dot - word->name), name))
			continue;
		dot++;
		if (!strcmp(name, "vfio") && strcmp(dot, "enable_unsafe_noiommu_mode"))
			continue;	/* our own words */
		if (!strcmp(name, "vfio_pci") && !strcmp(dot, "ids"))
			continue;
		module_option_add(&all, dot, word->value);
	}
	return all.bytes;
}

static void add(struct modules *modules, const char *path, const char *options, const struct boot *boot)
{
	const char *name = module_name(path);

	if (!module_is_blacklisted(name, &boot->cmdline))
		*list_add(&modules->to_load) = (struct module) {
			.path = path, .options = options_of(name, options, &boot->cmdline),
		};
	else if (!root_exists(boot->root, text_of("sys/module/%s", name)))
		strings_add(&modules->blacklisted, name);
}

static void add_listed(struct modules *modules, const struct boot *boot, bool for_iommu, bool also_loaded)
{
	for_each(module, &boot->manifest.modules)
		if (module->for_iommu == for_iommu &&
		    (also_loaded || !root_exists(boot->root, text_of("sys/module/%s", module_name(module->path)))))
			add(modules, module->path, module->options, boot);
}

struct modules modules_to_load(const struct boot *boot)
{
	bool registered = root_exists(boot->root, "sys/bus/pci/drivers/vfio-pci");
	struct modules modules = { 0 };

	/* before vfio-pci there is, most often none is loaded; loading one again does nothing */
	add_listed(&modules, boot, false, !registered);
	/* without a list from the image: what every group needs, for modprobe to find */
	if (!boot->manifest.found && !registered) {
		add(&modules, "vfio-pci", "", boot);
		add(&modules, "vfio_iommu_type1", "", boot);
	}
	return modules;
}

struct modules modules_for_iommu(const struct boot *boot)
{
	struct modules modules = { 0 };

	add_listed(&modules, boot, true, false);
	return modules;
}
