/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOT_LOADER_H
#define VFIO_EARLY_BOOT_LOADER_H

#include "boot_loader/plan.h"

#include "../machine/machine.h"

/*
 * One way on which machines have kernel parameters. Either the two functions plan what is written, or, where
 * a tool of others has them, the two texts tell a person what to do.
 */
struct boot_loader {
	const char *name;		/* in the note of what was added */
	/* Plans the parameter wherever it is missing on this way. */
	void (*add)(const struct machine *machine, struct parameter_plan *plan);
	/* Plans that it is taken out of a place that add has planned, which may have another name by now. */
	void (*take_back)(const struct machine *machine, const char *place, struct parameter_plan *plan);
	const char *to_add, *to_take_back;	/* with '%' for the parameter; NULL: it is written */
};

struct boot_loaders {
	const struct boot_loader **items;
	size_t count;
};

/* The ways of what has booted this machine; where that is unknown, all that are here. None: on no way that is known. */
struct boot_loaders boot_loaders_of(const struct machine *machine);

/* The one of that name, or NULL. */
const struct boot_loader *boot_loader_named(const char *name);

/* One of those texts with the parameter in it; kept. */
const char *boot_loader_typed(const char *template, const char *parameter);

#endif
