/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks that other programs' settings name: an image must not depend on whether
 * a guest runs at the moment. Their formats differ, and in each of them a path
 * below /dev is a word of its own: no parser is needed, and none could know all
 * the places at which XML of libvirt has one. A path in a comment counts, too.
 */
#include "definitions.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <ctype.h>
#include <string.h>

#define FILE_SIZE_MAX ((size_t)1024 * 1024)

static const struct shelf {
	const char *directory, *suffix;
	const char *owner;
	bool named;			/* the owner has the name of the file */
} shelves[] = {
	{ "etc/libvirt/qemu", ".xml", "guest", true },
	{ "run/libvirt/qemu", ".xml", "guest", true },		/* that run, also those that are defined nowhere else */
	{ "etc/libvirt/libxl", ".xml", "guest", true },
	{ "etc/libvirt/lxc", ".xml", "container", true },
	{ "etc/libvirt/storage", ".xml", "libvirt's pool", true },
	{ "etc/pve/qemu-server", ".conf", "guest", true },
	{ "etc/pve/lxc", ".conf", "container", true },
	{ "etc/xen", ".cfg", "guest", true },
	{ "etc/zfs", "zpool.cache", "a pool of ZFS", false },
	{ "etc/target", "saveconfig.json", "an iSCSI target", false },
	{ "etc/rtslib-fb-target", "saveconfig.json", "an iSCSI target", false },
	{ "etc/tgt/conf.d", ".conf", "an iSCSI target", false },
	{ "etc/drbd.d", ".res", "DRBD", false },
};

/* What udev makes names of. */
static bool is_of_a_path(char byte)
{
	return isalnum((unsigned char)byte) || (byte && strchr("/#+-.:=@_!\\", byte));
}

static void add_paths(struct definitions *definitions, const char *content, size_t length, const char *owner)
{
	const char *end = content + length, *at, *next;

	for (at = content; (at = memmem(at, (size_t)(end - at), "/dev/", 5)); at = next) {
		for (next = at; next < end && is_of_a_path(*next); next++)
			;
		*list_add(definitions) = (struct definition) { .path = keep_bytes(at, (size_t)(next - at)), .owner = owner };
	}
}

/* The name of a file without its suffix; NULL: it has another. */
static const char *stem_of(const char *name, const char *suffix)
{
	size_t length = strlen(name), end = strlen(suffix);

	return length >= end && !strcmp(name + length - end, suffix) ? keep_bytes(name, length - end) : NULL;
}

/* Ceph's OSDs link to what they lie on; cephadm has them below the name of the cluster. */
static void add_ceph(const struct machine *machine, struct definitions *definitions, const char *directory, unsigned depth)
{
	static const char *const links[] = { "block", "block.db", "block.wal" };
	struct strings names = { 0 };
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		const char *path = root_link(machine->fd, text_of("%s/%s", directory, links[i]));

		if (path && text_begins(path, "/dev/"))
			*list_add(definitions) = (struct definition) { .path = path, .owner = "Ceph" };
	}
	if (depth == 2)
		return;
	root_list(machine->fd, directory, &names);
	for_each(name, &names)
		add_ceph(machine, definitions, text_of("%s/%s", directory, *name), depth + 1);
}

static void add_directory(const struct machine *machine, struct definitions *definitions, const struct shelf *shelf)
{
	struct strings names = { 0 };

	root_list(machine->fd, shelf->directory, &names);
	for_each(name, &names) {
		const char *content, *stem = stem_of(*name, shelf->suffix);
		size_t length;

		if (stem && !root_read(machine->fd, text_of("%s/%s", shelf->directory, *name), FILE_SIZE_MAX, &content, &length))
			add_paths(definitions, content, length, shelf->named ? text_of("%s %s", shelf->owner, stem) : shelf->owner);
	}
}

struct definitions definitions_read(const struct machine *machine)
{
	struct definitions definitions = { 0 };
	size_t i;

	for (i = 0; i < sizeof(shelves) / sizeof(shelves[0]); i++)
		add_directory(machine, &definitions, &shelves[i]);
	add_ceph(machine, &definitions, "var/lib/ceph", 0);
	return definitions;
}
