/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IMAGES_H
#define VFIO_EARLY_IMAGES_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* Where image builders leave what the manifest of an image says of its making and of the host's uses, by kernel. */
#define RECORDS "var/lib/vfio-early"

/* An installed kernel and the image that it boots with. */
struct image {
	const char *kernel;
	const char *file;		/* below the root, NULL: at none of the usual places */
	const char *by, *stamp;		/* of what was built last; NULL: nothing of ours */
	struct strings uses;		/* the "use" records in it, whole lines */
	bool finished;			/* the image is no older than its record */
};

struct images {
	struct image *items;
	size_t count;
};

/* The kernels of lib/modules, by name. */
void images_find(const struct machine *machine, struct images *images);

/* The command that rebuilds the image of a kernel with the builder that is installed, or of all (NULL); kept. */
const char *rebuild_command(const struct machine *machine, const char *kernel);

#endif
