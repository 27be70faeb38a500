/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NEW_TREE_H
#define VFIO_EARLY_NEW_TREE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A tree that is written below a new directory. Nothing is written outside of
 * it, whatever the paths and links are that it is made of: no link is followed
 * on the way, and none is made that leads out.
 */
struct new_tree {
	int fd;
	int error;			/* -errno: the first thing that went wrong; 0: nothing */
};

/* Makes the directory, or takes one that is empty: 0, -ENOTEMPTY, or another -errno. */
int new_tree_open(const char *directory, struct new_tree *tree);

/* With the directories above it; one that is there stays. */
void new_tree_directory(struct new_tree *tree, const char *path);

/* Mode 0644; a file that is there stays as it is. */
void new_tree_file(struct new_tree *tree, const char *path, const char *bytes, size_t length);

/*
 * A relative link as sysfs has them, "../" and then names. Returns where it
 * leads, as a path of the tree, kept; NULL, with nothing made, where it is
 * another kind or leads out.
 */
const char *new_tree_link(struct new_tree *tree, const char *path, const char *target);

#endif
