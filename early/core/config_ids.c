/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ids= option of vfio-pci, as others set it, to requests. */
#include "config.h"

#include "cmdline.h"
#include "faults.h"
#include "memory.h"
#include "text.h"

#include <string.h>

#define ANY 0xfffffffful		/* PCI_ANY_ID */

/*
 * vendor:device[:subvendor:subdevice], each up to 8 digits, as
 * drivers/vfio/pci/vfio_pci.c:vfio_pci_fill_ids reads it. It knows a class and
 * a mask behind them, too, which no request can say.
 */
static bool read_id(const char *text, size_t length, struct pci_id *id)
{
	struct scan scan = { .at = text, .end = text + length };
	unsigned long sub[2] = { ANY, ANY };
	unsigned count;

	*id = (struct pci_id) { .vendor = (uint16_t)scan_hex(&scan, 1, 8, 0xffff) };
	scan_byte(&scan, ':');
	id->device = (uint16_t)scan_hex(&scan, 1, 8, 0xffff);
	for (count = 0; count < 2 && scan_sees(&scan, ':'); count++) {
		scan_byte(&scan, ':');
		sub[count] = scan_hex(&scan, 1, 8, ANY);
	}
	id->has_subsystem = sub[0] != ANY;
	id->subvendor = (uint16_t)sub[0];
	id->subdevice = (uint16_t)sub[1];
	return scan_is_done(&scan) && (sub[0] == ANY) == (sub[1] == ANY) &&
	       (sub[0] == ANY || (sub[0] <= 0xffff && sub[1] <= 0xffff));
}

/* source is what for= names, at is the place of the first byte, for mistakes. */
static void add_ids(struct config *config, const char *list, struct where source, struct where at)
{
	while (*list) {
		size_t length = strcspn(list, ",");
		struct request request = {
			.at = source,
			.text = keep_bytes(list, length),
			.what = { .place = PLACE_ANY, .has_id = true },
		};

		if (length && read_id(list, length, &request.what.id)) {
			*list_add(&config->requests) = request;
		} else if (length) {
			faults_add(&config->faults, at, "ids=: not VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]: %s",
				   text_shown(list, length));
		}
		list += length + (list[length] == ',');
		if (at.column)
			at.column += (unsigned)length + 1;
	}
}

void config_read_ids(const struct cmdline *cmdline, const struct manifest *manifest, struct config *config)
{
	const struct kernel_word *last = NULL;

	for_each(word, cmdline)
		if (word->value && !word->for_init && same_name(word->name, strlen(word->name), "vfio-pci.ids"))
			last = word;
	if (last) {
		const struct where option = { .source = "vfio-pci.ids" };
		const struct where word = { .source = "cmdline", .column = last->value_column };

		add_ids(config, last->value, option, word);
	} else if (manifest->ids.count) {
		const struct id_list *ids = &manifest->ids.items[manifest->ids.count - 1];

		add_ids(config, ids->list, ids->at, ids->at);
	}
}
