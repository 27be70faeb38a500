/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Installed kernels, their images, and what we know to be in them. */
#include "images.h"

#include "../machine/status.h"
#include "../../core/record.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define RECORD_SIZE_MAX ((size_t)1024 * 1024)

static const char *find_file(const struct machine *machine, const char *kernel)
{
	const char *id = root_attribute(machine->fd, "etc/machine-id");
	const char *places[] = {
		text_of("boot/initrd.img-%s", kernel), text_of("boot/initramfs-%s.img", kernel),
		text_of("boot/initrd-%s", kernel),
		text_of("boot/%s/%s/initrd", id ? id : "", kernel), text_of("efi/%s/%s/initrd", id ? id : "", kernel),
		text_of("boot/efi/%s/%s/initrd", id ? id : "", kernel),
		text_of("boot/efi/EFI/Linux/linux-%s.efi", kernel), text_of("efi/EFI/Linux/linux-%s.efi", kernel),
		text_of("boot/EFI/Linux/linux-%s.efi", kernel),
	};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (root_exists(machine->fd, places[i]))
			return places[i];
	return NULL;
}

/* A builder calls us before it writes the image: one that came to nothing leaves an image older than its record. */
static bool is_no_older(int root, const char *file, const char *record)
{
	struct stat one, other;

	if (status_of(root, file, true, &one) || status_of(root, record, true, &other))
		return false;
	return one.st_mtim.tv_sec > other.st_mtim.tv_sec ||
	       (one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec >= other.st_mtim.tv_nsec);
}

static void read_record(const struct machine *machine, struct image *image)
{
	const char *path = text_of(RECORDS "/%s", image->kernel), *text, *event, *rest;
	size_t length;
	const char *end;

	if (root_read(machine->fd, path, RECORD_SIZE_MAX, &text, &length))
		return;
	end = text + length;
	if (!record_next(&text, end, &event, &rest) || strcmp(event, "manifest"))
		return;
	image->by = record_value(rest, "by");
	image->stamp = record_value(rest, "stamp");
	while (record_next(&text, end, &event, &rest))
		if (!strcmp(event, "use"))
			strings_add(&image->uses, rest);
	image->finished = !image->file || is_no_older(machine->fd, image->file, path);
}

/*
 * What a removed kernel has left behind has neither the lists that came with it nor anything to boot; the one that
 * runs may have been booted from elsewhere.
 */
static bool is_installed(const struct machine *machine, const char *kernel)
{
	return root_exists(machine->fd, text_of("lib/modules/%s/modules.builtin", kernel)) &&
	       (text_same(kernel, machine->kernel) || root_exists(machine->fd, text_of("boot/vmlinuz-%s", kernel)) ||
		root_exists(machine->fd, text_of("lib/modules/%s/vmlinuz", kernel)) || find_file(machine, kernel));
}

void images_find(const struct machine *machine, struct images *images)
{
	struct strings names = { 0 };

	*images = (struct images) { 0 };
	root_list(machine->fd, "lib/modules", &names);
	for_each(name, &names) {
		struct image *image;

		if (!is_installed(machine, *name))
			continue;
		image = list_add(images);
		image->kernel = *name;
		image->file = find_file(machine, *name);
		read_record(machine, image);
	}
}

const char *rebuild_command(const struct machine *machine, const char *kernel)
{
	if (root_exists(machine->fd, "usr/sbin/update-initramfs"))
		return text_of("update-initramfs -u -k %s", kernel ? kernel : "all");
	if (root_exists(machine->fd, "usr/bin/dracut") || root_exists(machine->fd, "usr/sbin/dracut"))
		return kernel ? text_of("dracut --force --kver %s", kernel) : "dracut --regenerate-all --force";
	return NULL;
}
