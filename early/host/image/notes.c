/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What builders have noted of the images that they were about to write, and which of the notes is an image's. */
#include "notes.h"
#include "entries.h"

#include "../machine/path.h"
#include "../machine/status.h"
#include "../machine/write.h"
#include "../../core/record.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_SIZE_MAX ((size_t)1024 * 1024)

/* ---- written ---- */

/*
 * Where an image will be, below the root: update-initramfs has it made under another name, kernel-install in a
 * directory from which it is copied to its partition (kernel-install(8)).
 */
static const char *place_of(const struct machine *machine, const char *kernel, const char *image)
{
	const char *staging = getenv("KERNEL_INSTALL_STAGING_AREA"), *boot = getenv("KERNEL_INSTALL_BOOT_ROOT");
	const char *token = getenv("KERNEL_INSTALL_ENTRY_TOKEN"), *layout = getenv("KERNEL_INSTALL_LAYOUT");

	if (staging && boot && token && text_begins(image, staging))
		image = text_same(layout, "uki") ? text_of("%s/EFI/Linux/%s-%s.efi", boot, token, kernel) :
			text_of("%s/%s/%s/%s", boot, token, kernel, path_name(image));
	if (!machine->live && text_begins(image, machine->root))
		image += strlen(machine->root);
	if (name_ends(image, ".new"))
		image = keep_bytes(image, strlen(image) - strlen(".new"));
	return image + strspn(image, "/");
}

/* As sysfs has it, "!" stands for "/". */
static const char *name_for(const char *image)
{
	char *name = keep_string(image), *slash;

	for (slash = strchr(name, '/'); slash; slash = strchr(slash, '/'))
		*slash = '!';
	return name;
}

int image_note_write(const struct machine *machine, const char *kernel, const char *image, const char *records)
{
	const char *place = *image ? place_of(machine, kernel, image) : NULL;
	const char *end = records + strlen(records), *event, *rest;
	struct text lines = { 0 }, value = { 0 };

	text_add_value(&value, place);
	while (record_next(&records, end, &event, &rest)) {
		if (!strcmp(event, "manifest"))
			text_print(&lines, "manifest %s%s%s\n", rest, place ? " image=" : "", place ? value.bytes : "");
		else if (!strcmp(event, "use"))
			text_print(&lines, "use %s\n", rest);
	}
	return write_ours(machine, text_of(RECORDS "/%s", name_for(place ? place : kernel)), lines.bytes, lines.length);
}

/* ---- read ---- */

static void read_note(const struct machine *machine, const char *name, struct image_notes *notes)
{
	struct image_note note = { .path = text_of(RECORDS "/%s", name) };
	const char *text, *end, *event, *rest;
	size_t length;

	if (root_read(machine->fd, note.path, NOTE_SIZE_MAX, &text, &length))
		return;
	end = text + length;
	if (!record_next(&text, end, &event, &rest) || strcmp(event, "manifest"))
		return;
	note.kernel = record_value(rest, "kernel");
	note.image = record_value(rest, "image");
	note.by = record_value(rest, "by");
	note.stamp = record_value(rest, "stamp");
	if (!note.image)
		note.kernel = name;
	while (record_next(&text, end, &event, &rest))
		if (!strcmp(event, "use"))
			strings_add(&note.uses, rest);
	*list_add(notes) = note;
}

struct image_notes image_notes_read(const struct machine *machine)
{
	struct image_notes notes = { 0 };
	struct strings names = { 0 };

	root_list(machine->fd, RECORDS, &names);
	for_each(name, &names)
		read_note(machine, *name, &notes);
	return notes;
}

void image_notes_forget(const struct machine *machine, const char *kernel)
{
	struct image_notes notes = image_notes_read(machine);

	for_each(note, &notes)
		if (text_same(note->kernel, kernel))
			remove_ours(machine, note->path);
}

/* ---- whose note it is ---- */

/* FAT has only even seconds, rounded down. */
static bool is_no_older(const struct stat *one, const struct stat *other)
{
	time_t seconds = one->st_mtim.tv_sec + (one->st_mtim.tv_nsec || one->st_mtim.tv_sec % 2 ? 0 : 2);

	return seconds > other->st_mtim.tv_sec ||
	       (seconds == other->st_mtim.tv_sec && one->st_mtim.tv_nsec >= other->st_mtim.tv_nsec);
}

bool file_is_no_older(const struct machine *machine, const char *file, const char *other)
{
	struct stat one, two;

	return !status_of(machine->fd, file, true, &one) && !status_of(machine->fd, other, true, &two) &&
	       is_no_older(&one, &two);
}

static bool is_same_file(const struct machine *machine, const char *one, const char *other)
{
	struct stat a, b;

	return text_same(without_tries(one), without_tries(other)) ||
	       (!status_of(machine->fd, one, true, &a) && !status_of(machine->fd, other, true, &b) &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

/* A copy, in another directory, tells nothing of its origin but its size and that it was not made before. */
static bool is_made_of(const struct machine *machine, const char *kernel, const char *file, const char *origin)
{
	struct boot_entry unified = { .image = text_of("/%s", file) };
	struct stat a, b;

	if (status_of(machine->fd, file, true, &a) || status_of(machine->fd, origin, true, &b) || !is_no_older(&a, &b))
		return false;
	return (a.st_size == b.st_size && !text_same(path_directory(file), path_directory(origin))) ||
	       (name_ends(file, ".efi") && entry_is_for(machine, &unified, kernel));
}

const struct image_note *image_note_of(const struct machine *machine, const struct image_notes *notes,
				       const char *kernel, const char *image, const char *usual)
{
	const struct image_note *origin = NULL;

	for_each(note, notes) {
		const char *place = !note->image || text_same(note->image, usual) ? usual : note->image;

		if (image && note->image && is_same_file(machine, image, place))
			return note;
		if (!text_same(note->kernel, kernel))
			continue;
		if (image ? place && (is_same_file(machine, image, place) ||
				      (place == usual && is_made_of(machine, kernel, image, place))) :
			    !place || place == usual || !root_exists(machine->fd, place))
			origin = note;
	}
	return origin;
}
