/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of the machine and their partitions, each with the PCI functions that it hangs on. */
#include "disks.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define CLASS_BLOCK "sys/class/block"

/* What stands upon others is none; nor is one of the ways to a disk of NVMe with several. */
static bool is_of_hardware(const struct machine *machine, const char *name, const char *link)
{
	return (!strstr(link, "/virtual/") || strstr(link, "/nvme-subsystem/")) &&
	       !text_same(root_attribute(machine->fd, text_of(CLASS_BLOCK "/%s/hidden", name)), "1");
}

/* Partitions stand in the directory of their disk. */
static const char *whole_of(const struct machine *machine, const char *link)
{
	const char *end = strrchr(link, '/'), *begin = end, *above;

	if (!end)
		return NULL;
	while (begin > link && begin[-1] != '/')
		begin--;
	above = keep_bytes(begin, (size_t)(end - begin));
	return *above && root_exists(machine->fd, text_of(CLASS_BLOCK "/%s", above)) ? above : NULL;
}

struct disks disks_of(const struct machine *machine)
{
	struct disks disks = { 0 };
	struct strings names = { 0 };

	root_list(machine->fd, CLASS_BLOCK, &names);
	for_each(name, &names) {
		const char *link = root_link(machine->fd, text_of(CLASS_BLOCK "/%s", *name));
		struct carriers carriers = { 0 };

		if (!link || !is_of_hardware(machine, *name, link))
			continue;
		block_carriers(machine, *name, &carriers);
		if (carriers.functions.count)
			*list_add(&disks) = (struct disk) {
				.name = *name, .whole = whole_of(machine, link), .functions = carriers.functions,
			};
	}
	return disks;
}
