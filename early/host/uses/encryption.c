/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How file systems that encrypt by themselves are unlocked in a boot. */
#include "encryption.h"
#include "parts.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define LIST_SIZE_MAX ((size_t)4 * 1024 * 1024)
#define COLUMN_ROOT 11			/* "encroot" and "keylocation", in the list that zed keeps (zfs-mount-generator(8)) */
#define COLUMN_LOCATION 12

/* A column of a line that ends at the end of the text or a newline; "" if it has fewer. */
static const char *column_of(const char *line, unsigned column)
{
	while (--column && *line != '\n' && *line) {
		line += strcspn(line, "\t\n");
		line += *line == '\t';
	}
	return keep_bytes(line, strcspn(line, "\t\n"));
}

/* The line of a dataset, or NULL. */
static const char *line_of(const char *list, const char *dataset)
{
	const char *line;

	for (line = list; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (text_same(column_of(line, 1), dataset))
			return line;
	return NULL;
}

static void add_zfs(const struct machine *machine, const char *dataset, struct unlock *unlock)
{
	const char *path = text_of("etc/zfs/zfs-list.cache/%s", keep_bytes(dataset, strcspn(dataset, "/")));
	const char *list, *line, *location;
	size_t length;

	line = root_read(machine->fd, path, LIST_SIZE_MAX, &list, &length) ? NULL : line_of(list, dataset);
	if (line && text_same(column_of(line, COLUMN_ROOT), "-"))
		return;			/* it is not encrypted */
	line = line ? line_of(list, column_of(line, COLUMN_ROOT)) : NULL;
	location = line ? column_of(line, COLUMN_LOCATION) : "";
	/* Ubuntu keeps the key in a volume with LUKS, for which somebody types the passphrase */
	if (text_same(location, "prompt") || text_begins(location, "file:///run/keystore/"))
		unlock->passphrase = PASSPHRASE_TYPED;
	else if (text_begins(location, "http"))
		unlock->over_network = true;
	else if (!text_begins(location, "file://"))
		passphrase_add(&unlock->passphrase, PASSPHRASE_SUSPECTED);
}

void unlock_add_filesystem(const struct machine *machine, const char *type, const char *source, struct unlock *unlock)
{
	struct strings policies = { 0 };

	if (text_same(type, "zfs") && source)
		add_zfs(machine, source, unlock);
	else if (text_same(type, "bcachefs"))
		passphrase_add(&unlock->passphrase, PASSPHRASE_SUSPECTED);	/* only its superblock tells */
	root_list(machine->fd, ".fscrypt/policies", &policies);
	if (policies.count)
		passphrase_add(&unlock->passphrase, PASSPHRASE_SUSPECTED);
}
