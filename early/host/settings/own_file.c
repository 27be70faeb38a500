/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of "enable" and "disable". */
#include "own_file.h"

#include "../machine/status.h"
#include "../machine/write.h"
#include "../../core/root.h"

#include <errno.h>
#include <string.h>

#define OWN_FILE_SIZE_MAX (256ul * 1024)

static enum exit_code cannot(const struct machine *machine, int error)
{
	const char *what = error == -EINVAL ? "is no regular file" : strerror(-error);
	struct stat status;

	if (error == -ELOOP)
		what = !status_of(machine->fd, OWN_FILE, false, &status) && S_ISLNK(status.st_mode) ?
		       "is a symbolic link" : "a directory above it is a symbolic link";
	return complain(EXIT_PROBLEM, "%s: %s; nothing was changed", machine_path(machine, OWN_FILE), what);
}

enum exit_code own_file_write(const struct machine *machine, const char *content)
{
	int error = *content ? write_ours(machine, OWN_FILE, content, strlen(content)) : remove_ours(machine, OWN_FILE);

	return error ? cannot(machine, error) : EXIT_FINE;
}

const char *own_file_read(const struct machine *machine)
{
	const char *content = "";
	size_t length;
	int error = root_read(machine->fd, OWN_FILE, OWN_FILE_SIZE_MAX, &content, &length);

	if (error && error != -ENOENT) {
		cannot(machine, error);
		return NULL;
	}
	return error ? "" : content;
}
