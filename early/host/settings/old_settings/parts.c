/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a value gives away, wherever it stands: ids= and hide= to selectors. */
#include "parts.h"

#include "../../../core/cmdline.h"
#include "../../../core/config.h"
#include "../../../core/request.h"
#include "../../../core/root.h"
#include "../../../core/selector.h"
#include "../../../core/text.h"

#include <errno.h>
#include <string.h>

#define FILE_SIZE_MAX (1024ul * 1024)

const struct giver givers[GIVER_COUNT] = {
	{ "vfio-pci", "ids" }, { "pci-stub", "ids" }, { "xen-pciback", "hide" }, { "pciback", "hide" },
};

bool is_named(const char *name, const char *wanted)
{
	return same_name(name, strlen(name), wanted);
}

void settings_note_error(const struct machine *machine, const char *path, int error, struct old_settings *settings)
{
	if (error != -ENOENT && error != -ENOTDIR)
		strings_add(&settings->unreadable, text_of("%s: %s", machine_path(machine, path), strerror(-error)));
}

const char *settings_read_file(const struct machine *machine, const char *path, struct old_settings *settings)
{
	const char *content;
	size_t length;
	int error = root_read(machine->fd, path, FILE_SIZE_MAX, &content, &length);

	if (!error)
		return content;
	settings_note_error(machine, path, error, settings);
	return NULL;
}

const char *settings_line(const char **text, unsigned *number)
{
	const char *line;

	if (!*text || !**text)
		return NULL;
	line = keep_bytes(*text, strcspn(*text, "\r\n"));
	*text += strcspn(*text, "\n");
	*text += **text == '\n';
	++*number;
	return line;
}

struct old_setting *setting_add(struct old_settings *settings, enum old_kind kind, const char *at, const char *text,
				const char *how_to_remove)
{
	struct old_setting *setting = list_add(&settings->list);

	*setting = (struct old_setting) {
		.kind = kind, .at = printable(at), .text = printable(text), .how_to_remove = printable(how_to_remove),
	};
	return setting;
}

void setting_add_device(struct old_setting *setting, const char *words, size_t length)
{
	struct config config = { 0 };
	const char *text = keep_bytes(words, length);

	if (strspn(text, "0123456789abcdefABCDEF:./ ") == length)	/* no options */
		request_parse(&config, (struct where) { 0 }, text, length, " ");
	if (config.requests.count == 1)
		*list_add(&setting->devices) = (struct old_device) {
			.text = text, .line = text, .what = config.requests.items[0].what,
		};
	else
		strings_add(&setting->unclear, text_shown(words, length));
}

static bool is_line(const struct pci_id *id)
{
	return id->vendor != ID_ANY && id->device != ID_ANY && !id->class_mask &&
	       (id->subvendor == ID_ANY) == (id->subdevice == ID_ANY);
}

/* As the boot reads them. */
static void add_ids(struct old_setting *setting, const char *value)
{
	struct manifest manifest = { 0 };
	struct config config = { 0 };

	*list_add(&manifest.ids) = (struct id_list) { .list = value };
	config_read_ids(&(struct cmdline) { 0 }, &manifest, &config);
	for_each(request, &config.requests) {
		const struct pci_id *id = &request->what.id;
		const char *line = text_of("%04x:%04x", id->vendor, id->device);

		if (id->subvendor != ID_ANY)
			line = text_of("%s:%04x:%04x", line, id->subvendor, id->subdevice);
		*list_add(&setting->devices) = (struct old_device) {
			.text = text_shown(request->text, strlen(request->text)), .line = is_line(id) ? line : NULL,
			.what = request->what,
		};
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
			setting_add_device(setting, value, length - 2);
		else if (length)
			setting_add_device(setting, value, length);
		value += length + (value[length] == ')');
	}
}

/* The kernel's parser ends a value at a blank: what was meant to follow is a word of its own. */
static void note_what_is_cut_off(struct old_setting *setting, const struct kernel_word *word, const struct cmdline *words)
{
	const struct kernel_word *next = word + 1;
	struct selector selector;

	if (next < words->items + words->count && !next->value &&
	    selector_parse(next->name, strlen(next->name), &selector))
		strings_add(&setting->unclear, text_of("%s stands behind a blank, which ends the list", next->name));
}

void setting_add_value(struct old_setting *setting, size_t giver, const struct kernel_word *word,
		       const struct cmdline *words)
{
	if (!strcmp(givers[giver].option, "hide"))
		add_hidden(setting, word->value);
	else
		add_ids(setting, word->value);
	note_what_is_cut_off(setting, word, words);
}

void setting_add_given(struct old_settings *settings, size_t giver, struct last *last, const char *at, const char *text,
		       const char *how_to_remove, const struct kernel_word *word, const struct cmdline *words)
{
	struct old_setting *setting = setting_add(settings, OLD_DEVICES, at, text, how_to_remove);

	setting_add_value(setting, giver, word, words);
	if (last->is_set[giver])
		settings->list.items[last->index[giver]].overruled_by = setting->at;
	last->is_set[giver] = true;
	last->index[giver] = settings->list.count - 1;
}
