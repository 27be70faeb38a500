/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 1: from requests to the devices that they name. */
#include "decide.h"

#include "address.h"
#include "faults.h"
#include "inventory.h"
#include "memory.h"
#include "root.h"
#include "text.h"

#include <string.h>

struct devices {
	struct device **items;
	size_t count;
};

static void add(struct devices *devices, struct device *device)
{
	devices->items = keep_more(devices->items, devices->count, sizeof(*devices->items));
	devices->items[devices->count++] = device;
}

static bool has(const struct devices *devices, const struct device *device)
{
	size_t i;

	for (i = 0; i < devices->count; i++)
		if (devices->items[i] == device)
			return true;
	return false;
}

static struct devices with_id(const struct pci_id *id, struct inventory *inventory)
{
	struct devices devices = { 0 };
	size_t i;

	inventory_walk(inventory);
	for (i = 0; i < inventory->count; i++)
		if (id_matches(id, &inventory->devices[i]->id))
			add(&devices, inventory->devices[i]);
	return devices;
}

static struct devices all_functions(struct pci_address address, struct inventory *inventory)
{
	struct devices devices = { 0 };

	for (address.function = 0; address.function < 8; address.function++) {
		struct device *device = inventory_at(inventory, &address);

		if (device)
			add(&devices, device);
	}
	return devices;
}

/* What is at the selector's place, whatever its ID. */
static struct devices at_place(const struct selector *selector, struct inventory *inventory)
{
	struct devices devices = { 0 };
	struct device *device;
	unsigned hop;

	if (selector->place == PLACE_ALL_FUNCTIONS)
		return all_functions(selector->address, inventory);
	device = inventory_at(inventory, &selector->address);
	for (hop = 0; device && hop < selector->hop_count; hop++)
		device = inventory_behind(inventory, device, selector->hops[hop]);
	if (device)
		add(&devices, device);
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
	/* the first is function 0, or the only one */
	if (devices.count && selector->has_id && !id_matches(&selector->id, &devices.items[0]->id)) {
		*mismatch = true;
		devices.count = 0;
	}
	return devices;
}

static void remove_excepted(struct devices *devices, const struct request *request, struct inventory *inventory)
{
	size_t i, j, left;
	bool mismatch;

	for (i = 0; i < request->except_count; i++) {
		struct devices excepted = resolve(&request->except[i], inventory, &mismatch);

		for (j = left = 0; j < devices->count; j++)
			if (!has(&excepted, devices->items[j]))
				devices->items[left++] = devices->items[j];
		devices->count = left;
	}
}

/* "01:00" and an ID select what can be taken of what they name; a bridge that is named alone is a mistake. */
static bool remove_bridges(struct devices *devices, const struct request *request, struct inventory *inventory,
			   struct faults *faults)
{
	const struct device *bridge = NULL;
	size_t i, left;

	for (i = left = 0; i < devices->count; i++) {
		inventory_detail(inventory, devices->items[i]);
		if (device_is_bridge(devices->items[i]))
			bridge = devices->items[i];
		else
			devices->items[left++] = devices->items[i];
	}
	devices->count = left;
	if (left || !bridge)
		return true;
	faults_add(faults, request->at, "%s is a bridge (class %04x) and cannot be taken; name a device behind it",
		   bridge->name, (unsigned)bridge->class >> 8);
	return false;
}

static struct want *find_want(const struct selection *selection, const struct device *device)
{
	size_t i;

	for (i = 0; i < selection->want_count; i++)
		if (selection->wants[i].device == device)
			return &selection->wants[i];
	return NULL;
}

/* Two drivers for one device: the later request is wrong as a whole. */
static bool drivers_agree(const struct devices *devices, const struct request *request,
			  struct selection *selection)
{
	struct where at = request->at;
	size_t i;

	for (i = 0; request->driver && i < devices->count; i++) {
		const struct want *want = find_want(selection, devices->items[i]);

		if (!want || !want->driver || !strcmp(want->driver, request->driver))
			continue;
		at.column = request->driver_column;
		faults_add(&selection->faults, at, "driver=%s, but %s has driver=%s for %s", request->driver,
			   where_line(want->first->at), want->driver, want->device->name);
		return false;
	}
	return true;
}

static void want_device(struct selection *selection, struct device *device, const struct request *request)
{
	struct want *want = find_want(selection, device);

	if (!want) {
		selection->wants = keep_more(selection->wants, selection->want_count, sizeof(*want));
		want = &selection->wants[selection->want_count++];
		*want = (struct want) {
			.device = device, .first = request, .siblings_none = true,
		};
	}
	if (request->driver)
		want->driver = request->driver;
	want->allow |= request->allow;
	want->siblings_none &= request->siblings_none;
	want->else_none |= request->else_none;
}

static void note_absence(struct selection *selection, const struct request *request, bool mismatch,
			 struct inventory *inventory)
{
	struct absence absence = { .request = request, .id_mismatch = mismatch };
	size_t i;

	if (request->what.has_id && request->what.place != PLACE_ANY) {
		struct devices now = with_id(&request->what.id, inventory);

		for (i = 0; i < now.count; i++)
			strings_add(&absence.now_at, now.items[i]->name);
	}
	selection->absences = keep_more(selection->absences, selection->absence_count, sizeof(absence));
	selection->absences[selection->absence_count++] = absence;
}

struct selection select_devices(const struct config *config, struct inventory *inventory)
{
	struct selection selection = { 0 };
	size_t i, j;

	if (!inventory_has_bus(inventory))
		faults_add(&selection.faults, (struct where) { .source = "/sys/bus/pci/devices" },
			   "there is none: is /sys mounted?");
	for (i = 0; i < config->request_count; i++) {
		const struct request *request = &config->requests[i];
		struct devices devices;
		bool mismatch;

		devices = resolve(&request->what, inventory, &mismatch);
		remove_excepted(&devices, request, inventory);
		if (!remove_bridges(&devices, request, inventory, &selection.faults) ||
		    !drivers_agree(&devices, request, &selection))
			continue;
		if (!devices.count)
			note_absence(&selection, request, mismatch, inventory);
		for (j = 0; j < devices.count; j++)
			want_device(&selection, devices.items[j], request);
	}
	return selection;
}
