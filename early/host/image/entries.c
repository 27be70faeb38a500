/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot loaders offer to boot, read from their files, and where the files are that these name. */
#include "entries.h"

#include "../machine/path.h"
#include "../machine/status.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <string.h>

#define FILE_SIZE_MAX (4ul * 1024 * 1024)
#define BLANKS " \t"

/* Where the partitions may be mounted that loaders read; first the root file system itself. */
static const char *const partitions[] = { "", "boot", "efi", "boot/efi" };

#define PARTITION_COUNT (sizeof(partitions) / sizeof(partitions[0]))

const char *boot_path(const char *written)
{
	const char *device_end = *written == '(' ? strchr(written, ')') : NULL;
	char *path = keep_string(device_end ? device_end + 1 : written), *at;

	for (at = path; *at; at++)
		if (*at == '\\')
			*at = '/';
	while (path[0] == '/' && path[1] == '/')
		path++;
	return *path == '/' ? path : text_of("/%s", path);
}

bool is_beside_image(const char *written)
{
	return strstr(written, "ucode") || strstr(written, "microcode") || strstr(written, "/initramfs-overlays/");
}

const char *without_tries(const char *name)
{
	const char *plus = strrchr(name, '+'), *rest = plus ? plus + 1 + strspn(plus + 1, "0123456789") : NULL;

	if (!plus || rest == plus + 1)
		return name;
	if (*rest == '-')
		rest += 1 + strspn(rest + 1, "0123456789");
	return *rest == '.' ? text_of("%s%s", keep_bytes(name, (size_t)(plus - name)), rest) : name;
}

/* ---- where the files are ---- */

/* The file at a path, or what a link there leads to in the same directory (initrd.img -> initrd.img-6.1). */
static const char *file_at(const struct machine *machine, const char *path)
{
	const char *target = root_link(machine->fd, path);
	struct stat status;

	if (status_of(machine->fd, path, true, &status) || !S_ISREG(status.st_mode))
		return NULL;
	return target && !strchr(target, '/') ? text_of("%s/%s", path_directory(path), target) : path;
}

static const char *on_a_partition(const struct machine *machine, const char *path)
{
	const char *file = NULL;
	size_t i;

	for (i = 0; i < PARTITION_COUNT && !file; i++)
		file = file_at(machine, *partitions[i] ? text_of("%s%s", partitions[i], path) : path + 1);
	return file;
}

/* What begins such a path may be a subvolume or a dataset that is mounted: "/@/boot/x", "/ROOT/pve-1@/boot/x". */
const char *boot_file(const struct machine *machine, const char *written)
{
	const char *path = boot_path(written), *file = on_a_partition(machine, path), *volume = strrchr(path, '@');

	if (!file && volume && strchr(volume, '/'))
		file = on_a_partition(machine, strchr(volume, '/'));
	if (!file && strstr(path, "/boot/"))
		file = on_a_partition(machine, strstr(path, "/boot/"));
	return file;
}

/* ---- which kernel they are for ---- */

/* Whether a name has the version as a whole: what follows is its end, an ending of ours, or the machine's ID. */
static bool has_version(const struct machine *machine, const char *name, const char *version)
{
	const char *id = root_attribute(machine->fd, "etc/machine-id"), *at;
	size_t length = strlen(version);

	for (at = strstr(name, version); at; at = strstr(at + 1, version)) {
		const char *rest = at + length;

		if (at > name && at[-1] != '-' && at[-1] != '/')
			continue;
		if (!*rest || *rest == '/' || text_same(rest, ".efi") || text_same(rest, ".img") ||
		    (id && *id && *rest == '-' && text_begins(rest + 1, id)))
			return true;
	}
	return false;
}

bool entry_is_for(const struct machine *machine, const struct boot_entry *entry, const char *kernel)
{
	const char *package = root_attribute(machine->fd, text_of("lib/modules/%s/pkgbase", kernel));
	const char *name = entry->kernel ? entry->kernel :
			   entry->image ? without_tries(path_name(boot_path(entry->image))) : "";

	return has_version(machine, name, kernel) ||
	       (package && entry->kernel && text_same(path_name(entry->kernel), text_of("vmlinuz-%s", package)));
}

/* ---- what is offered ---- */

/* The next word of a line, kept; "" at its end. */
static const char *next_word(const char **at)
{
	const char *word = *at + strspn(*at, BLANKS);

	*at = word + strcspn(word, BLANKS "\r\n");
	return keep_bytes(word, (size_t)(*at - word));
}

/* Behind "initrd", without variables of GRUB's: the kernel unpacks one over the other, so that the last one counts. */
static const char *image_in(const char *at, const char *before)
{
	const char *word, *image = before;

	for (word = next_word(&at); *word; word = next_word(&at))
		if (!is_beside_image(word) && *word != '$')
			image = word;
	return image;
}

/* Lines of "linux PATH ..." and "initrd PATH..."; in a file of one entry in any order. */
static void read_entries(const char *text, const char *source, bool one, struct boot_entries *entries)
{
	struct boot_entry *entry = NULL, first = { .source = source };

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *at = text, *key = next_word(&at);

		if (text_same(key, "linux") || text_same(key, "linuxefi") || text_same(key, "linux16")) {
			if (!entry || !one) {
				entry = list_add(entries);
				*entry = first;
			}
			entry->kernel = boot_path(next_word(&at));
		} else if (text_same(key, "initrd") || text_same(key, "initrdefi") || text_same(key, "initrd16")) {
			if (entry)
				entry->image = image_in(at, entry->image);
			else if (one)
				first.image = image_in(at, first.image);
		} else if (one && (text_same(key, "efi") || text_same(key, "uki"))) {
			*list_add(entries) = (struct boot_entry) { .source = source, .image = next_word(&at) };
			return;
		}
	}
}

static void read_file(const struct machine *machine, const char *path, bool one, struct boot_entries *entries)
{
	const char *text;
	size_t length;
	int error = root_read(machine->fd, path, FILE_SIZE_MAX, &text, &length);

	entries->unreadable |= error == -EACCES;
	if (!error)
		read_entries(text, path, one, entries);
}

/* The files of a directory on a partition with that ending. */
static struct strings files_in(const struct machine *machine, const char *partition, const char *directory,
			       const char *ending, struct boot_entries *entries)
{
	const char *path = text_of("%s/%s", partition, directory);
	struct strings names = { 0 }, files = { 0 };

	entries->unreadable |= root_list(machine->fd, path, &names) == -EACCES;
	for_each(name, &names)
		if (name_ends(*name, ending))
			strings_add(&files, text_of("%s/%s", path, *name));
	return files;
}

struct boot_entries boot_entries_find(const struct machine *machine)
{
	static const char *const grub[] = { "boot/grub/grub.cfg", "boot/grub2/grub.cfg", "boot/grub/custom.cfg" };
	struct boot_entries entries = { 0 };
	size_t i;

	for (i = 0; i < sizeof(grub) / sizeof(grub[0]); i++)
		read_file(machine, grub[i], false, &entries);
	for (i = 1; i < PARTITION_COUNT; i++) {
		struct strings files = files_in(machine, partitions[i], "loader/entries", ".conf", &entries),
			       unified = files_in(machine, partitions[i], "EFI/Linux", ".efi", &entries);

		for_each(file, &files)
			read_file(machine, *file, true, &entries);
		for_each(file, &unified)
			*list_add(&entries) = (struct boot_entry) { .source = *file, .image = text_of("/%s", *file) };
	}
	return entries;
}
