/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the host command reads: only regular files, directories and links, and none outside of the root. */
#include "below.h"
#include "status.h"

#include "../../core/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int fail(int error)
{
	errno = -error;
	return -1;
}

static int wrong_type(const struct stat *status)
{
	return S_ISREG(status->st_mode) ? 0 : S_ISDIR(status->st_mode) ? -EISDIR : -EINVAL;
}

/*
 * The type is checked before opening, since opening a device may start it, and again after it, since by then the
 * path may lead elsewhere.
 */
int reach_file(int root, const char *path)
{
	struct stat status;
	int fd, error = status_of(root, path, true, &status);

	if (!error)
		error = wrong_type(&status);
	if (error)
		return fail(error);
	fd = below_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail(fd);
	error = fstat(fd, &status) ? -errno : wrong_type(&status);
	if (error) {
		close(fd);
		return fail(error);
	}
	return fd;
}

int reach_directory(int root, const char *path)
{
	int fd = below_open(root, path, O_RDONLY | O_DIRECTORY);

	return fd < 0 ? fail(fd) : fd;
}

ssize_t reach_link(int root, const char *path, char *target, size_t size)
{
	int fd = below_open(root, path, O_PATH | O_NOFOLLOW), error;
	ssize_t length;

	if (fd < 0)
		return fail(fd);
	length = readlinkat(fd, "", target, size);
	error = errno;
	close(fd);
	errno = error;
	return length;
}

bool reach_anything(int root, const char *path)
{
	struct stat status;
	int error = status_of(root, path, false, &status);

	if (error)
		errno = -error;
	return !error;
}
