/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot loaders share. */
#ifndef VFIO_EARLY_BOOT_LOADER_PARTS_H
#define VFIO_EARLY_BOOT_LOADER_PARTS_H

#include "../boot_loader.h"

/* A file with a line of parameters, which is somebody else's. */
struct parameter_file {
	const char *path;		/* below the root */
	const char *(*line_of)(const char *text);	/* where the line begins; NULL: it has none */
};

/* Whether the parameter has to be added; also where that cannot be told, which adding then complains about. */
bool parameter_file_lacks(const struct machine *machine, const struct parameter_file *file, const char *parameter);

/* Adds it, or takes it out, and says so. */
enum change parameter_file_edit(const struct machine *machine, const struct parameter_file *file, const char *parameter,
				bool add);

/* Runs what makes the boot loader's own files, or says that it is left to do. */
enum change have_made(const struct machine *machine, const char *command);

/* Complains: "PATH: why". */
enum change change_failed(const struct machine *machine, const char *path, int error);

#endif
