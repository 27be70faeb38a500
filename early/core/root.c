/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one reader: files, links and directories below a root directory descriptor. */
#include "root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP 4096			/* what sysfs gives at once */

int root_read(int root, const char *path, size_t limit, const char **content, size_t *length)
{
	size_t capacity = READ_STEP, used = 0;
	struct stat status;
	char *bytes = NULL;
	int fd, error = 0;

	/* Without O_NONBLOCK, opening a FIFO would wait for a writer. */
	fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status))
		error = -errno;
	else if (S_ISDIR(status.st_mode))
		error = -EISDIR;
	else if (!S_ISREG(status.st_mode))
		error = -EINVAL;
	while (!error) {
		char *larger = keep(capacity + 1);
		ssize_t got;

		if (used)
			memcpy(larger, bytes, used);
		bytes = larger;
		/* /proc and sysfs say nothing true of their size: read until the end. */
		while ((got = read(fd, bytes + used, capacity - used)) > 0) {
			used += (size_t)got;
			if (used == capacity)
				break;
		}
		if (got < 0)
			error = -errno;
		else if (got == 0)
			break;
		else if (used > limit)
			error = -EFBIG;
		capacity *= 4;
	}
	close(fd);
	if (!error && used > limit)
		error = -EFBIG;
	if (error)
		return error;
	bytes[used] = '\0';
	*content = bytes;
	*length = used;
	return 0;
}

const char *root_attribute(int root, const char *path)
{
	char bytes[READ_STEP];
	const char *end;
	ssize_t got;
	int fd;

	fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return NULL;
	got = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (got < 0)
		return NULL;
	end = memchr(bytes, '\n', (size_t)got);
	return keep_bytes(bytes, end ? (size_t)(end - bytes) : (size_t)got);
}

bool root_bytes(int root, const char *path, void *bytes, size_t length)
{
	ssize_t got;
	int fd;

	fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	got = read(fd, bytes, length);
	close(fd);
	return got >= 0 && (size_t)got == length;
}

bool root_contains(int root, const char *path, const char *wanted)
{
	size_t length = strlen(wanted), kept = 0;
	char bytes[READ_STEP];
	bool found = false;
	ssize_t got;
	int fd;

	fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	while (!found && (got = read(fd, bytes + kept, sizeof(bytes) - kept)) > 0) {
		size_t filled = kept + (size_t)got;

		found = memmem(bytes, filled, wanted, length);
		/* it may begin in these bytes and end in the next */
		kept = filled < length - 1 ? filled : length - 1;
		memmove(bytes, bytes + filled - kept, kept);
	}
	close(fd);
	return found;
}

const char *root_link(int root, const char *path)
{
	char target[READ_STEP];
	ssize_t length;

	length = readlinkat(root, path, target, sizeof(target));
	if (length <= 0 || (size_t)length == sizeof(target))
		return NULL;
	return keep_bytes(target, (size_t)length);
}

const char *root_link_name(int root, const char *path)
{
	const char *target = root_link(root, path), *slash;

	if (!target)
		return NULL;
	slash = strrchr(target, '/');
	return slash ? slash + 1 : target;
}

static DIR *open_directory(int root, const char *path)
{
	DIR *directory;
	int fd;

	fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	directory = fdopendir(fd);
	if (!directory)
		close(fd);
	return directory;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int root_list(int root, const char *path, struct strings *names)
{
	DIR *directory = open_directory(root, path);
	struct dirent *entry;

	if (!directory)
		return -errno;
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			strings_add(names, keep_string(entry->d_name));
	closedir(directory);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return 0;
}

bool root_has_entries(int root, const char *path)
{
	DIR *directory = open_directory(root, path);
	struct dirent *entry;

	if (!directory)
		return false;
	while ((entry = readdir(directory)) && entry->d_name[0] == '.')
		;
	closedir(directory);
	return entry;
}

bool root_exists(int root, const char *path)
{
	struct stat status;

	return !fstatat(root, path, &status, AT_SYMLINK_NOFOLLOW);
}

void strings_add(struct strings *strings, const char *string)
{
	*list_add(strings) = string;
}
