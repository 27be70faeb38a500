/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of uses_collect() share. */
#include "parts.h"

#include "../../core/text.h"

#include <string.h>

void uses_add(struct uses *uses, const char *device, enum use_kind kind, const char *detail)
{
	for_each(use, uses)
		if (use->kind == kind && text_same(use->device, device) && !strcmp(use->detail, detail))
			return;
	*list_add(uses) = (struct use) { .device = device, .kind = kind, .detail = detail };
}
