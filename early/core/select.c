/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 1: from requests to the devices that they name. */
#include "stages.h"

#include "address.h"
#include "errors.h"
#include "device.h"
#include "inventory.h"
#include "root.h"
#include "text.h"

static bool has(const struct devices *devices, const struct device *device)
{
	for_each(item, devices)
		if (*item == device)
			return true;
	return false;
}

static struct devices with_id(const struct pci_id *id, struct inventory *inventory)
{
	struct devices devices = { 0 };

	inventory_walk(inventory);
	for_each(item, &inventory->devices)
		if (id_matches(id, &(*item)->id, (*item)->class))
			*list_add(&devices) = *item;
	return devices;
}

/* What is at the selector's place, whatever its ID. */
static struct devices at_place(const struct selector *selector, struct inventory *inventory)
{
	struct pci_address address = selector->address;
	struct devices devices = { 0 };
	unsigned hop;

	do {
		struct device *device = inventory_at(inventory, &address);

		for (hop = 0; device && hop < selector->hop_count; hop++)
			device = inventory_behind(inventory, device, selector->hops[hop]);
		if (device)
			*list_add(&devices) = device;
	} while (selector->place == PLACE_ALL_FUNCTIONS && ++address.function < 8);
	return devices;
}

/* The devices that a selector names; *mismatch if there is one with another ID than it asks for. */
static struct devices resolve(const struct selector *selector, struct inventory *inventory, bool *mismatch)
{
	struct devices devices;

	*mismatch = false;
	if (selector->place == PLACE_ANY)
		return with_id(&selector->id, inventory);
	devices = at_place(selector, inventory);
	/* of all functions, function 0 has to have it */
	if (devices.count && selector->has_id &&
	    (!id_matches(&selector->id, &devices.items[0]->id, devices.items[0]->class) ||
	     (selector->place == PLACE_ALL_FUNCTIONS && devices.items[0]->address.function))) {
		*mismatch = true;
		devices.count = 0;
	}
	return devices;
}

struct devices select_now(const struct selector *selector, struct inventory *inventory)
{
	bool mismatch;

	return resolve(selector, inventory, &mismatch);
}

static void remove_excepted(struct devices *devices, const struct request *request, struct inventory *inventory)
{
	for_each(selector, &request->except) {
		struct devices excepted = select_now(selector, inventory), left = { 0 };

		for_each(item, devices)
			if (!has(&excepted, *item))
				*list_add(&left) = *item;
		*devices = left;
	}
}

/* "01:00" and an ID select what can be taken of what they name; a bridge that is named alone is a mistake. */
static bool remove_bridges(struct devices *devices, const struct request *request, struct inventory *inventory,
			   struct errors *errors)
{
	const struct device *bridge = NULL;
	struct devices left = { 0 };

	for_each(item, devices) {
		device_detail(inventory->root, *item);
		if (device_is_bridge(*item))
			bridge = *item;
		else
			*list_add(&left) = *item;
	}
	*devices = left;
	if (left.count || !bridge)
		return true;
	errors_add(errors, request->at, "%s is a bridge (class %04x) and cannot be taken; name a device behind it",
		   bridge->name, (unsigned)bridge->class >> 8);
	return false;
}

static struct selected *find_selected(const struct selection *selection, const struct device *device)
{
	for_each(selected, &selection->devices)
		if (selected->device == device)
			return selected;
	return NULL;
}

/* Two drivers for one device: the later request is wrong as a whole. */
static bool drivers_agree(const struct devices *devices, const struct request *request,
			  struct selection *selection)
{
	struct where at = request->at;

	if (!request->driver)
		return true;
	for_each(item, devices) {
		const struct selected *selected = find_selected(selection, *item);

		if (!selected || !selected->driver_from || text_same(selected->driver_from->driver, request->driver))
			continue;
		at.column = request->driver_column;
		errors_add(&selection->errors, at, "driver=%s, but %s has driver=%s for %s", request->driver,
			   where_line(selected->driver_from->at), selected->driver_from->driver, selected->device->name);
		return false;
	}
	return true;
}

static void add_selected(struct selection *selection, struct device *device, const struct request *request)
{
	struct selected *selected = find_selected(selection, device);

	if (!selected) {
		selected = list_add(&selection->devices);
		*selected = (struct selected) { .device = device, .first = request, .siblings_none = true };
	}
	if (request->driver)
		selected->driver_from = request;
	selected->allow |= request->allow;
	selected->siblings_none &= request->siblings_none;
	selected->else_none |= request->else_none;
}

static void note_absence(struct selection *selection, const struct request *request, bool mismatch,
			 struct inventory *inventory)
{
	struct absence *absence = list_add(&selection->absences);

	absence->request = request;
	absence->id_mismatch = mismatch;
	if (request->what.has_id && request->what.place != PLACE_ANY) {
		struct devices now = with_id(&request->what.id, inventory);

		for_each(item, &now)
			strings_add(&absence->now_at, (*item)->name);
	}
}

void select_devices(const struct config *config, struct inventory *inventory, struct selection *selection)
{
	if (!inventory_has_bus(inventory))
		errors_add(&selection->errors, (struct where) { .source = "/sys/bus/pci/devices" },
			   "there is none: is /sys mounted?");
	for_each(request, &config->requests) {
		struct devices devices;
		bool mismatch;

		devices = resolve(&request->what, inventory, &mismatch);
		remove_excepted(&devices, request, inventory);
		if (!remove_bridges(&devices, request, inventory, &selection->errors) ||
		    !drivers_agree(&devices, request, selection))
			continue;
		if (!devices.count)
			note_absence(selection, request, mismatch, inventory);
		for_each(item, &devices)
			add_selected(selection, *item, request);
	}
}
