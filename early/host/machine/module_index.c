/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkmod, held to the files of the machine. */
#include "module_index.h"
#include "below.h"
#include "modprobe_d.h"
#include "status.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_SIZE_MAX (64l * 1024 * 1024)	/* the largest of a distribution's kernel has 2 MiB */
#define LOG_LEVEL "KMOD_LOG"	/* libkmod reads the files before its level of messages can be set by a function */

/* A directory of the machine under a name that leads a library nowhere else. */
struct lent {
	const char *directory, *name;
	int fd;				/* behind the name */
};

struct lents {
	struct lent *items;
	size_t count;
};

/* NULL: there is none. */
static const char *lend(const struct machine *machine, const char *directory, struct lents *lents)
{
	int fd;

	if (machine->live)
		return text_of("/%s", directory);
	for_each(lent, lents)
		if (text_same(lent->directory, directory))
			return lent->name;
	fd = below_open(machine->fd, directory, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return NULL;
	*list_add(lents) = (struct lent) {
		.directory = directory, .name = text_of("/proc/self/fd/%u", (unsigned)fd), .fd = fd,
	};
	return lents->items[lents->count - 1].name;
}

/* On the live system root has put it there, so any file will do. */
static bool is_for_library(const struct machine *machine, const char *path)
{
	struct stat status;

	return machine->live || (!status_of(machine->fd, path, false, &status) && S_ISREG(status.st_mode) &&
				 status.st_size <= FILE_SIZE_MAX);
}

/* modules.dep.bin and those beside it */
static bool are_for_library(const struct machine *machine, const char *directory)
{
	struct strings names = { 0 };

	if (machine->live)
		return true;
	root_list(machine->fd, directory, &names);
	for_each(name, &names)
		if (text_begins(*name, "modules.") && !is_for_library(machine, text_of("%s/%s", directory, *name)))
			return false;
	return true;
}

/* The files of modprobe.d as libkmod wants them: NULL at the end. */
static const char *const *configuration(const struct machine *machine, struct lents *lents)
{
	struct modprobe_files files = modprobe_files(machine);
	LIST(const char *) paths = { 0 };

	for_each(file, &files) {
		const char *directory = is_for_library(machine, file->path) ? lend(machine, file->directory, lents) : NULL;

		if (directory)
			*list_add(&paths) = text_of("%s/%s", directory, file->name);
	}
	*list_add(&paths) = NULL;
	return paths.items;
}

int module_index_open(const struct machine *machine, const char *kernel, bool configured, struct module_index *index)
{
	static const char *const nothing[] = { NULL };
	const char *directory = text_of("lib/modules/%s", kernel);
	struct lents lents = { 0 }, read = { 0 };	/* open as long as the index is used; and until it is made */
	int error;

	*index = (struct module_index) { .directory = lend(machine, directory, &lents) };
	if (!index->directory)
		return -ENOENT;
	if (!are_for_library(machine, directory))
		return -EINVAL;
	setenv(LOG_LEVEL, "0", true);	/* else it prints lines that it does not understand as they are */
	index->kmod = kmod_new(index->directory, configured ? configuration(machine, &read) : nothing);
	unsetenv(LOG_LEVEL);
	for_each(lent, &read)
		close(lent->fd);
	if (!index->kmod)
		return -ENOMEM;
	kmod_set_log_priority(index->kmod, -1);
	error = kmod_load_resources(index->kmod);
	if (error) {
		kmod_unref(index->kmod);
		index->kmod = NULL;
	}
	return error;
}
