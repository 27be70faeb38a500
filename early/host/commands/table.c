/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables and JSON by libsmartcols: what goes into a cell, and what tells the version of JSON. */
#include "table.h"

#include "../machine/say.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void table_set(struct libscols_line *line, size_t column, const char *text)
{
	scols_line_set_data(line, column, printable(text));
}

/* false after a complaint; the text is to be freed. */
static bool print_to_text(struct libscols_table *table, char **text)
{
	if (!scols_print_table_to_string(table, text) && *text)
		return true;
	complain(EXIT_CANNOT_RUN, "out of memory");
	return false;
}

void table_print(struct libscols_table *table)
{
	char *text = NULL;
	const char *line;

	if (!print_to_text(table, &text))
		return;
	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t shown = strcspn(line, "\n");

		while (shown && line[shown - 1] == ' ')
			shown--;
		say("%.*s\n", (int)shown, line);
	}
	free(text);
}

void table_print_json(struct libscols_table *table)
{
	char *text = NULL, *brace;

	scols_table_enable_json(table, 1);
	if (!print_to_text(table, &text))
		return;
	brace = strchr(text, '{');
	say("{\n   \"schema\": 1,");
	say_lines(brace ? brace + 1 : "}");
	free(text);
}
