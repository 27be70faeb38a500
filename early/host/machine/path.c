/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Path names, taken apart. */
#include "path.h"

#include "../../core/memory.h"

#include <string.h>

const char *path_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash ? "." : slash == path ? "/" : keep_bytes(path, (size_t)(slash - path));
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool name_ends(const char *name, const char *ending)
{
	size_t length = strlen(name), end = strlen(ending);

	return length > end && !strcmp(name + length - end, ending);
}
