/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the boot program reads: the root is its own, and each system call costs time. */
#include "../core/reach.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int reach_file(int root, const char *path)
{
	return openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

int reach_directory(int root, const char *path)
{
	return openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

ssize_t reach_link(int root, const char *path, char *target, size_t size)
{
	return readlinkat(root, path, target, size);
}

bool reach_anything(int root, const char *path)
{
	struct stat status;

	return !fstatat(root, path, &status, AT_SYMLINK_NOFOLLOW);
}
