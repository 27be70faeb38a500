/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole tree in memory: to see what a run has changed, and to undo it. */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *format(const char *format, ...)
{
	static char texts[100][4096];
	static unsigned next;
	char *text = texts[next++ % 100];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(*texts), format, arguments);
	va_end(arguments);
	return text;
}

void die(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	fprintf(stderr, "faults: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, " (%s)\n", strerror(error));
	_exit(2);
}

void *enlarge(void *memory, size_t size)
{
	void *larger = realloc(memory, size);

	if (!larger)
		die("out of memory");
	return larger;
}

static struct entry *add(struct tree *tree, char *path, char type)
{
	if (tree->count == tree->capacity) {
		tree->capacity = tree->capacity ? 2 * tree->capacity : 256;
		tree->items = enlarge(tree->items, tree->capacity * sizeof(*tree->items));
	}
	tree->items[tree->count] = (struct entry) { .path = path, .type = type };
	return &tree->items[tree->count++];
}

static char *copy_of(const char *bytes, size_t length)
{
	char *copy = enlarge(NULL, length + 1);

	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

static void set_bytes(struct entry *entry, const char *bytes, size_t length)
{
	free(entry->bytes);
	entry->bytes = copy_of(bytes, length);
	entry->length = length;
}

static void read_entry(struct entry *entry, int directory, const char *name)
{
	static char bytes[1 << 20];
	ssize_t length;
	int fd;

	if (entry->type == 'l') {
		length = readlinkat(directory, name, bytes, sizeof(bytes));
	} else {
		fd = openat(directory, name, O_RDONLY);
		length = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
		close(fd);
	}
	if (length < 0)
		die("cannot read %s", entry->path);
	set_bytes(entry, bytes, (size_t)length);
}

static void read_directory(struct tree *tree, int fd, const char *path)
{
	DIR *directory = fdopendir(fd);
	struct dirent *found;

	if (!directory)
		die("cannot list %s", path);
	while ((found = readdir(directory))) {
		char *name;

		if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, ".."))
			continue;
		if (asprintf(&name, "%s%s%s", path, *path ? "/" : "", found->d_name) < 0)
			die("out of memory");
		if (found->d_type == DT_DIR) {
			add(tree, name, 'd');
			read_directory(tree, openat(fd, found->d_name, O_RDONLY | O_DIRECTORY), name);
		} else {
			read_entry(add(tree, name, found->d_type == DT_LNK ? 'l' : 'f'), fd, found->d_name);
		}
	}
	closedir(directory);
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

void tree_read(struct tree *tree, const char *root)
{
	*tree = (struct tree) { 0 };
	read_directory(tree, open(root, O_RDONLY | O_DIRECTORY), "");
	if (tree->count)
		qsort(tree->items, tree->count, sizeof(*tree->items), compare);
}

void tree_free(struct tree *tree)
{
	while (tree->count--) {
		free(tree->items[tree->count].path);
		free(tree->items[tree->count].bytes);
	}
	free(tree->items);
}

const struct entry *tree_find(const struct tree *tree, const char *path)
{
	struct entry wanted = { .path = (char *)path };

	if (!tree->count)
		return NULL;		/* bsearch() wants a table even then */
	return bsearch(&wanted, tree->items, tree->count, sizeof(*tree->items), compare);
}

const char *tree_text(const struct tree *tree, const char *path)
{
	const struct entry *entry = tree_find(tree, path);

	if (!entry || entry->type != 'f')
		return "";
	return format("%.*s", (int)strcspn(entry->bytes, "\n"), entry->bytes);
}

const char *tree_link_name(const struct tree *tree, const char *path)
{
	const struct entry *entry = tree_find(tree, path);

	return entry && entry->type == 'l' ? strrchr(entry->bytes, '/') + 1 : "";
}

static void write_file(const char *path, const char *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		die("cannot write %s", path);
	close(fd);
}

void tree_put(struct tree *tree, const char *root, const char *path, const char *text)
{
	struct entry *entry = (struct entry *)tree_find(tree, path);

	if (!entry)
		die("no file %s", path);
	set_bytes(entry, text, strlen(text));
	write_file(format("%s/%s", root, path), text, strlen(text));
}

const struct entry *tree_difference(const struct tree *before, const struct tree *after, size_t *i, size_t *j)
{
	while (*i < before->count || *j < after->count) {
		const struct entry *a = *i < before->count ? &before->items[*i] : NULL;
		const struct entry *b = *j < after->count ? &after->items[*j] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);

		*i += order <= 0;
		*j += order >= 0;
		if (!a || !b || order)
			return order < 0 ? a : b;
		if (a->type != b->type || a->length != b->length || memcmp(a->bytes ? a->bytes : "", b->bytes ? b->bytes : "", a->length))
			return b;
	}
	return NULL;
}

void tree_restore(const struct tree *was, const struct tree *now, const char *root)
{
	size_t i = 0, j = 0, count = 0;
	const struct entry **changed = enlarge(NULL, (was->count + now->count + 1) * sizeof(*changed));

	while ((changed[count] = tree_difference(was, now, &i, &j)))
		count++;
	/* what is in a directory comes behind it */
	for (i = count; i--; ) {
		const struct entry *entry = tree_find(now, changed[i]->path);

		if (entry && unlinkat(AT_FDCWD, format("%s/%s", root, entry->path), entry->type == 'd' ? AT_REMOVEDIR : 0))
			die("cannot remove %s", entry->path);
	}
	for (i = 0; i < count; i++) {
		const struct entry *entry = tree_find(was, changed[i]->path);
		const char *path = format("%s/%s", root, changed[i]->path);

		if (!entry)
			continue;
		if (entry->type == 'f')
			write_file(path, entry->bytes, entry->length);
		else if (entry->type == 'd' ? mkdir(path, 0755) : symlink(entry->bytes, path))
			die("cannot make %s", path);
	}
	free(changed);
}
