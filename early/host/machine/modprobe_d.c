/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of modprobe.d(5): which of them are read, in which order, and their lines. */
#include "modprobe_d.h"
#include "path.h"

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
#define FILE_SIZE_MAX (1024ul * 1024)

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
		for_each(name, &names)
			if (name_ends(*name, ".conf") && !has_file(&files, *name))
				*list_add(&files) = (struct modprobe_file) {
					.name = *name, .directory = directories[i],
					.path = text_of("%s/%s", directories[i], *name),
					.is_of_people = i < DIRECTORIES_OF_PEOPLE,
				};
	}
	if (files.count)
		qsort(files.items, files.count, sizeof(*files.items), compare_files);
	return files;
}

/* The next line with those that continue it; *number is that of the last one read. */
static const char *next_line(const char **cursor, unsigned *number)
{
	struct text text = { 0 };
	bool goes_on = true;

	while (goes_on && **cursor) {
		size_t length = strcspn(*cursor, "\n");

		goes_on = length && (*cursor)[length - 1] == '\\';
		text_add(&text, *cursor, length - goes_on);
		*cursor += length + ((*cursor)[length] == '\n');
		++*number;
	}
	return text.length ? text.bytes + strspn(text.bytes, " \t") : "";
}

int modprobe_lines(const struct machine *machine, const char *path, struct modprobe_lines *lines)
{
	unsigned number = 0;
	const char *cursor;
	size_t length;
	int error;

	*lines = (struct modprobe_lines) { 0 };
	error = root_read(machine->fd, path, FILE_SIZE_MAX, &cursor, &length);
	while (!error && *cursor) {
		struct modprobe_line line = { .number = number + 1 };

		line.text = next_line(&cursor, &number);
		line.words = cmdline_parse(line.text, strcspn(line.text, "\r"));
		if (line.words.count > 1 && *line.text != '#')
			*list_add(lines) = line;
	}
	return error;
}

const char *modprobe_place(const char *path, const struct modprobe_line *line)
{
	return text_of("/%s:%u", path, line->number);
}
