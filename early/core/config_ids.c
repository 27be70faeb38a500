/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ids= option of vfio-pci, as others set it, to requests. */
#include "config.h"

#include "cmdline.h"
#include "errors.h"
#include "memory.h"
#include "text.h"

#include <string.h>

#define ANY 0xfffffffful		/* PCI_ANY_ID */

/*
 * vendor:device[:subvendor:subdevice], each up to 8 digits, as
 * drivers/vfio/pci/vfio_pci.c:vfio_pci_fill_ids reads it. It knows a class and
 * a mask behind them, too, which no request can say.
 */
static bool read_id(const char *text, struct pci_id *id)
{
	struct scan scan = { .at = text, .end = text + strlen(text) };
	unsigned long subvendor = ANY, subdevice = ANY;

	id->vendor = (uint16_t)scan_hex(&scan, 1, 8, 0xffff);
	scan_byte(&scan, ':');
	id->device = (uint16_t)scan_hex(&scan, 1, 8, 0xffff);
	if (scan_optional(&scan, ':'))
		subvendor = scan_hex(&scan, 1, 8, ANY);
	if (scan_optional(&scan, ':'))
		subdevice = scan_hex(&scan, 1, 8, ANY);
	id->has_subsystem = (subvendor & subdevice) != ANY;
	id->subvendor = (uint16_t)subvendor;
	id->subdevice = (uint16_t)subdevice;
	return scan_is_done(&scan) && (!id->has_subsystem || (subvendor | subdevice) <= 0xffff);
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
			errors_add(&config->errors, at, "ids=: not VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]: %s",
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
