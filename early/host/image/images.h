/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_IMAGES_H
#define VFIO_EARLY_IMAGES_H

#include "booting.h"
#include "notes.h"

#include "../machine/machine.h"
#include "../../core/model.h"

/* How we know that a file is the image of a kernel. */
enum image_place {
	PLACE_USUAL,			/* builders put it there; what boots may be another */
	PLACE_OFFERED,			/* by the loader that has booted this machine */
	PLACE_BOOTED,			/* this boot came from it, or from another of this kernel that is marked so */
};

/* An installed kernel and an image that it boots with. */
struct image {
	const char *kernel;
	const char *file;		/* below the root, NULL: at no place that is known or can be seen */
	enum image_place place;
	const char *by, *stamp;		/* of what is in it; NULL: nothing of ours that is known */
	const char *elsewhere;		/* another image of this kernel, which is noted; NULL: none, or this one is */
	bool proved;			/* the log of this boot says what was in it */
	struct strings uses;		/* the "use" records in it, whole lines */
	bool uses_known;
	bool finished;			/* the image is no older than its note */
};

struct images {
	struct image *items;		/* by kernel; more than one of a kernel where this boot came from one of them */
	size_t count;
	struct booting booting;
};

/* The kernels of lib/modules. */
void images_find(const struct machine *machine, struct images *images);

#endif
