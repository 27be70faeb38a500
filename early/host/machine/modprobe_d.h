/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODPROBE_D_H
#define VFIO_EARLY_MODPROBE_D_H

#include "machine.h"

#include "../../core/cmdline.h"

/* A file of modprobe.d(5). */
struct modprobe_file {
	const char *name, *directory, *path;	/* directory and path below the root */
	bool is_of_people;		/* not of the distribution: in /etc, /run or /usr/local */
};

struct modprobe_files {
	struct modprobe_file *items;
	size_t count;
};

/* Those that modprobe reads, in its order: none that another of the same name hides. */
struct modprobe_files modprobe_files(const struct machine *machine);

/* A line that says something, with those that continue it behind a backslash. */
struct modprobe_line {
	unsigned number;		/* of its first line */
	const char *text;
	struct cmdline words;		/* two at least: a command and a module */
};

struct modprobe_lines {
	struct modprobe_line *items;
	size_t count;
};

/* The lines of a file, without comments; 0 or -errno. */
int modprobe_lines(const struct machine *machine, const char *path, struct modprobe_lines *lines);

/* "/etc/modprobe.d/x.conf:3", kept. */
const char *modprobe_place(const char *path, const struct modprobe_line *line);

#endif
