/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOT_LOADER_H
#define VFIO_EARLY_BOOT_LOADER_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* How far a change of kernel parameters has come. */
enum change {
	CHANGE_DONE,
	CHANGE_LEFT,			/* something is left to type in that system, which was said: see run.h */
	CHANGE_FAILED,			/* after a complaint */
};

/* One way on which distributions keep kernel parameters. */
struct boot_loader {
	const char *name;		/* in the note of what was added */
	/* Where the machine keeps them on this way, for a person: "/etc/kernel/cmdline"; NULL: not on this way. Kept. */
	const char *(*detect)(const struct machine *machine);
	/* The places where a parameter is missing, by the names that add and remove take. */
	struct strings (*lacking)(const struct machine *machine, const char *parameter);
	/*
	 * Change one place, and have made anew what is made of it; images, too, if they are what has the
	 * parameters, and images is set. Adding what is there changes nothing.
	 */
	enum change (*add)(const struct machine *machine, const char *place, const char *parameter, bool images);
	enum change (*remove)(const struct machine *machine, const char *place, const char *parameter, bool images);
};

extern const struct boot_loader boot_loader_grub, boot_loader_grubby, boot_loader_kernel_cmdline, boot_loader_entries;

/* The one that this machine has, or NULL. */
const struct boot_loader *boot_loader_of(const struct machine *machine);

/* The one of that name, or NULL. */
const struct boot_loader *boot_loader_named(const char *name);

#endif
