/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TREE_H
#define VFIO_EARLY_TREE_H

#include <stdbool.h>
#include <stddef.h>

/* One name of a tree. */
struct entry {
	char *path;			/* relative to the root */
	char type;			/* 'd'irectory, 'l'ink or 'f'ile */
	size_t length;
	char *bytes;			/* target of a link, content of a file; terminated */
};

/* All of a tree, by path. */
struct tree {
	struct entry *items;
	size_t count, capacity;
};

/* Formatted text, good for the next hundred calls. */
const char *format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Why this test itself cannot go on. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Memory that begins as memory (NULL: none), which is no longer good. */
void *enlarge(void *memory, size_t size);

void tree_read(struct tree *tree, const char *root);
void tree_free(struct tree *tree);

/* NULL if there is no such name. */
const struct entry *tree_find(const struct tree *tree, const char *path);

/* The content of a file without its last newline, "" if there is none. */
const char *tree_text(const struct tree *tree, const char *path);

/* What a link's target ends with, "" if there is none. */
const char *tree_link_name(const struct tree *tree, const char *path);

/* Writes a file that is there, on the disk and in what was read. */
void tree_put(struct tree *tree, const char *root, const char *path, const char *text);

/* The next name that is not the same in both, from (*i, *j) on; NULL at the end. */
const struct entry *tree_difference(const struct tree *before, const struct tree *after, size_t *i, size_t *j);

/* Makes of the tree on the disk, which is as in now, what was. */
void tree_restore(const struct tree *was, const struct tree *now, const char *root);

#endif
