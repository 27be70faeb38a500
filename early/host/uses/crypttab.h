/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CRYPTTAB_H
#define VFIO_EARLY_CRYPTTAB_H

#include "uses.h"
#include "../../core/memory.h"

/* A line of /etc/crypttab. */
struct crypttab_entry {
	const char *name, *source;
	const char *key;		/* "none" where the line ends before it */
	const char *options;		/* "" where the line ends before them */
};

struct crypttab {
	struct crypttab_entry *items;
	size_t count;
};

void crypttab_read(const struct machine *machine, struct crypttab *crypttab);

/* Whether the boot waits for it. */
bool crypttab_is_awaited(const struct crypttab_entry *entry);

/* How a dm-crypt mapping is unlocked in a boot. */
struct unlock {
	enum passphrase passphrase;
	bool over_network;		/* the key, or who types it, comes over the network (clevis, dropbear) */
};

/* Adds how one mapping, by its name, is unlocked. */
void unlock_add(const struct machine *machine, const struct crypttab *crypttab, const char *mapping,
		struct unlock *unlock);

#endif
