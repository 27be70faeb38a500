/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BUILDERS_H
#define VFIO_EARLY_BUILDERS_H

#include "images.h"

/* How an image is made anew on this machine. */
struct rebuild {
	const char *command;		/* NULL: none that we know */
	const char *before;		/* what a person has to do first, or instead; NULL: nothing */
	bool runs;			/* "enable" runs the command; else it is for a person, who has more to decide */
	const char *all;		/* the command that makes all images of this builder, this one too; NULL: none does */
};

/* image NULL: the images of all kernels, where one command does that. */
struct rebuild rebuild_of(const struct machine *machine, const struct booting *booting, const struct image *image);

/* For a person: "sudo dracut-rebuild", or what else there is to do. Kept. */
const char *rebuild_shown(const struct rebuild *rebuild);

/* What makes the image that boots have the configuration, for a person: copying image->elsewhere, or building. Kept. */
const char *remedy_of(const struct machine *machine, const struct booting *booting, const struct image *image);

/* The command that rebuilds the images of all kernels, if "enable" may run it; else NULL. Kept. */
const char *rebuild_command(const struct machine *machine);

#endif
