/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ids= option of vfio-pci, as others set it, to requests. */
#include "config.h"

#include "faults.h"
#include "memory.h"
#include "text.h"

#include <string.h>

#define ANY 0xfffffffful		/* PCI_ANY_ID */

/*
 * vendor:device[:subvendor[:subdevice[:class[:mask]]]], each up to 8 digits,
 * as drivers/vfio/pci/vfio_pci.c:vfio_pci_fill_ids reads it.
 */
static bool read_id(const char *text, size_t length, struct pci_id *id)
{
	unsigned long field[4] = { 0, 0, ANY, ANY };
	const char *cursor = text, *end = text + length;
	unsigned count = 0;

	while (count < 4 && text_number(&cursor, end, 16, 1, 8, ANY, &field[count])) {
		count++;
		if (cursor == end || *cursor != ':')
			break;
		cursor++;
	}
	if (count < 2 || cursor != end || end[-1] == ':' || field[0] > 0xffff || field[1] > 0xffff ||
	    (field[2] == ANY) != (field[3] == ANY))
		return false;
	*id = (struct pci_id) { .vendor = (uint16_t)field[0], .device = (uint16_t)field[1] };
	if (field[2] != ANY) {
		if (field[2] > 0xffff || field[3] > 0xffff)
			return false;
		id->has_subsystem = true;
		id->subvendor = (uint16_t)field[2];
		id->subdevice = (uint16_t)field[3];
	}
	return true;
}

void config_add_ids(struct config *config, const char *list, struct where source, struct where at)
{
	while (*list) {
		size_t length = strcspn(list, ",");
		struct request request = {
			.at = source,
			.text = keep_bytes(list, length),
			.what = { .place = PLACE_ANY, .has_id = true },
		};

		if (length && read_id(list, length, &request.what.id)) {
			config->requests = keep_more(config->requests, config->request_count, sizeof(request));
			config->requests[config->request_count++] = request;
		} else if (length) {
			faults_add(&config->faults, at, "ids=: not VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]: %s",
				   text_shown(list, length));
		}
		list += length + (list[length] == ',');
		if (at.column)
			at.column += (unsigned)length + 1;
	}
}

void config_read_ids(const struct manifest *manifest, struct config *config)
{
	size_t i;

	for (i = 0; i < manifest->ids_count; i++)
		config_add_ids(config, manifest->ids[i].list, manifest->ids[i].at, manifest->ids[i].at);
}
