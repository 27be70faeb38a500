/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_USES_H
#define VFIO_EARLY_USES_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* What the host has of its PCI functions. */

enum use_kind {
	USE_CONSOLE,			/* the display that the firmware chose */
	USE_OUTPUT,			/* a connected screen */
	USE_BOOT,			/* what a boot waits for: a mount point, swap, an encrypted disk */
	USE_STORAGE,			/* another mount point */
	USE_HELD,			/* what holds a disk without a mount, or may: LVM, a guest */
	USE_ROOT_NETWORK,		/* the root comes over it, or the key to it */
	USE_ROUTE,			/* the default route */
	USE_NETWORK,			/* an interface with an address */
	USE_KEYBOARD,
};

struct use {
	const char *device;		/* name of the PCI function that carries it; NULL: none does (a PS/2 keyboard) */
	enum use_kind kind;
	const char *detail;		/* "DP-1", "/home", "eth0 192.0.2.7": for a person */
};

/* Whether somebody has to type one. */
enum passphrase {
	PASSPHRASE_NONE,
	PASSPHRASE_SUSPECTED,		/* it cannot be told */
	PASSPHRASE_TYPED,
};

struct uses {
	struct use *items;
	size_t count;
	unsigned unknown;		/* set of enum refusal: whether, or by which functions, the host is so served cannot be told */
	enum passphrase passphrase;	/* what the boot waits for */
};

/* What the machine uses now, sorted by kind; a file that cannot be read counts as empty. */
void uses_collect(const struct machine *machine, struct uses *uses);

/* All that a function is used for, "boot console, DP-1", kept; "unknown" where that cannot be told; NULL: nothing. */
const char *uses_of(const struct uses *uses, const struct device *device);

bool uses_have(const struct uses *uses, const char *device, enum use_kind kind);

/* What the guard of the boot has to know of it: one record for each function and reason. */
void uses_for_guard(const struct machine *machine, const struct uses *uses, struct host_uses *records);

/* The other way round, in place of what could not be told: a capture has no mounts, and the records of their time. */
void uses_recall(const struct host_uses *records, struct uses *uses);

/* uses_collect() and uses_for_guard(), for callers that need the records alone. */
struct host_uses host_uses_now(const struct machine *machine);

#endif
