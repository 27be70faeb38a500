/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOTING_H
#define VFIO_EARLY_BOOTING_H

#include "entries.h"

#include "../machine/machine.h"
#include "../../core/model.h"

/* Who has loaded the kernel that runs, and so has its parameters. */
enum boot_loader_kind {
	LOADER_UNKNOWN,
	LOADER_GRUB,
	LOADER_SYSTEMD_BOOT,		/* with an entry of loader/entries */
	LOADER_STUB,			/* a unified image: the parameters are in it, whoever started it */
	LOADER_OTHER,			/* syslinux, rEFInd, the firmware: known not to be one of those */
};

/* Who makes the entries, and the images or their copies, instead of the distribution's usual tools. */
enum boot_keeper {
	KEEPER_NONE,
	KEEPER_OSTREE,
	KEEPER_NIXOS,
	KEEPER_PROXMOX_BOOT_TOOL,
	KEEPER_KERNELSTUB,
};

/* Who boots this machine, and with which image: as far as this boot has left traces, never a guess. */
struct booting {
	enum boot_loader_kind loader;
	enum boot_keeper keeper;
	struct strings images;		/* initramfs or unified images, below the root: this boot came from one; none: unknown */
	const char *named;		/* what the loader calls its image, where that is at no place that is mounted; or NULL */
	const char *entry;		/* the file in loader/entries that was selected, below the root, or NULL */
	const char *evidence;		/* for a person: what tells it, or why it cannot be told */
	struct boot_entries entries;	/* what loaders offer, which may be more than one loader's */
};

void booting_find(const struct machine *machine, struct booting *booting);

#endif
