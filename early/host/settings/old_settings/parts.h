/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places where old settings are looked for, and what these share. */
#ifndef VFIO_EARLY_OLD_SETTINGS_PARTS_H
#define VFIO_EARLY_OLD_SETTINGS_PARTS_H

#include "../old_settings.h"

#define CMDLINE_PLACE "kernel command line"

/* Options by which modules are given devices; a module reads only the last of one. */
struct giver {
	const char *module, *option;
};

#define GIVER_COUNT 4
extern const struct giver givers[GIVER_COUNT];

/* Where the last setting of each giver is in the list so far. */
struct last {
	size_t index[GIVER_COUNT];
	bool is_set[GIVER_COUNT];
};

/* In the order in which they count. */
void find_in_modprobe(const struct machine *machine, struct old_settings *settings, struct last *last);
void find_in_cmdline(const struct machine *machine, struct old_settings *settings, struct last *last);
void find_in_driverctl(const struct machine *machine, struct old_settings *settings);
void find_in_unraid(const struct machine *machine, struct old_settings *settings);

/* A setting without devices; pointers to earlier ones are no longer good. */
struct old_setting *setting_add(struct old_settings *settings, enum old_kind kind, const char *at, const char *text,
				const char *how_to_remove);

/* A device that a setting names, if that is a selector; else it is among what is unclear. */
void setting_add_selector(struct old_setting *setting, const char *word, size_t length);

/* The value of a giver's option, as a setting that overrules the last one. */
void setting_add_given(struct old_settings *settings, size_t giver, struct last *last, const char *at, const char *text,
		       const char *how_to_remove, const char *value);

/* Notes a file that is there and cannot be read. */
void settings_note_error(const struct machine *machine, const char *path, int error, struct old_settings *settings);

/* The content of a file; NULL if there is none, or, noted, if it cannot be read. */
const char *settings_read_file(const struct machine *machine, const char *path, struct old_settings *settings);

/* Whether both are the same name to the kernel. */
bool is_named(const char *name, const char *wanted);

#endif
