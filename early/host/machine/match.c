/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a selector name this device? */
#include "match.h"

#include "../../core/address.h"
#include "../../core/selector.h"

#include <string.h>

static bool is_same_path(const struct selector *one, const struct selector *other)
{
	return !address_compare(&one->address, &other->address) && one->hop_count == other->hop_count &&
	       !memcmp(one->hops, other->hops, one->hop_count);
}

static bool is_at_place(const struct selector *selector, const struct device *device)
{
	struct pci_address address = device->address;
	struct selector own;

	switch (selector->place) {
	case PLACE_ANY:
		return true;
	case PLACE_ALL_FUNCTIONS:
		address.function = 0;
		break;
	case PLACE_SLOT:
		break;
	case PLACE_PATH:
		return device->path && selector_parse(device->path, strlen(device->path), &own) &&
		       own.place == PLACE_PATH && is_same_path(selector, &own);
	}
	return !address_compare(&selector->address, &address);
}

bool selector_names(const struct selector *selector, const struct device *device)
{
	return is_at_place(selector, device) && (!selector->has_id || id_matches(&selector->id, &device->id, device->class));
}

bool request_names(const struct request *request, const struct device *device)
{
	for_each(except, &request->except)
		if (selector_names(except, device))
			return false;
	return selector_names(&request->what, device);
}

bool selectors_agree(const struct selector *one, const struct selector *other)
{
	if (one->place != other->place)
		return false;
	return one->place == PLACE_ANY ? id_matches(&one->id, &other->id, 0) : is_same_path(one, other);
}
