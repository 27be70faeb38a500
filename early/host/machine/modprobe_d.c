/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of modprobe.d(5): which of them are read, and in which order. */
#include "modprobe_d.h"

#include "../../core/model.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <stdlib.h>
#include <string.h>

/* A file hides those of the same name in later directories. */
static const char *const directories[] = {
	"etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d",
};

#define DIRECTORY_COUNT (sizeof(directories) / sizeof(directories[0]))
#define DIRECTORIES_OF_PEOPLE 3

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct modprobe_file *)a)->name, ((const struct modprobe_file *)b)->name);
}

static bool has_file(const struct modprobe_files *files, const char *name)
{
	for_each(file, files)
		if (!strcmp(file->name, name))
			return true;
	return false;
}

struct modprobe_files modprobe_files(const struct machine *machine)
{
	struct modprobe_files files = { 0 };
	size_t i;

	for (i = 0; i < DIRECTORY_COUNT; i++) {
		struct strings names = { 0 };

		root_list(machine->fd, directories[i], &names);
		for_each(name, &names) {
			size_t length = strlen(*name);

			if (length > 5 && !strcmp(*name + length - 5, ".conf") && !has_file(&files, *name))
				*list_add(&files) = (struct modprobe_file) {
					.name = *name, .path = text_of("%s/%s", directories[i], *name),
					.is_of_people = i < DIRECTORIES_OF_PEOPLE,
				};
		}
	}
	if (files.count)
		qsort(files.items, files.count, sizeof(*files.items), compare_files);
	return files;
}
