/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the targets share: each is a file with one_input(), and runs on a tree in memory. */
#ifndef VFIO_EARLY_FUZZ_H
#define VFIO_EARLY_FUZZ_H

#include "../../early/core/model.h"

/* The target: what it takes with keep(), and the tree, are gone after each input. */
void one_input(const char *bytes, size_t length);

/* What libFuzzer calls, and tests/fuzz/replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The descriptor of the tree's root. */
#define TREE 1000

/* These make the directories that are missing, follow links, and do nothing where a tree cannot have it. */
void tree_file(const char *path, const char *bytes, size_t length);
void tree_link(const char *path, const char *target);
void tree_remove(const char *path);
void tree_clear(void);

/*
 * A tree as text, an entry a line:
 *
 *   PATH=CONTENT	a file; "~" stands for the end of a line
 *   PATH>TARGET	a link
 *   PATH!ERRNO		a file that cannot be read
 *   PATH		a directory
 *
 * At its beginning "@" stands for sys/bus/pci/devices/, and "#" for
 * sys/kernel/iommu_groups/.
 */
void tree_plant(const char *bytes, size_t length);

/*
 * How the steps of apply(), which steps.c stands in for, are to go from now
 * on: the script is taken off letter by letter: an errno as a digit, "h" a
 * step hangs, "n" it is said to be done and is not, "w" it and all that are
 * left never come to their turn, else it is done.
 */
void steps_go(const char *as);

/* From now on every item is forgotten by the next memory_forget(). */
void memory_begin(void);
void memory_forget(void);

/* Aborts unless each line is a record of the log as the README describes it. */
void check_log(const char *text, size_t length);

/* Aborts unless each request can be read again from its own text. */
void check_read_again(const struct config *config);

#endif
