/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings, as lines for a person and as JSON. */
#include "findings.h"

#include "json.h"
#include "../../core/text.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const level_names[] = { [LEVEL_PASS] = "PASS", [LEVEL_WARN] = "WARN", [LEVEL_FAIL] = "FAIL" };
static const char *const level_colors[] = {
	[LEVEL_PASS] = "\033[32m", [LEVEL_WARN] = "\033[33m", [LEVEL_FAIL] = "\033[31m",
};

void findings_add(struct findings *findings, enum level level, const char *check, const char *fix,
		  const char *format, ...)
{
	struct text text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	text_vprint(&text, format, arguments);
	va_end(arguments);
	*list_add(findings) = (struct finding) { .level = level, .check = check, .text = text.bytes, .fix = fix };
}

size_t findings_count(const struct findings *findings, enum level level)
{
	size_t count = 0;

	for_each(finding, findings)
		count += finding->level == level;
	return count;
}

static int width_of_checks(const struct findings *findings)
{
	size_t width = 0;

	for_each(finding, findings)
		if (strlen(finding->check) > width)
			width = strlen(finding->check);
	return (int)width;
}

void findings_print(const struct findings *findings, bool quiet)
{
	const char *no_color = getenv("NO_COLOR");
	bool colors = isatty(STDOUT_FILENO) && !(no_color && *no_color);
	int width = width_of_checks(findings);

	for_each(finding, findings) {
		if (quiet && finding->level == LEVEL_PASS)
			continue;
		printf("%s%s%s %-*s  %s\n", colors ? level_colors[finding->level] : "", level_names[finding->level],
		       colors ? "\033[0m" : "", width, finding->check,
		       finding->text);
		if (finding->fix)
			printf("     %*s  fix: %s\n", width, "", finding->fix);
	}
}

void findings_print_json(const struct findings *findings, const char *name)
{
	static const char *const columns[] = { "level", "check", "text", "fix" };
	struct libscols_table *table = scols_new_table();
	size_t i;

	scols_table_set_name(table, name);
	for (i = 0; i < 4; i++)
		scols_table_new_column(table, columns[i], 0, 0);
	for_each(finding, findings) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		scols_line_set_data(line, 0, level_names[finding->level]);
		scols_line_set_data(line, 1, finding->check);
		scols_line_set_data(line, 2, finding->text);
		scols_line_set_data(line, 3, finding->fix);
	}
	json_print(table);
	scols_unref_table(table);
}
