/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is a machine, as a tree: what its host uses each device for. */
#include "../fuzz.h"

#include "../../../early/core/address.h"
#include "../../../early/core/root.h"
#include "../../../early/host/uses/block.h"
#include "../../../early/host/uses/crypttab.h"
#include "../../../early/host/uses/filesystem.h"
#include "../../../early/host/uses/uses.h"

#include <assert.h>
#include <stdio.h>

#define MOUNTS_SIZE_MAX 4096

/* Every mount of the tree may carry the root. */
static void follow_mounts(const struct machine *machine)
{
	struct libmnt_table *mounts = mnt_new_table();
	struct libmnt_iter *iterator = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *mount;
	const char *text;
	size_t length;
	FILE *stream = NULL;

	assert(mounts && iterator);
	if (!root_read(TREE, "proc/self/mountinfo", MOUNTS_SIZE_MAX, &text, &length) && length)
		stream = fmemopen((void *)text, length, "r");
	if (stream) {
		mnt_table_parse_stream(mounts, stream, "mountinfo");
		fclose(stream);
	}
	while (!mnt_table_next_fs(mounts, iterator, &mount)) {
		struct carriers carriers = { 0 };

		filesystem_carriers(machine, mounts, mount, &carriers);
		for_each(server, &carriers.servers)
			assert(*server);
	}
	mnt_free_iter(iterator);
	mnt_unref_table(mounts);
}

/* Every block device may, too. */
static void follow_disks(const struct machine *machine)
{
	struct strings names = { 0 };
	struct crypttab crypttab;

	crypttab_read(machine, &crypttab);
	root_list(TREE, "sys/class/block", &names);
	for_each(name, &names) {
		struct carriers carriers = { 0 };
		struct unlock unlock = { 0 };

		block_carriers(machine, *name, &carriers);
		assert(carriers.any || carriers.lost || carriers.files.count || carriers.volume);
		for_each(mapping, &carriers.encrypted)
			unlock_add(machine, &crypttab, *mapping, &unlock);
	}
	for_each(entry, &crypttab)
		block_named(machine, entry->source);
}

void one_input(const char *bytes, size_t length)
{
	/* libmount reads on its own, and finds nothing there */
	struct machine machine = { .root = "/nonexistent", .fd = TREE, .config_fd = TREE };
	struct pci_address address;
	struct host_uses records;
	struct uses uses;

	tree_plant(bytes, length);
	uses_collect(&machine, &uses);
	for_each(use, &uses) {
		assert(use->kind == USE_CONSOLE || !use->device || address_of_name(use->device, &address));
		assert(!use->device || uses_of(&uses, &(struct device) { .name = use->device }));
	}
	uses_for_guard(&machine, &uses, &records);
	for_each(record, &records)
		assert(record->reason && (record->unknown || !record->name || record->place.has_id));
	follow_mounts(&machine);
	follow_disks(&machine);
}
