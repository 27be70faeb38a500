/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host has of its PCI functions: collected from each kind of device, and asked for one function. */
#include "parts.h"

#include "../../core/text.h"

#include <stdlib.h>
#include <string.h>

static int compare_uses(const void *a, const void *b)
{
	return (int)((const struct use *)a)->kind - (int)((const struct use *)b)->kind;
}

void uses_collect(const struct machine *machine, struct uses *uses)
{
	struct root_network needs = { 0 };

	*uses = (struct uses) { 0 };
	uses_add_displays(machine, uses);
	uses_add_storage(machine, uses, &needs);
	uses_add_network(machine, uses, &needs);
	uses_add_input(machine, uses);
	if (uses->count)
		qsort(uses->items, uses->count, sizeof(*uses->items), compare_uses);
}

const char *uses_of(const struct uses *uses, const char *device)
{
	struct text all = { 0 };

	for_each(use, uses)
		if (text_same(use->device, device))
			text_print(&all, "%s%s", all.length ? ", " : "", text_shown(use->detail, strlen(use->detail)));
	return all.bytes;
}

bool uses_have(const struct uses *uses, const char *device, enum use_kind kind)
{
	for_each(use, uses)
		if (use->kind == kind && text_same(use->device, device))
			return true;
	return false;
}

void uses_add(struct uses *uses, const char *device, enum use_kind kind, const char *detail)
{
	for_each(use, uses)
		if (use->kind == kind && text_same(use->device, device) && !strcmp(use->detail, detail))
			return;
	*list_add(uses) = (struct use) { .device = device, .kind = kind, .detail = detail };
}
