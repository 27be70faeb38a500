/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host has of its disks: what a boot waits for, and what else is mounted. */
#include "crypttab.h"
#include "definitions.h"
#include "encryption.h"
#include "filesystem.h"
#include "holders.h"
#include "parts.h"

#include "../machine/running.h"
#include "../../core/cmdline.h"
#include "../../core/decide.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <stdio.h>
#include <string.h>

#define POOLS "proc/spl/kstat/zfs"
#define TABLE_SIZE_MAX (16ul * 1024 * 1024)

struct storage {
	const struct machine *machine;
	struct uses *uses;
	struct root_network *network;
	struct libmnt_table *mounts, *fstab, *swaps;
	struct crypttab crypttab;
	struct strings known;		/* block devices of which it is known what they are used for */
	struct suspicions suspicions;
};

static void suspect(struct storage *storage, enum use_kind kind, const char *what)
{
	*list_add(&storage->suspicions) = (struct suspicion) { .kind = kind, .what = what };
}

static void add_carriers(struct storage *storage, const struct carriers *carriers, enum use_kind kind, const char *detail)
{
	for_each(function, &carriers->functions)
		uses_add(storage->uses, *function, kind, detail);
	for_each(device, &carriers->followed)
		if (kind != USE_HELD)
			strings_add_once(&storage->known, *device);
	if (carriers->lost)
		suspect(storage, kind, detail);
}

/* False: the tree does not say which device that is. One that is not there is none: the boot does without it, too. */
static bool add_device(struct storage *storage, const char *specification, enum use_kind kind, const char *detail)
{
	const char *name = block_named(storage->machine, specification);
	struct carriers carriers = { 0 };

	if (!name)
		return block_names_are_there(storage->machine, specification);
	device_carriers(storage->machine, storage->mounts, name, &carriers);
	add_carriers(storage, &carriers, kind, detail);
	return true;
}

static bool is_of_the_system(const char *target)
{
	static const char *const targets[] = { "/", "/boot", "/usr", "/var", "/boot/efi", "/efi" };
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(target, targets[i]))
			return true;
	return false;
}

static bool is_awaited(struct libmnt_fs *line)
{
	return mnt_fs_get_option(line, "nofail", NULL, NULL) && mnt_fs_get_option(line, "noauto", NULL, NULL);
}

/* Without it there is no root file system. */
static bool is_root(const char *target)
{
	return !strcmp(target, "/") || !strcmp(target, "/usr");
}

/* Nobody knows where it is, nor whether it is encrypted. */
static void lose_root(struct uses *uses)
{
	uses->unknown |= REFUSE_BOOT_DISK;
	passphrase_add(&uses->passphrase, PASSPHRASE_SUSPECTED);
}

/* What the root needs besides its disks. */
static void add_needs(struct storage *storage, struct libmnt_fs *mount, const struct carriers *carriers)
{
	struct unlock unlock = { 0 };

	if (carriers->lost || !carriers->any)
		lose_root(storage->uses);
	for_each(server, &carriers->servers)
		strings_add_once(&storage->network->servers, *server);
	for_each(mapping, &carriers->encrypted)
		unlock_add(storage->machine, &storage->crypttab, *mapping, &unlock);
	unlock_add_filesystem(storage->machine, mnt_fs_get_fstype(mount), mnt_fs_get_source(mount), &unlock);
	passphrase_add(&storage->uses->passphrase, unlock.passphrase);
	storage->network->unlocked |= unlock.over_network;
}

static void add_mount(struct storage *storage, struct libmnt_fs *mount)
{
	const char *target = mnt_fs_get_target(mount);
	struct libmnt_fs *line = mnt_table_find_target(storage->fstab, target, MNT_ITER_FORWARD);
	struct carriers carriers = { 0 };

	filesystem_carriers(storage->machine, storage->mounts, mount, &carriers);
	add_carriers(storage, &carriers, is_of_the_system(target) || (line && is_awaited(line)) ? USE_BOOT : USE_STORAGE,
		     keep_string(target));
	if (is_root(target))
		add_needs(storage, mount, &carriers);
}

static void add_mounts(struct storage *storage)
{
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *mount;
	bool any_root = false;

	while (iterator && !mnt_table_next_fs(storage->mounts, iterator, &mount)) {
		const char *target = mnt_fs_get_target(mount);

		if (!target)
			continue;
		any_root |= !strcmp(target, "/");
		add_mount(storage, mount);
	}
	mnt_free_iter(iterator);
	if (!any_root)
		lose_root(storage->uses);
}

/* Also what is not mounted now. */
static void add_fstab(struct storage *storage)
{
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *line;

	while (iterator && !mnt_table_next_fs(storage->fstab, iterator, &line)) {
		const char *target = mnt_fs_get_target(line), *source = mnt_fs_get_source(line);
		bool is_swap = mnt_fs_is_swaparea(line) || !target;

		if (source && is_awaited(line) && !add_device(storage, source, USE_BOOT, is_swap ? "swap" : keep_string(target)) &&
		    (is_swap ? mnt_table_is_empty(storage->swaps) : !mnt_table_find_target(storage->mounts, target, MNT_ITER_FORWARD)))
			suspect(storage, USE_BOOT, is_swap ? "swap" : keep_string(target));
	}
	mnt_free_iter(iterator);
}

static void add_swaps(struct storage *storage)
{
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *swap;

	while (iterator && !mnt_table_next_fs(storage->swaps, iterator, &swap)) {
		const char *source = mnt_fs_get_source(swap);

		if (source)
			add_device(storage, source, USE_BOOT, "swap");
	}
	mnt_free_iter(iterator);
}

static void add_crypttab(struct storage *storage)
{
	for_each(entry, &storage->crypttab) {
		const char *detail = text_of("encrypted %s", entry->name);
		struct unlock unlock = { 0 };

		if (!crypttab_is_awaited(entry))
			continue;
		unlock_add(storage->machine, &storage->crypttab, entry->name, &unlock);
		passphrase_add(&storage->uses->passphrase, unlock.passphrase);
		if (!add_device(storage, entry->source, USE_BOOT, detail) &&
		    !block_named(storage->machine, text_of("/dev/mapper/%s", entry->name)))
			suspect(storage, USE_BOOT, detail);
	}
}

/* Whether or not a guest runs now. */
static void add_definitions(struct storage *storage)
{
	struct definitions definitions = definitions_read(storage->machine);

	for_each(definition, &definitions)
		if (!add_device(storage, definition->path, USE_HELD, definition->owner))
			suspect(storage, USE_HELD, definition->owner);
}

/* The image a suspended machine was written to: resume= of the kernel, RESUME= of initramfs-tools. */
static void add_resume(struct storage *storage)
{
	struct cmdline cmdline = read_cmdline(storage->machine->fd, &(struct errors) { 0 });
	const char *device = cmdline_value(&cmdline, "resume");
	const char *file = root_text(storage->machine->fd, "etc/initramfs-tools/conf.d/resume");
	const char *line = file ? strstr(file, "RESUME=") : NULL;

	if (device)
		add_device(storage, device, USE_BOOT, "resume");
	if (line)
		add_device(storage, keep_bytes(line + strlen("RESUME="), strcspn(line + strlen("RESUME="), " \t\r\n#")), USE_BOOT,
			   "resume");
}

/* Imported pools of ZFS that need not be mounted; the kernel of a live system says itself whose its members are. */
static void add_pools(struct storage *storage)
{
	int root = storage->machine->fd;
	struct strings names = { 0 };

	if (!root_exists(root, "sys/module/zfs") && !root_exists(root, POOLS))
		return;
	root_list(root, POOLS, &names);
	for_each(name, &names) {
		struct carriers carriers = { 0 };

		if (!root_exists(root, text_of(POOLS "/%s/state", *name)))
			continue;
		pool_carriers(storage->machine, storage->mounts, *name, &carriers);
		add_carriers(storage, &carriers, USE_HELD, text_of("ZFS %s", *name));
	}
	if (!storage->machine->live && !root_exists(root, POOLS))
		suspect(storage, USE_HELD, "ZFS");
}

/* Whether the fstab of a system that does not run says that its root comes over the network. */
static bool has_network_root(struct libmnt_table *fstab)
{
	struct libmnt_fs *root = mnt_table_find_target(fstab, "/", MNT_ITER_FORWARD);

	return root && mnt_fs_is_netfs(root);
}

/* Read by the door, parsed by libmount, which knows each of these formats by its first line. */
static struct libmnt_table *read_table(const struct machine *machine, const char *path, bool *readable)
{
	struct libmnt_table *table = mnt_new_table();
	const char *text;
	size_t length;
	FILE *stream;

	*readable = false;
	if (!table || root_read(machine->fd, path, TABLE_SIZE_MAX, &text, &length))
		return table;
	stream = fmemopen((void *)text, length, "r");
	if (!stream)
		return table;
	*readable = !mnt_table_parse_stream(table, stream, path);
	fclose(stream);
	return table;
}

void uses_add_storage(const struct machine *machine, struct uses *uses, struct root_network *needs)
{
	struct storage storage = { .machine = machine, .uses = uses, .network = needs };
	bool readable, is_there;	/* there may be neither fstab nor swaps */

	storage.mounts = read_table(machine, "proc/self/mountinfo", &readable);
	storage.fstab = read_table(machine, "etc/fstab", &is_there);
	storage.swaps = read_table(machine, "proc/swaps", &is_there);
	crypttab_read(machine, &storage.crypttab);
	readable &= machine_runs(machine);
	if (readable) {
		add_mounts(&storage);
		add_fstab(&storage);
		add_swaps(&storage);
		add_crypttab(&storage);
		add_resume(&storage);
		add_pools(&storage);
	} else {
		lose_root(uses);
		if (has_network_root(storage.fstab))
			uses->unknown |= REFUSE_ROOT_NETWORK;
	}
	add_definitions(&storage);
	uses_add_holders(machine, uses, &storage.known, &storage.suspicions, readable);
	mnt_unref_table(storage.mounts);
	mnt_unref_table(storage.fstab);
	mnt_unref_table(storage.swaps);
}
