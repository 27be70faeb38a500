/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories, files and links below a new directory, and nowhere else. */
#include "new_tree.h"
#include "below.h"
#include "path.h"
#include "write.h"

#include "../../core/memory.h"
#include "../../core/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_empty(int directory)
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	bool empty = stream;

	while (empty && (entry = readdir(stream)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (stream)
		closedir(stream);
	return empty;
}

int new_tree_open(const char *directory, struct new_tree *tree)
{
	*tree = (struct new_tree) { .fd = -1 };
	if (mkdir(directory, 0755) && errno != EEXIST)
		return -errno;
	tree->fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tree->fd < 0)
		return -errno;
	return is_empty(tree->fd) ? 0 : -ENOTEMPTY;
}

static void note(struct new_tree *tree, int error)
{
	if (error && error != -EEXIST && !tree->error)
		tree->error = error;
}

void new_tree_directory(struct new_tree *tree, const char *path)
{
	note(tree, make_directories(tree->fd, path));
}

/* A descriptor of the directory of a path, made if need be; or -1, with the error noted. */
static int open_parent(struct new_tree *tree, const char *path)
{
	const char *parent = path_directory(path);
	int fd = make_directories(tree->fd, parent);

	if (!fd)
		fd = below_open_straight(tree->fd, parent, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		note(tree, fd);
	return fd < 0 ? -1 : fd;
}

void new_tree_file(struct new_tree *tree, const char *path, const char *bytes, size_t length)
{
	int parent = open_parent(tree, path), fd;

	if (parent < 0)
		return;
	fd = openat(parent, path_name(path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		note(tree, -errno);
	close(parent);
	if (fd < 0)
		return;
	while (length) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno != EINTR) {
			note(tree, -errno);
			break;
		}
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
	if (close(fd))
		note(tree, -errno);
}

/*
 * The directories of the tree are real ones, so that ".." at the beginning of a
 * target means what it says; behind a name, which may be a link, it need not.
 */
static const char *end_of(const char *path, const char *target)
{
	const char *slash = strrchr(path, '/'), *part;
	size_t length = slash ? (size_t)(slash - path) : 0;

	for (; text_begins(target, "../"); target += 3) {
		if (!length)
			return NULL;
		while (length && path[--length] != '/')
			;
	}
	for (part = target; ; part += strcspn(part, "/") + 1) {
		size_t size = strcspn(part, "/");

		if (!size || (*part == '.' && (size == 1 || (size == 2 && part[1] == '.'))))
			return NULL;
		if (!part[size])
			break;
	}
	return text_of("%s%s%s", keep_bytes(path, length), length ? "/" : "", target);
}

const char *new_tree_link(struct new_tree *tree, const char *path, const char *target)
{
	const char *end = end_of(path, target);
	int parent = end ? open_parent(tree, path) : -1;

	if (parent < 0)
		return NULL;
	if (symlinkat(target, parent, path_name(path)))
		note(tree, -errno);
	close(parent);
	return end;
}
