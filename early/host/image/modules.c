/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libkmod knows: modules in load order, and their options. */
#include "modules.h"

#include "../../core/cmdline.h"
#include "../../core/memory.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <string.h>
#include <unistd.h>

/* modprobe.d(5) */
static const char *const directories[] = {
	"etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d",
};

#define DIRECTORY_COUNT (sizeof(directories) / sizeof(directories[0]))
#define FILE_SIZE_MAX (1024ul * 1024)

struct option {
	const char *module, *text;
};

struct resolver {
	const char *root;		/* "" for "/" */
	const char *kernel;
	int root_fd;
	struct kmod_ctx *kmod;
	LIST(struct option) options;	/* of modprobe.d */
	struct module_list *list;
};

/* libkmod adds the running kernel's module.parameter words behind the options of modprobe.d: off again. */
static void drop_running_options(struct resolver *resolver)
{
	const char *text;
	struct cmdline words;
	size_t length, i;

	if (root_read(AT_FDCWD, "/proc/cmdline", FILE_SIZE_MAX, &text, &length))
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
	struct kmod_config_iter *iterator = kmod_config_get_options(resolver->kmod);

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

/* Line of a file that says "options vfio-pci ... ids=LIST"; 0 if none does. */
static unsigned find_line(int root, const char *path, const char *list)
{
	const char *text, *line;
	unsigned number = 1;
	size_t length;

	if (root_read(root, path, FILE_SIZE_MAX, &text, &length))
		return 0;
	for (line = text; line; number++) {
		const char *end = strchrnul(line, '\n');
		struct cmdline words = cmdline_parse(line, (size_t)(end - line));
		bool is_ours = words.count > 2 && !strcmp(words.items[0].name, "options") &&
			       same_name(words.items[1].name, strlen(words.items[1].name), "vfio_pci");

		for_each(word, &words)
			if (is_ours && !strcmp(word->name, "ids") && text_same(word->value, list))
				return number;
		line = *end ? end + 1 : NULL;
	}
	return 0;
}

/* libkmod does not tell where an option stands: look for it, so that a person can find it. */
static const char *find_ids(int root, const char *list)
{
	size_t i;

	for (i = 0; i < DIRECTORY_COUNT; i++) {
		struct strings names = { 0 };

		root_list(root, directories[i], &names);
		for_each(name, &names) {
			const char *path = text_of("%s/%s", directories[i], *name);
			bool is_read = strlen(*name) > 5 && !strcmp(*name + strlen(*name) - 5, ".conf");
			unsigned line = is_read ? find_line(root, path, list) : 0;

			if (line)
				return text_of("/%s:%u", path, line);
		}
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
					.at = { .source = find_ids(resolver->root_fd, word->value) },
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

/* "/lib/modules/V/kernel/drivers/vfio/vfio.ko.xz" to "kernel/drivers/vfio/vfio"; NULL for another file. */
static const char *path_in_list(const struct resolver *resolver, const char *file)
{
	const char *base = text_of("/lib/modules/%s/", resolver->kernel), *suffix;

	if (strncmp(file, base, strlen(base)))
		return NULL;
	file += strlen(base);
	suffix = strstr(file, ".ko");
	return suffix ? keep_bytes(file, (size_t)(suffix - file)) : NULL;
}

static void add_module(struct resolver *resolver, struct kmod_module *module)
{
	const char *file = kmod_module_get_path(module), *path;
	struct module_list *list = resolver->list;

	if (!file || strncmp(file, resolver->root, strlen(resolver->root)))
		return;			/* built in */
	file = keep_string(file + strlen(resolver->root));
	path = path_in_list(resolver, file);
	for_each(item, &list->files)
		if (!strcmp(item->file, file))
			return;
	if (!path)
		return;
	*list_add(&list->files) = (struct module_file) {
		.file = file,
		.module = { .path = path, .options = options_of(resolver, kmod_module_get_name(module)) },
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

	kmod_module_new_from_lookup(resolver->kmod, name, &found);
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

const char **modprobe_directories(const char *root)
{
	const char **paths = keep((DIRECTORY_COUNT + 1) * sizeof(*paths));
	size_t i;

	for (i = 0; i < DIRECTORY_COUNT; i++)
		paths[i] = text_of("%s/%s", strcmp(root, "/") ? root : "", directories[i]);
	return paths;
}

int modules_resolve(const char *root, const char *kernel, const struct strings *names, struct module_list *list)
{
	struct resolver resolver = { .root = strcmp(root, "/") ? root : "", .kernel = kernel, .list = list };
	const char *directory = text_of("%s/lib/modules/%s", resolver.root, kernel);
	int error;

	resolver.root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (resolver.root_fd < 0)
		return -errno;
	resolver.kmod = kmod_new(directory, modprobe_directories(root));
	if (!resolver.kmod) {
		close(resolver.root_fd);
		return -ENOMEM;
	}
	kmod_set_log_priority(resolver.kmod, -1);
	error = kmod_load_resources(resolver.kmod);
	if (!error) {
		read_options(&resolver);
		read_ids(&resolver);
		for_each(name, names)
			resolve(&resolver, *name);
	}
	kmod_unref(resolver.kmod);
	close(resolver.root_fd);
	return error;
}
