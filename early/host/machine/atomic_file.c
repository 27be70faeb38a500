/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are whole at any moment. */
#include "atomic_file.h"

#include "../../core/memory.h"
#include "../../core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash ? "." : slash == path ? "/" : keep_bytes(path, (size_t)(slash - path));
}

/* Makes it, and those above it, where they are missing. */
static int open_directory(int root, const char *directory)
{
	const char *slash = directory;

	while ((slash = strchr(slash + 1, '/')))
		if (mkdirat(root, keep_bytes(directory, (size_t)(slash - directory)), 0755) && errno != EEXIST)
			return -errno;
	if (mkdirat(root, directory, 0755) && errno != EEXIST)
		return -errno;
	root = openat(root, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -errno : root;
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

int write_atomically(int root, const char *path, const char *content, size_t length)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *fresh = text_of(".%s.new", name);
	int error, directory = open_directory(root, directory_of(path));
	mode_t mode;

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

int remove_durably(int root, const char *path)
{
	int error = 0, directory = openat(root, directory_of(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *slash = strrchr(path, '/');

	if (directory < 0)
		return errno == ENOENT ? 0 : -errno;
	if (unlinkat(directory, slash ? slash + 1 : path, 0) && errno != ENOENT)
		error = -errno;
	else if (fsync(directory))
		error = -errno;
	close(directory);
	return error;
}
