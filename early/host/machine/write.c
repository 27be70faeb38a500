/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are whole at any moment, and none outside of the root. */
#include "write.h"
#include "below.h"
#include "path.h"

#include "../../core/memory.h"
#include "../../core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_directory(int root, const char *path)
{
	return below_open_straight(root, path, O_RDONLY | O_DIRECTORY, 0);
}

/* One that is there already is fine. */
static int make_directory(int root, const char *path)
{
	int error = 0, parent = open_directory(root, path_directory(path));

	if (parent < 0)
		return parent;
	if (mkdirat(parent, path_name(path), 0755) && errno != EEXIST)
		error = -errno;
	close(parent);
	return error;
}

int make_directories(int directory, const char *path)
{
	const char *slash = path;
	int error = 0, fd = open_directory(directory, path);

	if (fd != -ENOENT) {
		if (fd >= 0)
			close(fd);
		return fd < 0 ? fd : 0;
	}
	while (!error && (slash = strchr(slash + 1, '/')))
		error = make_directory(directory, keep_bytes(path, (size_t)(slash - path)));
	return error ? error : make_directory(directory, path);
}

static int write_whole(int fd, const char *content, size_t length)
{
	while (length) {
		ssize_t written = write(fd, content, length);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			content += written;
			length -= (size_t)written;
		}
	}
	return 0;
}

/* 0 or -errno; *mode is that of the file if there is one. */
static int look_at(int directory, const char *name, mode_t *mode)
{
	struct stat status;

	*mode = 0644;
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISLNK(status.st_mode))
		return -ELOOP;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	*mode = status.st_mode & 07777;
	return 0;
}

static int write_new(int directory, const char *name, mode_t mode, const char *content, size_t length)
{
	int error, fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	error = write_whole(fd, content, length);
	if (!error && (fchmod(fd, mode) || fsync(fd)))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	return error;
}

/* Closes the directory. */
static int replace(int directory, const char *name, const char *content, size_t length)
{
	const char *fresh = text_of(".%s.new", name);
	mode_t mode;
	int error;

	if (directory < 0)
		return directory;
	error = look_at(directory, name, &mode);
	if (!error) {
		unlinkat(directory, fresh, 0);	/* a crash may have left it */
		error = write_new(directory, fresh, mode, content, length);
		if (!error && renameat(directory, fresh, directory, name))
			error = -errno;
		if (error)
			unlinkat(directory, fresh, 0);
		else if (fsync(directory))
			error = -errno;
	}
	close(directory);
	return error;
}

int write_ours(const struct machine *machine, const char *path, const char *content, size_t length)
{
	const char *directory = path_directory(path);
	int error = make_directories(machine->fd, directory);

	return error ? error : replace(open_directory(machine->fd, directory), path_name(path), content, length);
}

int write_theirs(const struct machine *machine, const char *path, const char *content, size_t length)
{
	char target[PATH_MAX];

	if (machine->live) {
		if (!realpath(text_of("/%s", path), target))
			return -errno;
		path = target + 1;
	}
	return replace(open_directory(machine->fd, path_directory(path)), path_name(path), content, length);
}

int write_named(const char *file, const char *content, size_t length)
{
	int directory = open(path_directory(file), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return replace(directory < 0 ? -errno : directory, path_name(file), content, length);
}

int remove_ours(const struct machine *machine, const char *path)
{
	int error = 0, directory = open_directory(machine->fd, path_directory(path));

	if (directory < 0)
		return directory == -ENOENT ? 0 : directory;
	if (unlinkat(directory, path_name(path), 0) && errno != ENOENT)
		error = -errno;
	else if (fsync(directory))
		error = -errno;
	close(directory);
	return error;
}
