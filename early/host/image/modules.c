/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libkmod knows: modules in load order, and their options. */
#include "modules.h"

#include "../machine/modprobe_d.h"
#include "../machine/module_index.h"
#include "../../core/cmdline.h"
#include "../../core/memory.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <libkmod.h>
#include <string.h>

#define FILE_SIZE_MAX (1024ul * 1024)

struct option {
	const char *module, *text;
};

struct resolver {
	const struct machine *machine;
	const char *kernel;
	struct module_index index;
	LIST(struct option) options;	/* of modprobe.d */
	struct module_list *list;
};

/* libkmod adds the running kernel's module.parameter words behind the options of modprobe.d: off again. */
static void drop_running_options(struct resolver *resolver)
{
	const char *text;
	struct cmdline words;
	size_t length, i;

	if (root_read(machine_here(), "proc/cmdline", FILE_SIZE_MAX, &text, &length))
		return;
	words = cmdline_parse(text, length);
	for_each(word, &words) {
		const char *dot = strchr(word->name, '.'), *text_wanted;

		if (!dot)
			continue;
		text_wanted = word->value ? text_of("%s=%s", dot + 1, word->value) : dot + 1;
		for (i = resolver->options.count; i-- > 0;) {
			struct option *option = &resolver->options.items[i];

			if (same_name(word->name, (size_t)(dot - word->name), option->module) &&
			    !strcmp(option->text, text_wanted)) {
				option->text = "";
				break;
			}
		}
	}
}

static void read_options(struct resolver *resolver)
{
	struct kmod_config_iter *iterator = kmod_config_get_options(resolver->index.kmod);

	while (iterator && kmod_config_iter_next(iterator)) {
		const char *module = kmod_config_iter_get_key(iterator);
		const char *text = kmod_config_iter_get_value(iterator);

		*list_add(&resolver->options) = (struct option) {
			.module = keep_string(module), .text = keep_string(text ? text : ""),
		};
	}
	kmod_config_iter_free_iter(iterator);
	drop_running_options(resolver);
}

static bool gives(const struct modprobe_line *line, const char *list)
{
	const struct kernel_word *module = line->words.items + 1;

	if (strcmp(line->words.items[0].name, "options") || !same_name(module->name, strlen(module->name), "vfio_pci"))
		return false;
	for_each(word, &line->words)
		if (!strcmp(word->name, "ids") && text_same(word->value, list))
			return true;
	return false;
}

/* libkmod does not tell where an option stands: look for it, so that a person can find it. */
static const char *find_ids(const struct machine *machine, const char *list)
{
	struct modprobe_files files = modprobe_files(machine);

	for_each(file, &files) {
		struct modprobe_lines lines;

		modprobe_lines(machine, file->path, &lines);
		for_each(line, &lines)
			if (gives(line, list))
				return modprobe_place(file->path, line);
	}
	return "modprobe.d";
}

/* The words of one option line of a module; none if it is another module's. */
static struct cmdline words_for(const struct option *option, const char *module)
{
	if (!same_name(module, strlen(module), option->module))
		return (struct cmdline) { 0 };
	return cmdline_parse(option->text, strlen(option->text));
}

static bool is_ids(const char *module, const struct kernel_word *word)
{
	return word->value && !strcmp(word->name, "ids") && same_name(module, strlen(module), "vfio_pci");
}

/* Also where vfio-pci is built in: there these options do nothing by themselves. */
static void read_ids(struct resolver *resolver)
{
	for_each(option, &resolver->options) {
		struct cmdline words = words_for(option, "vfio_pci");

		for_each(word, &words)
			if (is_ids("vfio_pci", word))
				*list_add(&resolver->list->ids) = (struct id_list) {
					.list = word->value,
					.at = { .source = find_ids(resolver->machine, word->value) },
				};
	}
}

/* The options of a module, joined, without ids= of vfio-pci. */
static const char *options_of(const struct resolver *resolver, const char *module)
{
	struct text all = { 0 };

	for_each(option, &resolver->options) {
		struct cmdline words = words_for(option, module);

		for_each(word, &words)
			if (!is_ids(module, word))
				module_option_add(&all, word->name, word->value);
	}
	return all.bytes ? all.bytes : "";
}

static void add_module(struct resolver *resolver, struct kmod_module *module)
{
	const char *path = kmod_module_get_path(module), *file, *suffix;
	struct module_list *list = resolver->list;
	size_t length = strlen(resolver->index.directory);

	if (!path || strncmp(path, resolver->index.directory, length) || path[length] != '/')
		return;			/* built in */
	path = keep_string(path + length + 1);
	file = text_of("/lib/modules/%s/%s", resolver->kernel, path);
	suffix = strstr(path, ".ko");
	for_each(item, &list->files)
		if (!strcmp(item->file, file))
			return;
	if (!suffix)
		return;
	*list_add(&list->files) = (struct module_file) {
		.file = file,
		.module = {
			.path = keep_bytes(path, (size_t)(suffix - path)),
			.options = options_of(resolver, kmod_module_get_name(module)),
		},
	};
}

static struct resolver *current;	/* libkmod's callback has no argument of ours */

static void on_load(struct kmod_module *module, bool install, const char *options)
{
	(void)install;
	(void)options;
	add_module(current, module);
}

/* What modprobe would load, in its order: a dry run of libkmod's own. */
static void resolve(struct resolver *resolver, const char *name)
{
	struct kmod_list *found = NULL, *item;

	kmod_module_new_from_lookup(resolver->index.kmod, name, &found);
	if (!found)
		strings_add(&resolver->list->missing, name);
	current = resolver;
	kmod_list_foreach(item, found) {
		struct kmod_module *module = kmod_module_get_module(item);

		kmod_module_probe_insert_module(module, KMOD_PROBE_DRY_RUN | KMOD_PROBE_IGNORE_LOADED |
						KMOD_PROBE_IGNORE_COMMAND, NULL, NULL, NULL, on_load);
		kmod_module_unref(module);
	}
	current = NULL;
	kmod_module_unref_list(found);
}

int modules_resolve(const struct machine *machine, const char *kernel, const struct strings *iommu,
		    const struct strings *drivers, struct module_list *list)
{
	struct resolver resolver = { .machine = machine, .kernel = kernel, .list = list };
	int error = module_index_open(machine, kernel, true, &resolver.index);

	if (error)
		return error;
	read_options(&resolver);
	read_ids(&resolver);
	for_each(name, iommu)
		resolve(&resolver, *name);
	for_each(item, &list->files)
		item->module.for_iommu = true;
	for_each(name, drivers)
		resolve(&resolver, *name);
	kmod_unref(resolver.index.kmod);
	return 0;
}
