/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SWITCHING_H
#define VFIO_EARLY_SWITCHING_H

#include "../image/rehearse.h"

/* What "enable" and "disable" share. */

/* The file that is theirs alone; everything else is a person's. Below the root. */
#define OWN_FILE "etc/vfio-early.conf.d/90-enable.conf"
#define OWN_FILE_SIZE_MAX (256ul * 1024)

struct switching {
	const char *name;		/* of the command */
	const char *root;
	bool kernel_params, no_image, dry_run;
	bool has_written;		/* OWN_FILE is another than before */
};

/* -1: go on, from optind; else the exit code. */
int switching_options(int count, char **arguments, const char *help, struct switching *switching);

/* EXIT_FINE, or, after a complaint, EXIT_CANNOT_RUN. */
enum exit_code switching_open(const struct switching *switching, struct machine *machine);

/* EXIT_FINE, or EXIT_PROBLEM after a complaint; an empty content removes the file. */
enum exit_code write_own_file(const struct machine *machine, const char *content);

/* The content of the file, "" if there is none; NULL, after a complaint, if it cannot be read. */
const char *read_own_file(const struct machine *machine);

/* Says, once, that a key may open the disk only after exactly this boot (systemd-cryptenroll(1), clevis). */
void warn_of_sealed_keys(const struct machine *machine);

/*
 * Rebuilds the images that lack the configuration, and says which. EXIT_FINE
 * also where none does; EXIT_PROBLEM, after a complaint, where one still does.
 */
enum exit_code rebuild_images(const struct switching *switching, const struct machine *machine);

/* What to do after a change. */
void say_next(const struct switching *switching);

#endif
