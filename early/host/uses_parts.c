/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of uses_collect() share. */
#include "uses_parts.h"

#include "../core/address.h"

#include <string.h>

void uses_add(struct uses *uses, const char *device, enum use_kind kind, const char *detail)
{
	for_each(use, uses)
		if (use->kind == kind && !strcmp(use->device, device) && !strcmp(use->detail, detail))
			return;
	*list_add(uses) = (struct use) { .device = device, .kind = kind, .detail = detail };
}

const char *function_in(const char *path)
{
	struct pci_address address;
	const char *found = NULL, *at;

	for (at = path; at; at = strchr(at, '/')) {
		const char *part;

		at += *at == '/';
		part = keep_bytes(at, strcspn(at, "/"));
		if (address_of_name(part, &address))
			found = part;
	}
	return found;
}
