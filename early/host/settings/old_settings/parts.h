/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places where old settings are looked for, and what these share. */
#ifndef VFIO_EARLY_OLD_SETTINGS_PARTS_H
#define VFIO_EARLY_OLD_SETTINGS_PARTS_H

#include "../old_settings.h"
#include "../../../core/cmdline.h"

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
void find_in_module_lists(const struct machine *machine, struct old_settings *settings);
void find_in_scripts(const struct machine *machine, struct old_settings *settings);
void find_in_driverctl(const struct machine *machine, struct old_settings *settings);
void find_in_dpdk(const struct machine *machine, struct old_settings *settings);
void find_in_unraid(const struct machine *machine, struct old_settings *settings);
void find_in_guests(const struct machine *machine, struct old_settings *settings);

/*
 * A setting for each line of a script (path below the root) that names devices; false: it gives some away, and
 * what it says of them cannot be told.
 */
bool find_in_script(const struct machine *machine, const char *path, bool too_late, struct old_settings *settings);

/* A setting without devices; pointers to earlier ones are no longer good. */
struct old_setting *setting_add(struct old_settings *settings, enum old_kind kind, const char *at, const char *text,
				const char *how_to_remove);

/* A device that a setting names, in words that our configuration has, too; else it is among what is unclear. */
void setting_add_device(struct old_setting *setting, const char *words, size_t length);

/* A setting of the addresses and IDs that stand in a line of a script; false: there are none. */
bool setting_add_literals(struct old_settings *settings, const char *at, const char *line, const char *how_to_remove);

/* The value of a giver's option, and, as unclear, what stands behind a blank that cuts it off. */
void setting_add_value(struct old_setting *setting, size_t giver, const struct kernel_word *word,
		       const struct cmdline *words);

/* The value of a giver's option, one of these words, as a setting that overrules the last one. */
void setting_add_given(struct old_settings *settings, size_t giver, struct last *last, const char *at, const char *text,
		       const char *how_to_remove, const struct kernel_word *word, const struct cmdline *words);

/* Notes a file that is there and cannot be read. */
void settings_note_error(const struct machine *machine, const char *path, int error, struct old_settings *settings);

/* The content of a file; NULL if there is none, or, noted, if it cannot be read. */
const char *settings_read_file(const struct machine *machine, const char *path, struct old_settings *settings);

/* The next line of a text, kept, without its end, and its number in *number, which begins as 0; NULL: no more. */
const char *settings_line(const char **text, unsigned *number);

/* Whether both are the same name to the kernel. */
bool is_named(const char *name, const char *wanted);

#endif
