/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A refusal: what the guard's parts say of a group. */
#include "refusal.h"

#include "errors.h"
#include "request.h"
#include "root.h"
#include "text.h"

#include <string.h>

void refuse(struct group *group, enum refusal refusal, const char *because, const char *remedy)
{
	group->refusals |= refusal;
	group->result = GROUP_REFUSED;
	strings_add_once(&group->because, because);
	strings_add_once(&group->remedies, remedy);
}

const char *how_to_allow(const struct request *request, enum refusal refusal)
{
	if (!strcmp(request->at.source, "cmdline"))
		return text_of("add +allow=%s to %s on the kernel command line", refusal_name(refusal),
			       request->text);
	if (!request->at.line)
		return text_of("select it in /etc/vfio-early.conf with allow=%s", refusal_name(refusal));
	return text_of("add allow=%s to %s", refusal_name(refusal), where_line(request->at));
}
