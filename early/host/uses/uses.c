/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host has of its PCI functions, asked for one function. */
#include "parts.h"

#include "../../core/guard.h"
#include "../../core/text.h"

#include <string.h>

/* As the guard of the boot will see it. */
static bool may_be_used(const struct uses *uses, const struct device *device)
{
	unsigned reason;

	for (reason = 1; reason <= uses->unknown; reason <<= 1)
		if (uses->unknown & reason && may_serve(reason, device))
			return true;
	return false;
}

const char *uses_of(const struct uses *uses, const struct device *device)
{
	struct text all = { 0 };

	for_each(use, uses)
		if (text_same(use->device, device->name))
			text_print(&all, "%s%s", all.length ? ", " : "", text_shown(use->detail, strlen(use->detail)));
	if (!all.length && may_be_used(uses, device))
		text_print(&all, "unknown");
	return all.bytes;
}

bool uses_have(const struct uses *uses, const char *device, enum use_kind kind)
{
	for_each(use, uses)
		if (use->kind == kind && text_same(use->device, device))
			return true;
	return false;
}

void passphrase_add(enum passphrase *passphrase, enum passphrase other)
{
	if (*passphrase < other)
		*passphrase = other;
}

void uses_add(struct uses *uses, const char *device, enum use_kind kind, const char *detail)
{
	for_each(use, uses)
		if (use->kind == kind && text_same(use->device, device) && !strcmp(use->detail, detail))
			return;
	*list_add(uses) = (struct use) { .device = device, .kind = kind, .detail = detail };
}
