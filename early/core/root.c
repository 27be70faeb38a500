/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one reader: files, links and directories below a root directory descriptor. */
#include "root.h"

#include "reach.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP 4096			/* what sysfs gives at once */
#define FIRST_LINES 512			/* what is looked for is often there, and /proc makes no more than is asked for */
#define SEARCHED_MAX (16ul * 1024 * 1024)
#define LIST_STEP 32768			/* a directory of a thousand names */

/* The system call itself: readdir() would bring the malloc of the libc into the boot program. */
#ifndef __GLIBC__
#define getdents64 getdents
#endif

/* Where getdents64(2) has the size of an entry and its name, which is terminated. */
#define ENTRY_SIZE 16
#define ENTRY_NAME 19

int root_read(int root, const char *path, size_t limit, const char **content, size_t *length)
{
	size_t capacity = READ_STEP, used = 0;
	struct stat status;
	char *bytes = NULL;
	int fd, error = 0;

	fd = reach_file(root, path);
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

static ssize_t read_once(int root, const char *path, void *bytes, size_t size)
{
	ssize_t got;
	int fd;

	fd = reach_file(root, path);
	if (fd < 0)
		return -1;
	got = read(fd, bytes, size);
	close(fd);
	return got;
}

const char *root_text(int root, const char *path)
{
	char bytes[READ_STEP];
	ssize_t got = read_once(root, path, bytes, sizeof(bytes));

	return got < 0 ? NULL : keep_bytes(bytes, (size_t)got);
}

bool root_bytes(int root, const char *path, void *bytes, size_t length)
{
	return read_once(root, path, bytes, length) == (ssize_t)length;
}

const char *root_attribute(int root, const char *path)
{
	const char *text = root_text(root, path);

	return text ? keep_bytes(text, strcspn(text, "\n")) : NULL;
}

bool root_contains(int root, const char *path, const char *wanted)
{
	size_t length = strlen(wanted), kept = 0, step = FIRST_LINES, searched = 0;
	char bytes[READ_STEP + 1];
	bool found = false;
	ssize_t got;
	int fd;

	fd = reach_file(root, path);
	if (fd < 0)
		return false;
	while (!found && searched < SEARCHED_MAX && (got = read(fd, bytes + kept, step - kept)) > 0) {
		size_t filled = kept + (size_t)got;

		bytes[filled] = '\0';
		found = strstr(bytes, wanted);
		/* it may begin in these bytes and end in the next */
		kept = filled < length ? filled : length;
		memmove(bytes, bytes + filled - kept, kept);
		step = READ_STEP;
		searched += (size_t)got;
	}
	close(fd);
	return found;
}

const char *root_link(int root, const char *path)
{
	char target[PATH_MAX];		/* the kernel makes none that is longer */
	ssize_t length;

	length = reach_link(root, path, target, sizeof(target));
	return length <= 0 ? NULL : keep_bytes(target, (size_t)length);
}

const char *root_link_name(int root, const char *path)
{
	const char *target = root_link(root, path), *slash;

	if (!target)
		return NULL;
	slash = strrchr(target, '/');
	return slash ? slash + 1 : target;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int root_list(int root, const char *path, struct strings *names)
{
	_Alignas(uint64_t) char bytes[LIST_STEP];
	int fd, error = 0;
	ssize_t got, at;
	uint16_t size;

	fd = reach_directory(root, path);
	if (fd < 0)
		return -errno;
	while ((got = getdents64(fd, (void *)bytes, sizeof(bytes))) > 0)
		for (at = 0; at < got; at += size) {
			memcpy(&size, bytes + at + ENTRY_SIZE, sizeof(size));
			if (bytes[at + ENTRY_NAME] != '.')
				strings_add(names, keep_string(bytes + at + ENTRY_NAME));
		}
	if (got < 0)
		error = -errno;
	close(fd);
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), compare_names);
	return error;
}

bool root_exists(int root, const char *path)
{
	return reach_anything(root, path);
}

void strings_add(struct strings *strings, const char *string)
{
	*list_add(strings) = string;
}

void strings_add_once(struct strings *strings, const char *string)
{
	for_each(present, strings)
		if (text_same(*present, string))
			return;
	strings_add(strings, string);
}

const char *strings_join(const struct strings *strings, const char *separator)
{
	struct text joined = { 0 };

	for_each(string, strings)
		text_print(&joined, "%s%s", joined.length ? separator : "", *string);
	return joined.bytes;
}
