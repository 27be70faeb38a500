/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ids= option of vfio-pci, as others set it, to requests. */
#include "config.h"

#include "cmdline.h"
#include "errors.h"
#include "memory.h"
#include "text.h"

#include <string.h>

#define FIELD_MAX 6

/*
 * vendor:device[:subvendor:subdevice[:class:class_mask]] in hexadecimal, as
 * drivers/vfio/pci/vfio_pci.c:vfio_pci_fill_ids reads it by sscanf("%x:%x:..."):
 * a field may begin with blanks and 0x, and what is no field ends the ID.
 */
static unsigned read_fields(const char *text, uint32_t fields[FIELD_MAX])
{
	struct scan scan = { .at = text, .end = text + strlen(text) };
	unsigned count = 0;

	do {
		unsigned long field;

		scan.at += strspn(scan.at, " \t");
		if (text_begins(scan.at, "0x") || text_begins(scan.at, "0X"))
			scan.at += 2;
		field = scan_hex(&scan, 1, 8, ID_ANY);
		if (scan.wrong)
			break;
		fields[count++] = (uint32_t)field;
	} while (count < FIELD_MAX && scan_optional(&scan, ':'));
	return count;
}

static bool read_id(const char *text, struct pci_id *id)
{
	uint32_t fields[FIELD_MAX] = { 0, 0, ID_ANY, ID_ANY, 0, 0 };
	unsigned count = read_fields(text, fields), i;

	for (i = 0; i < 4; i++)
		if (fields[i] != ID_ANY && fields[i] > 0xffff)
			return false;
	*id = (struct pci_id) {
		.vendor = fields[0], .device = fields[1], .has_subsystem = true, .subvendor = fields[2],
		.subdevice = fields[3], .class = fields[4], .class_mask = fields[5],
	};
	return count >= 2;
}

/* source is what for= names, at is the place of the first byte, for mistakes. */
static void add_ids(struct config *config, const char *list, struct where source, struct where at)
{
	while (*list) {
		size_t length = strcspn(list, ",");
		const char *text = keep_bytes(list, length);
		struct pci_id id;

		if (length && read_id(text, &id)) {
			struct request *request = list_add(&config->requests);

			request->at = source;
			request->text = text;
			request->what.place = PLACE_ANY;
			request->what.has_id = true;
			request->what.id = id;
		} else if (length) {
			errors_add(&config->errors, at, "ids=: not VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE[:CLASS:MASK]]: %s",
				   text_shown(text, length));
		}
		list += length + (list[length] == ',');
		if (at.column)
			at.column += (unsigned)length + 1;
	}
}

void config_read_ids(const struct cmdline *cmdline, const struct manifest *manifest, struct config *config)
{
	const struct kernel_word *last = cmdline_last(cmdline, "vfio-pci.ids");

	if (last) {
		const struct where option = { .source = "vfio-pci.ids" };
		const struct where word = { .source = "cmdline", .column = last->value_column };

		add_ids(config, last->value, option, word);
	} else if (manifest->ids.count) {
		const struct id_list *ids = &manifest->ids.items[manifest->ids.count - 1];

		add_ids(config, ids->list, ids->at, ids->at);
	}
}
