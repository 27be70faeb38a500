/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Installed kernels, the images that they boot with, and what we know to be in them. */
#include "images.h"
#include "boot_log.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

/* What is looked at for every kernel. */
struct search {
	const struct machine *machine;
	struct image_notes notes;
	struct boot_log log;
};

/* Where builders put an image unless they are told otherwise; entries of loaders may lead elsewhere. */
static const char *usual_file(const struct machine *machine, const char *kernel)
{
	const char *id = root_attribute(machine->fd, "etc/machine-id");
	const char *package = root_attribute(machine->fd, text_of("lib/modules/%s/pkgbase", kernel));
	const char *places[] = {
		text_of("boot/initrd.img-%s", kernel), text_of("boot/initramfs-%s.img", kernel),
		text_of("boot/initrd-%s", kernel), text_of("boot/initramfs-%s.img", package ? package : ""),
		text_of("boot/%s/%s/initrd", id ? id : "", kernel), text_of("efi/%s/%s/initrd", id ? id : "", kernel),
		text_of("boot/efi/%s/%s/initrd", id ? id : "", kernel),
	};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (root_exists(machine->fd, places[i]))
			return places[i];
	return NULL;
}

/* What a loader offers for a kernel; files of GRUB may be left behind where another loader boots. */
static const char *offered_file(const struct machine *machine, const struct booting *booting, const char *kernel)
{
	const char *file = NULL;

	for_each(entry, &booting->entries)
		if (!file && entry->image && entry_is_for(machine, entry, kernel) &&
		    (booting->loader == LOADER_GRUB || !strstr(entry->source, "/grub")))
			file = boot_file(machine, entry->image);
	return file;
}

/* Where nothing can have been built since, the log of this boot tells what is in the image that it came from. */
static void take_log(const struct search *search, struct image *image, const struct image_note *note)
{
	const char *stamp = boot_log_value(&search->log, "vfio-early", "stamp");
	bool is_older = !image->file || file_is_no_older(search->machine, BOOT_LOG, image->file);

	if (!stamp || !text_same(image->kernel, search->machine->kernel))
		return;
	if (is_older && ((image->place == PLACE_BOOTED && image->file) || !note)) {
		image->uses_known &= text_same(image->stamp, stamp);
		image->stamp = stamp;
		image->by = boot_log_value(&search->log, "vfio-early", "by");
		image->finished = true;
	}
	image->proved = text_same(image->stamp, stamp);
}

static void add_image(const struct search *search, struct images *images, const char *kernel, const char *file,
		      enum image_place place)
{
	const char *usual = usual_file(search->machine, kernel);
	const struct image_note *note = image_note_of(search->machine, &search->notes, kernel, file, usual ? usual : file);
	struct image *image = list_add(images);

	*image = (struct image) { .kernel = kernel, .file = file, .place = place };
	if (note) {
		image->by = note->by;
		image->stamp = note->stamp;
		image->uses = note->uses;
		image->uses_known = true;
		image->finished = !file || file_is_no_older(search->machine, file, note->path);
	} else if (usual && file && image_note_of(search->machine, &search->notes, kernel, usual, usual)) {
		image->elsewhere = usual;
	}
	take_log(search, image, note);
}

/*
 * What a removed kernel has left behind has neither the lists that came with it nor anything to boot; the one that
 * runs may have been booted from elsewhere.
 */
static bool is_installed(const struct machine *machine, const struct booting *booting, const char *kernel)
{
	return root_exists(machine->fd, text_of("lib/modules/%s/modules.builtin", kernel)) &&
	       (text_same(kernel, machine->kernel) || root_exists(machine->fd, text_of("boot/vmlinuz-%s", kernel)) ||
		root_exists(machine->fd, text_of("lib/modules/%s/vmlinuz", kernel)) || usual_file(machine, kernel) ||
		offered_file(machine, booting, kernel));
}

static void add_kernel(const struct search *search, struct images *images, const char *kernel)
{
	const struct booting *booting = &images->booting;
	bool runs = text_same(kernel, search->machine->kernel);
	const char *file;

	if (runs && (booting->images.count || booting->named)) {
		for_each(image, &booting->images)
			add_image(search, images, kernel, *image, PLACE_BOOTED);
		if (!booting->images.count)
			add_image(search, images, kernel, NULL, PLACE_BOOTED);
		return;
	}
	file = offered_file(search->machine, booting, kernel);
	add_image(search, images, kernel, file ? file : usual_file(search->machine, kernel),
		  file && !runs && booting->loader ? PLACE_OFFERED : PLACE_USUAL);
}

void images_find(const struct machine *machine, struct images *images)
{
	struct search search = { .machine = machine, .notes = image_notes_read(machine) };
	struct strings names = { 0 };

	*images = (struct images) { 0 };
	booting_find(machine, &images->booting);
	boot_log_read(machine, &search.log);
	root_list(machine->fd, "lib/modules", &names);
	for_each(name, &names)
		if (is_installed(machine, &images->booting, *name))
			add_kernel(&search, images, *name);
}
