/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ERRORS_H
#define VFIO_EARLY_ERRORS_H

#include "model.h"

/* Adds a mistake in what was asked for; the text is kept. at.column 0: it concerns the whole source. */
__attribute__((format(printf, 3, 4)))
void errors_add(struct errors *errors, struct where at, const char *format, ...);

/* "FILE:LINE:COLUMN", "cmdline:1:COLUMN", or the source alone for a mistake of the whole (column 0). */
const char *where_exactly(struct where at);

/* "FILE:LINE", or the source alone if it has no lines: what for= names. */
const char *where_line(struct where at);

#endif
