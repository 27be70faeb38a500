/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of other tools that give devices away, each with what it amounts to in our configuration. */
#include "old_settings.h"
#include "../machine/modprobe_d.h"

#include "../../core/config.h"
#include "../../core/cmdline.h"
#include "../../core/decide.h"
#include "../../core/root.h"
#include "../../core/selector.h"
#include "../../core/text.h"

#include <errno.h>
#include <libkmod.h>
#include <string.h>

#define CMDLINE "kernel command line"
#define DRIVERCTL "etc/driverctl.d"
#define UNRAID "boot/config/vfio-pci.cfg"
#define FILE_SIZE_MAX (1024ul * 1024)

/* A line of modprobe.d, with those that continue it. */
struct line {
	const char *path;
	unsigned number;
	const char *text;
	struct cmdline words;
};

/* All of it: text_shown() cuts what is long. */
static const char *shown(const char *text)
{
	const size_t piece = 64;
	struct text all = { 0 };
	size_t length;

	for (; *text; text += length) {
		length = strnlen(text, piece);
		text_print(&all, "%s", text_shown(text, length));
	}
	return all.length ? all.bytes : "";
}

static bool is_named(const char *name, const char *wanted)
{
	return same_name(name, strlen(name), wanted);
}

/* NULL if there is none. */
static const char *read_file(const struct machine *machine, const char *path, struct old_settings *settings)
{
	const char *content;
	size_t length;
	int error = root_read(machine->fd, path, FILE_SIZE_MAX, &content, &length);

	if (!error)
		return content;
	if (error != -ENOENT && error != -ENOTDIR)
		strings_add(&settings->unreadable, text_of("%s: %s", machine_path(machine, path), strerror(-error)));
	return NULL;
}

static struct old_setting *add(struct old_settings *settings, enum old_kind kind, const char *at, const char *text,
			       const char *how_to_remove)
{
	struct old_setting *setting = list_add(&settings->list);

	*setting = (struct old_setting) {
		.kind = kind, .at = shown(at), .text = shown(text), .how_to_remove = shown(how_to_remove),
	};
	return setting;
}

static void add_selector(struct old_setting *setting, const char *word, size_t length)
{
	struct selector selector;

	if (selector_parse(word, length, &selector))
		strings_add(&setting->selectors, keep_bytes(word, length));
	else
		strings_add(&setting->unclear, text_shown(word, length));
}

/* ---- what a value names ---- */

/* vendor:device,... as the modules read it: up to 8 digits, and more than a selector can say. */
static void add_ids(struct old_setting *setting, const char *value)
{
	struct manifest manifest = { 0 };
	struct config config = { 0 };

	*list_add(&manifest.ids) = (struct id_list) { .list = value };
	config_read_ids(&(struct cmdline) { 0 }, &manifest, &config);
	for_each(request, &config.requests) {
		const struct pci_id *id = &request->what.id;
		const char *short_id = text_of("%04x:%04x", id->vendor, id->device);

		strings_add(&setting->selectors, !id->has_subsystem ? short_id :
			    text_of("%s:%04x:%04x", short_id, id->subvendor, id->subdevice));
	}
	for_each(error, &config.errors)
		strings_add(&setting->unclear, error->text);
}

/* (0000:01:00.0)(02:00.*), drivers/xen/xen-pciback/pci_stub.c:pcistub_init */
static void add_hidden(struct old_setting *setting, const char *value)
{
	while (*value) {
		size_t length;

		value += *value == '(';
		length = strcspn(value, "()");
		if (length > 2 && !strncmp(value + length - 2, ".*", 2))
			add_selector(setting, value, length - 2);
		else if (length)
			add_selector(setting, value, length);
		value += length + (value[length] == ')');
	}
}

static void add_value(struct old_setting *setting, const char *option, const char *value)
{
	if (!strcmp(option, "hide"))
		add_hidden(setting, value);
	else
		add_ids(setting, value);
}

/* Options by which modules are given devices; a module reads only the last of one. */
static const struct giver {
	const char *module, *option;
} givers[] = {
	{ "vfio-pci", "ids" }, { "pci-stub", "ids" }, { "xen-pciback", "hide" }, { "pciback", "hide" },
};

#define GIVER_COUNT (sizeof(givers) / sizeof(givers[0]))

/* The place of the last setting of each giver. */
struct last {
	size_t index[GIVER_COUNT];
	bool is_set[GIVER_COUNT];
};

static void add_given(struct old_settings *settings, size_t giver, struct last *last, const char *at,
		      const char *text, const char *how_to_remove, const char *value)
{
	struct old_setting *setting = add(settings, OLD_DEVICES, at, text, how_to_remove);

	add_value(setting, givers[giver].option, value);
	if (last->is_set[giver])
		settings->list.items[last->index[giver]].overruled_by = setting->at;
	last->is_set[giver] = true;
	last->index[giver] = settings->list.count - 1;
}

/* ---- modprobe.d ---- */

/* The next line that says something; false at the end. *number is of its last line. */
static bool next_line(const char **cursor, unsigned *number, struct line *line)
{
	while (**cursor) {
		struct text text = { 0 };
		bool goes_on = true;

		line->number = *number + 1;
		while (goes_on && **cursor) {
			size_t length = strcspn(*cursor, "\n");

			goes_on = length && (*cursor)[length - 1] == '\\';
			text_add(&text, *cursor, length - goes_on);
			*cursor += length + ((*cursor)[length] == '\n');
			++*number;
		}
		if (!text.length)
			continue;
		line->text = text.bytes + strspn(text.bytes, " \t");
		line->words = cmdline_parse(line->text, strcspn(line->text, "\r"));
		if (line->words.count > 1 && *line->text != '#')
			return true;
	}
	return false;
}

static const char *place_of(const struct line *line)
{
	return text_of("/%s:%u", line->path, line->number);
}

static const char *remove_line(const struct line *line)
{
	return text_of("remove line %u of /%s", line->number, line->path);
}

/* options MODULE OPTION=VALUE... */
static void read_options(struct old_settings *settings, struct last *last, const struct line *line)
{
	size_t i;

	for (i = 0; i < GIVER_COUNT; i++) {
		if (!is_named(line->words.items[1].name, givers[i].module))
			continue;
		for_each(word, &line->words)
			if (word->value && !strcmp(word->name, givers[i].option))
				add_given(settings, i, last, place_of(line), line->text, line->words.count == 3 ?
					  remove_line(line) :
					  text_of("take %s= out of line %u of /%s", word->name, line->number, line->path),
					  word->value);
	}
}

static void read_line(struct old_settings *settings, struct last *last, const struct line *line)
{
	const char *command = line->words.items[0].name;

	if (!strcmp(command, "options")) {
		read_options(settings, last, line);
	} else if (!strcmp(command, "softdep")) {
		for_each(word, &line->words)
			if (is_named(word->name, "vfio-pci")) {
				add(settings, OLD_ORDER, place_of(line), line->text, remove_line(line));
				break;
			}
	}
}

static void find_in_modprobe(const struct machine *machine, struct old_settings *settings, struct last *last)
{
	struct modprobe_files files = modprobe_files(machine);

	for_each(file, &files) {
		const char *cursor = read_file(machine, file->path, settings);
		struct line line = { .path = file->path };
		unsigned number = 0;

		while (cursor && next_line(&cursor, &number, &line))
			read_line(settings, last, &line);
	}
}

/* ---- the kernel command line ---- */

static const char *text_of_word(const struct kernel_word *word)
{
	return text_of("%s=%s", word->name, word->value);
}

static const char *remove_word(const struct kernel_word *word)
{
	return text_of("remove %s= from the kernel command line", word->name);
}

static void read_word(struct old_settings *settings, struct last *last, const struct kernel_word *word)
{
	size_t i;

	for (i = 0; i < GIVER_COUNT; i++)
		if (is_named(word->name, text_of("%s.%s", givers[i].module, givers[i].option)))
			add_given(settings, i, last, CMDLINE, text_of_word(word), remove_word(word), word->value);
	if (!strcmp(word->name, "rd.driver.pre") && list_has(word->value, "vfio-pci"))
		add(settings, OLD_ORDER, CMDLINE, text_of_word(word),
		    "take vfio-pci out of rd.driver.pre= on the kernel command line");
}

static void find_in_cmdline(const struct machine *machine, struct old_settings *settings, struct last *last)
{
	struct errors errors = { 0 };
	struct cmdline words = read_cmdline(machine->fd, &errors);

	for_each(word, &words)
		if (word->value && !word->for_init)
			read_word(settings, last, word);
	for_each(error, &errors)
		strings_add(&settings->unreadable, text_of("%s: %s", error->at.source, error->text));
}

/* ---- driverctl and Unraid ---- */

/* A file for each device, with the driver that it is to have. */
static void find_in_driverctl(const struct machine *machine, struct old_settings *settings)
{
	struct strings names = { 0 };

	root_list(machine->fd, DRIVERCTL, &names);
	for_each(name, &names) {
		const char *path = text_of(DRIVERCTL "/%s", *name);
		const char *driver = read_file(machine, path, settings);
		const char *device = text_begins(*name, "pci-") ? *name + 4 : *name;

		driver = driver ? keep_bytes(driver, strcspn(driver, " \t\r\n")) : NULL;
		/* not with driverctl itself: unset-override gives the device to the host at once */
		if (text_same(driver, "vfio-pci"))
			add_selector(add(settings, OLD_DEVICES, text_of("/%s", path), driver,
					 text_of("remove the file /%s", path)), device, strlen(device));
	}
}

/* 0000:01:00.0|10de:1b80, or the slot alone */
static void add_unraid_item(struct old_setting *setting, const char *item, size_t length)
{
	const char *bar = memchr(item, '|', length);
	size_t slot_length = bar ? (size_t)(bar - item) : length;
	struct selector slot, id;

	if (!bar)
		add_selector(setting, item, length);
	else if (selector_parse(item, slot_length, &slot) && !slot.has_id &&
		 selector_parse(bar + 1, length - slot_length - 1, &id) && id.place == PLACE_ANY)
		strings_add(&setting->selectors, text_of("%s %s", keep_bytes(item, slot_length),
							 keep_bytes(bar + 1, length - slot_length - 1)));
	else
		strings_add(&setting->unclear, text_shown(item, length));
}

static void find_in_unraid(const struct machine *machine, struct old_settings *settings)
{
	const char *line = read_file(machine, UNRAID, settings);
	unsigned number;

	for (number = 1; line && *line; number++) {
		size_t length = strcspn(line, "\r\n");

		if (text_begins(line, "BIND=")) {
			const char *text = keep_bytes(line, length), *item = text + 5;
			struct old_setting *setting;

			setting = add(settings, OLD_DEVICES, text_of("/" UNRAID ":%u", number), text,
				      text_of("remove line %u of /" UNRAID, number));
			while (*(item += strspn(item, " \t\"'"))) {
				add_unraid_item(setting, item, strcspn(item, " \t\"'"));
				item += strcspn(item, " \t\"'");
			}
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

void old_settings_find(const struct machine *machine, struct old_settings *settings)
{
	struct last last = { 0 };

	*settings = (struct old_settings) { 0 };
	find_in_modprobe(machine, settings, &last);
	find_in_cmdline(machine, settings, &last);
	find_in_driverctl(machine, settings);
	find_in_unraid(machine, settings);
}

/* ---- blacklists ---- */

/* What would claim the devices if nothing kept it off: known to the kernel's index of aliases. */
static void add_claiming(const struct machine *machine, const struct devices *devices, struct strings *modules)
{
	const char *root = machine->live ? "" : machine->root, *no_configuration = NULL;
	struct kmod_list *found, *item;
	struct kmod_ctx *kmod;

	if (!machine->kernel)
		return;
	kmod = kmod_new(text_of("%s/lib/modules/%s", root, machine->kernel), &no_configuration);
	if (!kmod)
		return;
	kmod_set_log_priority(kmod, -1);
	for_each(device, devices) {
		const char *alias = root_attribute(machine->fd, text_of("sys/bus/pci/devices/%s/modalias", (*device)->name));

		found = NULL;
		if (alias)
			kmod_module_new_from_lookup(kmod, alias, &found);
		kmod_list_foreach(item, found) {
			struct kmod_module *module = kmod_module_get_module(item);

			strings_add_once(modules, keep_string(kmod_module_get_name(module)));
			kmod_module_unref(module);
		}
		kmod_module_unref_list(found);
	}
	kmod_unref(kmod);
}

static struct strings drivers_of(const struct machine *machine, const struct devices *devices)
{
	struct strings modules = { 0 };

	add_claiming(machine, devices, &modules);
	for_each(device, devices) {
		const char *module = root_link_name(machine->fd, text_of("sys/bus/pci/devices/%s/driver/module",
									 (*device)->name));

		if (module)
			strings_add_once(&modules, module);
	}
	return modules;
}

static bool is_in(const struct strings *modules, const char *name)
{
	for_each(module, modules)
		if (is_named(name, *module))
			return true;
	return false;
}

static void find_blacklist_lines(const struct machine *machine, const struct strings *modules,
				 struct old_settings *settings)
{
	struct modprobe_files files = modprobe_files(machine);
	struct old_settings told = { 0 };	/* the first reading has told what cannot be read */

	for_each(file, &files) {
		const char *cursor = file->is_of_people ? read_file(machine, file->path, &told) : NULL;
		struct line line = { .path = file->path };
		unsigned number = 0;

		while (cursor && next_line(&cursor, &number, &line))
			if (!strcmp(line.words.items[0].name, "blacklist") && is_in(modules, line.words.items[1].name))
				add(settings, OLD_BLACKLIST, place_of(&line), line.text, remove_line(&line));
	}
}

static void find_blacklist_words(const struct machine *machine, const struct strings *modules,
				 struct old_settings *settings)
{
	struct cmdline words = read_cmdline(machine->fd, &(struct errors) { 0 });

	for_each(word, &words) {
		if (!word->value || word->for_init ||
		    (!is_named(word->name, "modprobe.blacklist") && !is_named(word->name, "module_blacklist")))
			continue;
		for_each(module, modules)
			if (list_has(word->value, *module))
				add(settings, OLD_BLACKLIST, CMDLINE, text_of_word(word),
				    text_of("take %s out of %s= on the kernel command line", *module, word->name));
	}
}

void old_settings_find_blacklists(const struct machine *machine, const struct devices *devices,
				  struct old_settings *settings)
{
	struct strings modules = drivers_of(machine, devices);

	find_blacklist_lines(machine, &modules, settings);
	find_blacklist_words(machine, &modules, settings);
}
