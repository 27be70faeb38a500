/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From mount points and swap through what they sit on to the PCI functions that carry them. */
#include "uses_parts.h"

#include "../core/root.h"
#include "../core/text.h"

#include <libmount/libmount.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEPTH_MAX 16			/* of devices upon devices */

static void add_block(const struct machine *machine, struct uses *uses, const char *path, const char *detail,
		      unsigned depth);

/* With multipath the disk belongs to a subsystem, and each controller in it is a way to the disk. */
static void add_nvme_ways(const struct machine *machine, struct uses *uses, const char *link, const char *detail)
{
	const char *name = strstr(link, "/nvme-subsystem/");
	struct strings names = { 0 };
	const char *directory;

	if (!name)
		return;
	name += strlen("/nvme-subsystem/");
	directory = text_of("sys/class/nvme-subsystem/%s", keep_bytes(name, strcspn(name, "/")));
	root_list(machine->fd, directory, &names);
	for_each(way, &names) {
		const char *target = root_link(machine->fd, text_of("%s/%s", directory, *way));
		const char *device = target ? function_in(target) : NULL;

		if (device)
			uses_add(uses, device, USE_STORAGE, detail);
	}
}

/* A partition stands in the directory of its disk, and has no slaves of its own. */
static void add_slaves(const struct machine *machine, struct uses *uses, const char *path, const char *detail,
		       unsigned depth)
{
	static const char *const places[] = { "slaves", "../slaves" };
	size_t i;

	for (i = 0; i < 2; i++) {
		const char *directory = text_of("%s/%s", path, places[i]);
		struct strings names = { 0 };

		root_list(machine->fd, directory, &names);
		for_each(name, &names)
			add_block(machine, uses, text_of("sys/class/block/%s", *name), detail, depth + 1);
	}
}

/* path: a link to the block device below sys/ */
static void add_block(const struct machine *machine, struct uses *uses, const char *path, const char *detail,
		      unsigned depth)
{
	const char *link = root_link(machine->fd, path);
	const char *device = link ? function_in(link) : NULL;

	if (!link || depth > DEPTH_MAX)
		return;
	if (device)
		uses_add(uses, device, USE_STORAGE, detail);
	add_nvme_ways(machine, uses, link, detail);
	add_slaves(machine, uses, path, detail, depth);
}

static void add_number(const struct machine *machine, struct uses *uses, dev_t number, const char *detail)
{
	add_block(machine, uses, text_of("sys/dev/block/%u:%u", major(number), minor(number)), detail, 0);
}

/* Some file systems (btrfs) have a number that is no block device's: then the node that was mounted tells. */
static void add_source(const struct machine *machine, struct uses *uses, struct libmnt_fs *fs, const char *detail)
{
	const char *source = mnt_fs_get_srcpath(fs);
	dev_t number = mnt_fs_get_devno(fs);
	struct stat status;

	if (major(number))
		add_number(machine, uses, number, detail);
	else if (machine->live && source && *source == '/' && !stat(source, &status) && S_ISBLK(status.st_mode))
		add_number(machine, uses, status.st_rdev, detail);
}

static void add_table(const struct machine *machine, struct uses *uses, struct libmnt_table *table)
{
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;

	while (iterator && !mnt_table_next_fs(table, iterator, &fs)) {
		const char *target = mnt_fs_get_target(fs);

		add_source(machine, uses, fs, mnt_fs_is_swaparea(fs) || !target ? "swap" : keep_string(target));
	}
	mnt_free_iter(iterator);
}

void uses_add_storage(const struct machine *machine, struct uses *uses)
{
	struct libmnt_table *mounts = mnt_new_table(), *swaps = mnt_new_table();

	if (mounts && !mnt_table_parse_mtab(mounts, machine_path(machine, "proc/self/mountinfo")))
		add_table(machine, uses, mounts);
	if (swaps && !mnt_table_parse_swaps(swaps, machine_path(machine, "proc/swaps")))
		add_table(machine, uses, swaps);
	mnt_unref_table(mounts);
	mnt_unref_table(swaps);
}
