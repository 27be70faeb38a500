/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FINDINGS_H
#define VFIO_EARLY_FINDINGS_H

#include "../../core/memory.h"

#include <stdbool.h>

/* What "check" and "verify" say: one line a finding, as virt-host-validate does. */

enum level { LEVEL_PASS, LEVEL_WARN, LEVEL_FAIL };

struct finding {
	enum level level;
	const char *check;		/* what was looked at: "iommu", "group 14"; part of the JSON format */
	const char *text;
	const char *fix;		/* something to type or to do; NULL: none is needed */
};

struct findings {
	struct finding *items;
	size_t count;
};

/* check and fix are kept by the caller; the text is formatted. */
__attribute__((format(printf, 5, 6)))
void findings_add(struct findings *findings, enum level level, const char *check, const char *fix,
		  const char *format, ...);

size_t findings_count(const struct findings *findings, enum level level);

/* On standard output, with the fix on a line of its own; quiet leaves out what passed. */
void findings_print(const struct findings *findings, bool quiet);

/* {"schema": 1, "NAME": [{"level", "check", "text", "fix"}...]} on standard output; fix may be null. */
void findings_print_json(const struct findings *findings, const char *name);

#endif
