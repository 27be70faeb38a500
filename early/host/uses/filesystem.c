/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a mounted file system to what carries it: block devices, servers, other file systems. */
#include "filesystem.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>
#include <sys/sysmacros.h>

#define DEPTH_MAX 8			/* of file systems in files of file systems */
#define UDEV_DATA "run/udev/data"

static void follow(const struct machine *machine, struct libmnt_table *mounts, struct libmnt_fs *filesystem,
		   struct carriers *carriers, unsigned depth);

/* The file system that a path lies in: the last one that is mounted above it. */
static struct libmnt_fs *mount_above(struct libmnt_table *mounts, const char *path)
{
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *filesystem, *best = NULL;
	size_t longest = 0;

	while (iterator && !mnt_table_next_fs(mounts, iterator, &filesystem)) {
		const char *target = mnt_fs_get_target(filesystem);
		size_t length = target ? strlen(target) : 0;

		if (length == 1)
			length = 0;	/* "/": every path goes on behind it */
		if (!target || strncmp(path, target, length) || (path[length] && path[length] != '/') ||
		    (best && length <= longest))
			continue;
		best = filesystem;
		longest = length;
	}
	mnt_free_iter(iterator);
	return best;
}

static void follow_file(const struct machine *machine, struct libmnt_table *mounts, const char *path,
			struct carriers *carriers, unsigned depth)
{
	struct libmnt_fs *filesystem = mount_above(mounts, path);

	if (!carriers_note(carriers, path))
		return;
	if (filesystem && depth < DEPTH_MAX)
		follow(machine, mounts, filesystem, carriers, depth + 1);
	else
		carriers->lost = true;
}

static void follow_zfs(const struct machine *machine, struct libmnt_table *mounts, const char *pool,
		       struct carriers *carriers, unsigned depth);

static void follow_device(const struct machine *machine, struct libmnt_table *mounts, const char *name,
			  struct carriers *carriers, unsigned depth)
{
	size_t known = carriers->files.count, i;

	block_carriers(machine, name, carriers);
	/* it may lie on each member of any pool */
	if (carriers->volume) {
		carriers->volume = false;
		follow_zfs(machine, mounts, NULL, carriers, depth);
	}
	for (i = known; i < carriers->files.count; i++)
		follow_file(machine, mounts, carriers->files.items[i], carriers, depth);
}

/* btrfs: one of its devices is the source of the mount, all of them carry it. */
static bool follow_btrfs(const struct machine *machine, struct libmnt_table *mounts, const char *name,
			 struct carriers *carriers, unsigned depth)
{
	struct strings filesystems = { 0 };

	root_list(machine->fd, "sys/fs/btrfs", &filesystems);
	for_each(id, &filesystems) {
		const char *directory = text_of("sys/fs/btrfs/%s/devices", *id);
		struct strings devices = { 0 };

		if (!root_exists(machine->fd, text_of("%s/%s", directory, name)))
			continue;
		root_list(machine->fd, directory, &devices);
		for_each(device, &devices)
			follow_device(machine, mounts, *device, carriers, depth);
		return true;
	}
	return false;
}

/* "b259:2" to the device's name, if udev says that it is in that pool of ZFS, or, with NULL, in any. */
static const char *member_of_pool(const struct machine *machine, const char *record, const char *pool)
{
	const char *path = text_of(UDEV_DATA "/%s", record);

	if (*record != 'b' || !root_contains(machine->fd, path, "E:ID_FS_TYPE=zfs_member\n") ||
	    (pool && !root_contains(machine->fd, path, text_of("E:ID_FS_LABEL=%s\n", pool))))
		return NULL;
	return root_link_name(machine->fd, text_of("sys/dev/block/%s", record + 1));
}

static void follow_zfs(const struct machine *machine, struct libmnt_table *mounts, const char *pool,
		       struct carriers *carriers, unsigned depth)
{
	struct strings records = { 0 };
	bool any = false;

	root_list(machine->fd, UDEV_DATA, &records);
	for_each(record, &records) {
		const char *name = member_of_pool(machine, *record, pool);

		if (name)
			follow_device(machine, mounts, name, carriers, depth);
		any |= name != NULL;
	}
	carriers->lost |= !any;
}

/* The directories that an overlay joins; one that a later mount hides cannot be followed. */
static void follow_overlay(const struct machine *machine, struct libmnt_table *mounts, struct libmnt_fs *filesystem,
			   struct carriers *carriers, unsigned depth)
{
	static const char *const options[] = { "lowerdir", "upperdir" };
	size_t i;

	for (i = 0; i < 2; i++) {
		char *value = NULL;
		size_t length = 0;

		if (mnt_fs_get_option(filesystem, options[i], &value, &length) || !value)
			continue;
		while (length) {
			size_t part = strcspn(value, ":,");

			if (part > length)
				part = length;
			if (*value == '/')
				follow_file(machine, mounts, keep_bytes(value, part), carriers, depth);
			value += part;
			length -= part;
			if (length) {
				value++;
				length--;
			}
		}
	}
}

static bool is_in_memory(const char *type)
{
	return text_same(type, "tmpfs") || text_same(type, "ramfs") || text_same(type, "rootfs");
}

/* The names of the devices that a mount names as its source; bcachefs has them in a row. */
static struct strings sources_of(const struct machine *machine, struct libmnt_fs *filesystem)
{
	const char *source = mnt_fs_get_source(filesystem), *name = NULL;
	dev_t number = mnt_fs_get_devno(filesystem);
	struct strings names = { 0 };

	if (major(number))
		name = block_numbered(machine, number);
	if (name) {
		strings_add(&names, name);
		return names;
	}
	/* some file systems have a number that is no block device's */
	while (source && *source) {
		size_t length = strcspn(source, ":");

		name = block_named(machine, keep_bytes(source, length));
		if (name)
			strings_add(&names, name);
		source += length + (source[length] == ':');
	}
	return names;
}

static void add_server(struct libmnt_fs *filesystem, struct carriers *carriers)
{
	char *address = NULL;
	size_t length = 0;

	if (mnt_fs_get_option(filesystem, "addr", &address, &length) || !address)
		length = 0;
	strings_add_once(&carriers->servers, keep_bytes(length ? address : "", length));
	carriers->any = true;
}

static void follow(const struct machine *machine, struct libmnt_table *mounts, struct libmnt_fs *filesystem,
		   struct carriers *carriers, unsigned depth)
{
	const char *type = mnt_fs_get_fstype(filesystem), *source = mnt_fs_get_source(filesystem);
	struct strings names = { 0 };

	if (mnt_fs_is_netfs(filesystem))
		add_server(filesystem, carriers);
	else if (is_in_memory(type))
		carriers->any = true;
	else if (text_same(type, "overlay"))
		follow_overlay(machine, mounts, filesystem, carriers, depth);
	else if (text_same(type, "zfs") && source)
		follow_zfs(machine, mounts, keep_bytes(source, strcspn(source, "/")), carriers, depth);
	else
		names = sources_of(machine, filesystem);
	for_each(name, &names)
		if (!text_same(type, "btrfs") || !follow_btrfs(machine, mounts, *name, carriers, depth))
			follow_device(machine, mounts, *name, carriers, depth);
}

void filesystem_carriers(const struct machine *machine, struct libmnt_table *mounts, struct libmnt_fs *filesystem,
			 struct carriers *carriers)
{
	follow(machine, mounts, filesystem, carriers, 0);
}

void pool_carriers(const struct machine *machine, struct libmnt_table *mounts, const char *pool,
		   struct carriers *carriers)
{
	follow_zfs(machine, mounts, pool, carriers, 0);
}

void device_carriers(const struct machine *machine, struct libmnt_table *mounts, const char *name,
		     struct carriers *carriers)
{
	follow_device(machine, mounts, name, carriers, 0);
}
