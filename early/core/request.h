/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REQUEST_H
#define VFIO_EARLY_REQUEST_H

#include "model.h"

/*
 * One device and what is wanted of it: selector words, then options, between
 * the separators of the source (space and tab in a file, "+" on the kernel
 * command line). at is the place of the text's first byte. A text with any
 * mistake adds to the errors and not to the requests.
 */
void request_parse(struct config *config, struct where at, const char *text, size_t length,
		   const char *separators);

/* The stable name of one refusal, and the set that a name stands for (0: no such name). */
const char *refusal_name(unsigned refusal);
unsigned refusal_by_name(const char *name);

/* The names of a set of refusals, comma-separated; kept. */
const char *refusals_joined(unsigned refusals);

/* Refusals that allow= may overrule. */
#define REFUSALS_ALLOWABLE (REFUSE_BOOT_DISK | REFUSE_ROOT_NETWORK | REFUSE_DEFAULT_ROUTE | \
			    REFUSE_IN_USE | REFUSE_LAST_INPUT | REFUSE_LAST_DISPLAY)

#endif
