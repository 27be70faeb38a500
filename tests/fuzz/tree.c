/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file tree in memory. The linker puts these functions in the place of the
 * system calls of early/core/root.c (--wrap), which itself stays as it is.
 */
#include "fuzz.h"

#include "../../early/core/text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPENED (TREE + 1)		/* the one descriptor: the reader closes before it opens the next */
#define NAME_LONGEST 255
#define LINKS_MOST 40			/* as the kernel has it, in a path */

struct node {
	const char *name;
	struct node *parent, *children, *next;
	mode_t type;			/* S_IFDIR, S_IFREG, S_IFLNK */
	const char *bytes;		/* content or target */
	size_t length;
	int error;			/* of read(), instead of the content */
};

static struct node root = { .parent = &root, .type = S_IFDIR };
static struct {
	const struct node *node, *child;
	size_t at;
} opened;

static struct node *fail(int error)
{
	errno = error;
	return NULL;
}

static struct node *child_of(struct node *parent, const char *name, size_t length, bool make)
{
	struct node **link = &parent->children;

	for (; *link; link = &(*link)->next)
		if (!strncmp((*link)->name, name, length) && !(*link)->name[length])
			return *link;
	if (!make || length > NAME_LONGEST)
		return fail(ENOENT);
	*link = keep(sizeof(**link));
	**link = (struct node) { .name = keep_bytes(name, length), .parent = parent, .type = S_IFDIR };
	return *link;
}

static struct node *walk(struct node *at, const char *path, bool follow, bool make, unsigned *links)
{
	while (at && *(path += strspn(path, "/"))) {
		size_t length = strcspn(path, "/");
		struct node *child;

		if (at->type != S_IFDIR)
			return fail(ENOTDIR);
		if (length == 1 && *path == '.')
			child = at;
		else if (length == 2 && !strncmp(path, "..", 2))
			child = at->parent;
		else
			child = child_of(at, path, length, make);
		path += length;
		if (child && child->type == S_IFLNK && (follow || *path))
			at = ++*links > LINKS_MOST ? fail(ELOOP) :
			     walk(*child->bytes == '/' ? &root : at, child->bytes, true, make, links);
		else
			at = child;
	}
	return at;
}

static struct node *find(const char *path, bool follow)
{
	unsigned links = 0;

	return walk(&root, path, follow, false, &links);
}

/* Never turns a directory that has something in it, or a link, into something else. */
static void put(const char *path, mode_t type, const char *bytes, size_t length, int error)
{
	unsigned links = 0;
	struct node *node = walk(&root, path, type != S_IFLNK, true, &links);

	if (!node || node == &root || node->children || (type == S_IFLNK && !length))
		return;
	node->type = type;
	node->bytes = keep_bytes(bytes, length);
	node->length = length;
	node->error = error;
}

void tree_file(const char *path, const char *bytes, size_t length)
{
	put(path, S_IFREG, bytes, length, 0);
}

void tree_link(const char *path, const char *target)
{
	put(path, S_IFLNK, target, strlen(target), 0);
}

void tree_remove(const char *path)
{
	struct node *node = find(path, false), **link;

	for (link = node ? &node->parent->children : NULL; link && *link; link = &(*link)->next)
		if (*link == node) {
			*link = node->next;
			return;
		}
}

void tree_clear(void)
{
	assert(!opened.node);		/* a descriptor that was not closed */
	root.children = NULL;
}

/* ---- text ---- */

static void plant_line(const char *line, size_t length)
{
	static const char kinds[] = "=>!";
	const char *prefix = *line == '@' ? "sys/bus/pci/devices/" : *line == '#' ? "sys/kernel/iommu_groups/" : "";
	const char *path;
	char *content, *at;
	size_t path_length;

	line += *prefix != '\0';
	length -= *prefix != '\0';
	path_length = strcspn(keep_bytes(line, length), kinds);
	path = text_of("%s%s", prefix, keep_bytes(line, path_length));
	if (path_length == length) {
		unsigned links = 0;

		walk(&root, path, true, true, &links);
		return;
	}
	line += path_length + 1;
	length -= path_length + 1;
	content = keep_bytes(line, length);
	switch (line[-1]) {
	case '=':
		for (at = content; (at = memchr(at, '~', length - (size_t)(at - content))); )
			*at = '\n';
		tree_file(path, content, length);
		break;
	case '>':
		tree_link(path, content);
		break;
	default:
		put(path, S_IFREG, "", 0, *content >= '1' && *content <= '9' ? *content - '0' : EIO);
	}
}

void tree_plant(const char *bytes, size_t length)
{
	while (length) {
		const char *stop = memchr(bytes, '\n', length);
		size_t line = stop ? (size_t)(stop - bytes) : length;

		if (line)
			plant_line(bytes, line);
		line += stop != NULL;
		bytes += line;
		length -= line;
	}
}

/* ---- system calls ---- */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_fstatat(int directory, const char *path, struct stat *status, int flags);
int __wrap_fstat(int fd, struct stat *status);
int __real_fstat(int fd, struct stat *status);
ssize_t __wrap_readlinkat(int directory, const char *path, char *target, size_t size);
ssize_t __wrap_getdents64(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __real_read(int fd, void *bytes, size_t size);
int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_root_read(int directory, const char *path, size_t limit, const char **content, size_t *length);
int __real_root_read(int directory, const char *path, size_t limit, const char **content, size_t *length);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	const struct node *node = find(path, true);

	assert(directory == TREE && !opened.node && !(flags & (O_WRONLY | O_RDWR)));
	if (node && flags & O_DIRECTORY && node->type != S_IFDIR)
		node = fail(ENOTDIR);
	opened.node = node;
	opened.child = node ? node->children : NULL;
	opened.at = 0;
	return node ? OPENED : -1;
}

static int tell(const struct node *node, struct stat *status)
{
	if (!node)
		return -1;
	*status = (struct stat) { .st_mode = node->type | 0644, .st_size = (off_t)node->length };
	return 0;
}

int __wrap_fstatat(int directory, const char *path, struct stat *status, int flags)
{
	assert(directory == TREE);
	return tell(find(path, !(flags & AT_SYMLINK_NOFOLLOW)), status);
}

int __wrap_fstat(int fd, struct stat *status)
{
	return fd == OPENED ? tell(opened.node, status) : __real_fstat(fd, status);
}

ssize_t __wrap_readlinkat(int directory, const char *path, char *target, size_t size)
{
	const struct node *node = find(path, false);

	assert(directory == TREE);
	if (node && node->type != S_IFLNK)
		node = fail(EINVAL);
	if (!node)
		return -1;
	if (size > node->length)
		size = node->length;
	memcpy(target, node->bytes, size);
	return (ssize_t)size;
}

ssize_t __wrap_getdents64(int fd, void *bytes, size_t size)
{
	size_t used = 0;

	assert(fd == OPENED);
	for (; opened.child; opened.child = opened.child->next) {
		size_t length = strlen(opened.child->name) + 1;
		unsigned short entry_size = (unsigned short)((offsetof(struct dirent64, d_name) + length + 7) / 8 * 8);
		struct dirent64 entry = { .d_reclen = entry_size };

		if (entry_size > size - used)
			break;
		memcpy((char *)bytes + used, &entry, offsetof(struct dirent64, d_name));
		memcpy((char *)bytes + used + offsetof(struct dirent64, d_name), opened.child->name, length);
		used += entry_size;
	}
	return (ssize_t)used;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	const struct node *node = opened.node;

	if (fd != OPENED)
		return __real_read(fd, bytes, size);
	if (node->error || node->type != S_IFREG) {
		errno = node->error ? node->error : EISDIR;
		return -1;
	}
	if (size > node->length - opened.at)
		size = node->length - opened.at;
	memcpy(bytes, node->bytes + opened.at, size);
	opened.at += size;
	return (ssize_t)size;
}

int __wrap_close(int fd)
{
	if (fd != OPENED)
		return __real_close(fd);
	assert(opened.node);
	opened.node = NULL;
	return 0;
}

/* The reader leaves room behind the content, in which a sanitizer would see no overrun. */
int __wrap_root_read(int directory, const char *path, size_t limit, const char **content, size_t *length)
{
	int error = __real_root_read(directory, path, limit, content, length);

	if (!error)
		*content = keep_bytes(*content, *length);
	return error;
}
