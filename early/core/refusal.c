/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refusals: their names, and how the guard's parts add them to a group. */
#include "refusal.h"

#include "errors.h"
#include "root.h"
#include "text.h"

#include <string.h>

static const struct {
	enum refusal refusal;
	const char *name;
} names[] = {
	{ REFUSE_BOOT_DISK, "boot-disk" },
	{ REFUSE_ROOT_NETWORK, "root-network" },
	{ REFUSE_DEFAULT_ROUTE, "default-route" },
	{ REFUSE_IN_USE, "in-use" },
	{ REFUSE_LAST_INPUT, "last-input" },
	{ REFUSE_LAST_DISPLAY, "last-display" },
	{ REFUSE_OWN_PARENT, "own-parent" },
	{ REFUSE_NOT_VIABLE, "group-not-viable" },
	{ REFUSE_NO_IOMMU, "no-iommu" },
	{ REFUSE_SHARED_STREAM, "shared-stream" },
};

#define NAME_COUNT (sizeof(names) / sizeof(names[0]))

const char *refusal_name(unsigned refusal)
{
	size_t i;

	for (i = 0; i < NAME_COUNT; i++)
		if (names[i].refusal == refusal)
			return names[i].name;
	return "?";
}

unsigned refusal_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < NAME_COUNT; i++)
		if (!strcmp(name, names[i].name))
			return names[i].refusal;
	return 0;
}

const char *refusals_joined(unsigned refusals)
{
	struct strings joined = { 0 };
	size_t i;

	for (i = 0; i < NAME_COUNT; i++)
		if (refusals & names[i].refusal)
			strings_add(&joined, names[i].name);
	return strings_join(&joined, ",");
}

void refuse(struct group *group, enum refusal refusal, const char *because, const char *remedy)
{
	group->refusals |= refusal;
	*list_add(&group->reasons) = (struct reason) { .refusal = refusal, .because = because, .remedy = remedy };
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
