/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that belong together: from a function's place to the others of its card, and of its bus. */
#include "card.h"
#include "path.h"

#include "../../core/text.h"
#include "../../core/topology.h"

#include <string.h>

#define CLASS_DISPLAY 0x03
#define CLASS_AUDIO 0x0401
#define CLASS_HD_AUDIO 0x0403
#define VENDOR_INTEL 0x8086
#define SLOT_OF_HASWELLS_SOUND 0x03	/* 00:03.0; other generations have it in the one of the board */

bool on_same_slot(const struct device *one, const struct device *other)
{
	return one->address.domain == other->address.domain && one->address.bus == other->address.bus &&
	       one->address.device == other->address.device;
}

static bool is_audio(const struct device *device)
{
	return device->class >> 8 == CLASS_AUDIO || device->class >> 8 == CLASS_HD_AUDIO;
}

static bool is_on_root_bus(const struct device *device)
{
	return !device->path || !strchr(device->path, '/');
}

static const struct device *find(const struct devices *all, const char *name)
{
	for_each(device, all)
		if (text_same((*device)->name, name))
			return *device;
	return NULL;
}

/* The bridge that it is behind; NULL on a root bus. */
static const struct device *bridge_above(const struct devices *all, const struct device *device)
{
	return is_on_root_bus(device) ? NULL : find(all, path_name(path_directory(device->real)));
}

static bool has_audio(const struct devices *devices)
{
	for_each(device, devices)
		if (is_audio(*device))
			return true;
	return false;
}

static void add_on_slot(struct devices *found, const struct devices *all, const struct device *display)
{
	for_each(other, all)
		if (*other != display && on_same_slot(*other, display) && (*other)->id.vendor == display->id.vendor)
			*list_add(found) = *other;
}

/* Cards with a switch (Arc) have the sound behind a port of its own. Up to the nearest bridge that has any below it. */
static void add_behind_switch(struct devices *found, const struct devices *all, const struct device *display)
{
	const struct device *bridge = bridge_above(all, display);

	for (; bridge && !is_on_root_bus(bridge) && bridge->id.vendor == display->id.vendor && !has_audio(found);
	     bridge = bridge_above(all, bridge))
		for_each(other, all)
			if (is_audio(*other) && (*other)->id.vendor == display->id.vendor && device_is_below(*other, bridge))
				*list_add(found) = *other;
}

static void add_of_chipset(struct devices *found, const struct devices *all, const struct device *display)
{
	/* by address: that one comes first */
	for_each(other, all) {
		if (!is_audio(*other) || !is_on_root_bus(*other) || (*other)->id.vendor != display->id.vendor ||
		    (*other)->address.domain != display->address.domain)
			continue;
		*list_add(found) = *other;
		if ((*other)->address.device == SLOT_OF_HASWELLS_SOUND)
			return;
	}
}

struct devices card_companions(const struct devices *all, const struct device *display)
{
	struct devices found = { 0 };

	if (display->class >> 16 != CLASS_DISPLAY)
		return found;
	add_on_slot(&found, all, display);
	add_behind_switch(&found, all, display);
	if (!has_audio(&found) && is_on_root_bus(display) && display->id.vendor == VENDOR_INTEL)
		add_of_chipset(&found, all, display);
	return found;
}

struct devices bus_mates(const struct devices *all, const struct device *device)
{
	const struct device *bridge = bridge_above(all, device);
	struct devices mates = { 0 };

	for_each(other, all)
		if (bridge && *other != device && !(*other)->header_type && device_is_below(*other, bridge))
			*list_add(&mates) = *other;
	return mates;
}
