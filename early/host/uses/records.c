/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what the host uses to the records that the boot's guard reads. */
#include "parts.h"

#include "../../core/address.h"
#include "../../core/device.h"
#include "../../core/inventory.h"
#include "../../core/refusal.h"
#include "../../core/selector.h"
#include "../../core/text.h"
#include "../../core/topology.h"

#include <string.h>

/* Why a function that is used so must not be taken, or 0. */
static enum refusal reason_of(enum use_kind kind)
{
	switch (kind) {
	case USE_BOOT:
		return REFUSE_BOOT_DISK;
	case USE_ROOT_NETWORK:
		return REFUSE_ROOT_NETWORK;
	case USE_ROUTE:
		return REFUSE_DEFAULT_ROUTE;
	case USE_STORAGE:
	case USE_HELD:
	case USE_NETWORK:
	case USE_KEYBOARD:
		return REFUSE_IN_USE;
	case USE_CONSOLE:
	case USE_OUTPUT:
		break;			/* displays are counted by the boot itself */
	}
	return 0;
}

/* A boot disk has other file systems, an interface with the default route an address: that says nothing more. */
static bool says_more(const struct uses *uses, const struct use *use)
{
	if (use->kind == USE_STORAGE || use->kind == USE_HELD)
		return !uses_have(uses, use->device, USE_BOOT);
	if (use->kind == USE_NETWORK)
		return !uses_have(uses, use->device, USE_ROUTE) && !uses_have(uses, use->device, USE_ROOT_NETWORK);
	return true;
}

/* False: nothing is there, or it is behind a controller (VMD), whose record guards it: it is in the same group. */
static bool read_place(struct inventory *inventory, struct host_use *record)
{
	struct pci_address address;
	struct device *device = address_of_name(record->name, &address) ? inventory_at(inventory, &address) : NULL;

	if (!device)
		return false;
	device_detail(inventory->root, device);
	if (controller_of(inventory, device))
		return false;
	record->path = device->path ? device->path : record->name;
	selector_parse(record->path, strlen(record->path), &record->place);
	record->place.has_id = true;
	record->place.id = (struct pci_id) { .vendor = device->id.vendor, .device = device->id.device };
	return true;
}

static void add_record(struct host_uses *records, struct inventory *inventory, enum refusal reason, const struct use *use)
{
	struct host_use record = { .reason = reason, .name = use->device, .detail = use->detail };

	for_each(known, records)
		if (known->reason == reason && text_same(known->name, use->device)) {
			known->detail = text_of("%s, %s", known->detail, use->detail);
			return;
		}
	if (!record.name || read_place(inventory, &record))
		*list_add(records) = record;
}

void uses_for_guard(const struct machine *machine, const struct uses *uses, struct host_uses *records)
{
	struct inventory inventory;
	unsigned reason;

	*records = (struct host_uses) { 0 };
	inventory_open(machine->fd, machine->kernel, &inventory);
	for (reason = 1; reason <= uses->unknown; reason <<= 1)
		if (uses->unknown & reason)
			*list_add(records) = (struct host_use) { .reason = reason, .unknown = true };
	for_each(use, uses) {
		if (reason_of(use->kind) && use->device && says_more(uses, use))
			add_record(records, &inventory, reason_of(use->kind), use);
		if (use->kind == USE_KEYBOARD && uses->passphrase)
			add_record(records, &inventory, REFUSE_LAST_INPUT, use);
	}
}

void uses_recall(const struct host_uses *records, struct uses *uses)
{
	uses->unknown = 0;
	for_each(record, records)
		if (record->unknown)
			uses->unknown |= record->reason;
		else if (record->name && record->reason != REFUSE_LAST_INPUT)
			uses_add(uses, record->name, record->reason == REFUSE_BOOT_DISK ? USE_BOOT : USE_HELD,
				 refusal_name(record->reason));
}

struct host_uses host_uses_now(const struct machine *machine)
{
	struct host_uses records;
	struct uses uses;

	uses_collect(machine, &uses);
	uses_for_guard(machine, &uses, &records);
	return records;
}
