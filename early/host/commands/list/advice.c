/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person should know besides the table of "list": twins, missing groups, and what to type next. */
#include "listing.h"

#include "../../machine/names.h"
#include "../../../core/device.h"
#include "../../../core/text.h"

#include <string.h>

#define TWINS_NAMED 4

static bool is_worth_taking(const struct device *device)
{
	unsigned class = device->class >> 16;

	return class == CLASS_DISPLAY || class == CLASS_NETWORK || class == CLASS_STORAGE;
}

static bool is_same_kind(const struct row *one, const struct row *other)
{
	return one->device->id.vendor == other->device->id.vendor && one->device->id.device == other->device->id.device;
}

static bool is_first_of_kind(const struct listing *listing, const struct row *row)
{
	for_each(other, &listing->rows)
		if (is_same_kind(row, other))
			return other == row;
	return true;
}

/* The devices with the ID of a row: the first few by name. */
static const char *name_twins(const struct listing *listing, const struct row *row)
{
	struct text twins = { 0 };
	size_t count = 0;

	for_each(other, &listing->rows)
		if (is_same_kind(row, other) && count++ < TWINS_NAMED)
			text_print(&twins, "%s%s", twins.length ? ", " : "", address_shown(other->device->name));
	if (count > TWINS_NAMED)
		text_print(&twins, " and %zu more", count - TWINS_NAMED);
	return count > 1 ? twins.bytes : NULL;
}

static void print_twins(const struct listing *listing)
{
	for_each(row, &listing->rows) {
		const char *twins = NULL;

		if (row->shown && is_worth_taking(row->device) && is_first_of_kind(listing, row))
			twins = name_twins(listing, row);
		if (twins)
			say("Twins: %s have the same ID, %s: select by path.\n", twins, row->cells[COLUMN_ID]);
	}
}

static void print_why_no_groups(const struct listing *listing)
{
	const struct no_iommu *why = &listing->rehearsal.no_iommu;

	if (why->cause)
		say("No IOMMU groups: %s.\n", why->cause);
	if (why->remedy)
		say("fix: %s\n", why->remedy);
}

/* How well the host can do without it: 0 not at all, as far as can be seen. */
static unsigned spare(const struct listing *listing, const struct row *row)
{
	const struct device *device = row->device;
	bool display = device_is_display(device);

	if (!row->shown || !is_worth_taking(device) || !device->group || !text_same(row->cells[COLUMN_NEXT_BOOT], "host"))
		return 0;
	if (!row->cells[COLUMN_USED_BY])
		return display ? 3 : 1;
	/* a screen may be plugged in for the guest */
	return display && !uses_have(&listing->rehearsal.uses, device->name, USE_CONSOLE) ? 2 : 0;
}

static const struct device *candidate(const struct listing *listing)
{
	const struct row *best = NULL;

	for_each(row, &listing->rows)
		if (spare(listing, row) > (best ? spare(listing, best) : 0))
			best = row;
	return best ? best->device : NULL;
}

static void print_next(const struct listing *listing)
{
	const struct device *device = candidate(listing);

	say("next: vfio-early check%s%s\n", device ? " " : "", device ? address_shown(device->name) : "");
}

void listing_advise(const struct listing *listing)
{
	print_why_no_groups(listing);
	print_twins(listing);
	print_next(listing);
}
