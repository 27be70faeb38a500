/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NOTES_H
#define VFIO_EARLY_NOTES_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* Where it is noted what an image is going to have: a file for each image, since a kernel may have several. */
#define RECORDS "var/lib/vfio-early"

struct image_note {
	const char *path;		/* of the note, below the root */
	const char *kernel;
	const char *image;		/* below the root; NULL: its builder did not say */
	const char *by, *stamp;
	struct strings uses;		/* the "use" records in it, whole lines */
};

struct image_notes {
	struct image_note *items;
	size_t count;
};

struct image_notes image_notes_read(const struct machine *machine);

/*
 * Notes of an image that is being built, which a builder calls image ("": it does not know), what the manifest says of
 * its making and of the host's uses. 0 or -errno.
 */
int image_note_write(const struct machine *machine, const char *kernel, const char *image, const char *records);

/* The notes of a kernel's images go. */
void image_notes_forget(const struct machine *machine, const char *kernel);

/* Whether two files have been written in that order, as far as their file systems can tell; false if one is missing. */
bool file_is_no_older(const struct machine *machine, const char *file, const char *other);

/*
 * The note of what is in an image of that kernel, or NULL. usual: the image whose place a builder need not say. A copy
 * of that, and a unified image with the kernel's name that was made of it, have its note.
 */
const struct image_note *image_note_of(const struct machine *machine, const struct image_notes *notes,
				       const char *kernel, const char *image, const char *usual);

#endif
