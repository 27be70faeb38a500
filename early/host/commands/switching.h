/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SWITCHING_H
#define VFIO_EARLY_SWITCHING_H

#include "../machine/machine.h"

/* What "enable" and "disable" share. */

struct switching {
	const char *name;		/* of the command */
	const char *root;
	bool kernel_params, no_image, dry_run;
	bool has_written;		/* their file is another than before, or would be in a dry run */
};

/* The options: -1: go on, from optind; else the exit code. */
int switching_options(int count, char **arguments, const char *help, struct switching *switching);

/* EXIT_FINE, alone on this machine unless it is a dry run; or, after a complaint, EXIT_CANNOT_RUN. */
enum exit_code switching_open(struct switching *switching, struct machine *machine);

/* As rebuild_images(), by these options. */
enum exit_code switching_images(const struct switching *switching, const struct machine *machine);

/* What to do after a change. */
void say_next(const struct switching *switching);

#endif
