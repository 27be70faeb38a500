/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PARAMETER_LINES_H
#define VFIO_EARLY_PARAMETER_LINES_H

#include "plan.h"

/* How a file has kernel parameters. */
struct parameter_lines {
	/* Where the words of a line begin; NULL: this one has none. */
	const char *(*words_of)(const char *line);
	const char *key;		/* what a line of words begins with: "options ", or "" */
};

/* How a parameter stands in a text: of several words of its name the last counts. */
struct standing {
	bool has;
	const char *against;		/* "intel_iommu=off"; or NULL */
};

/* Looks at one word more: "intel_iommu=on,sm_on" is intel_iommu=on, too. */
void standing_look(struct standing *standing, const char *word, size_t length, const char *parameter);

struct standing lines_standing(const struct parameter_lines *lines, const char *text, const char *parameter);

/* The text with the parameter in the first line of words, or in one of its own; kept. */
const char *lines_with(const struct parameter_lines *lines, const char *text, const char *parameter);

/* The text without that word, and without a line that has no other; NULL: it has none. Kept. */
const char *lines_without(const struct parameter_lines *lines, const char *text, const char *parameter);

/* The words of all lines in one; kept. */
const char *lines_words(const struct parameter_lines *lines, const char *text);

/* The text of a file, or NULL; an error that is not its absence becomes an obstacle of the plan, if there is one. */
const char *lines_read(const struct machine *machine, const char *path, struct parameter_plan *plan);

/* Plans the file with the parameter, or why that cannot be; one that has it is kept. */
void lines_plan_with(const struct machine *machine, const struct parameter_lines *lines, struct parameter_edit edit,
		     struct parameter_plan *plan);

/* Plans the file without it. */
void lines_plan_without(const struct machine *machine, const struct parameter_lines *lines, struct parameter_edit edit,
			struct parameter_plan *plan);

#endif
