/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings, as lines for a person and as JSON. */
#include "findings.h"
#include "table.h"

#include "../machine/say.h"
#include "../../core/text.h"

#include <stdarg.h>
#include <string.h>

static const char *const level_names[] = { [LEVEL_PASS] = "PASS", [LEVEL_WARN] = "WARN", [LEVEL_FAIL] = "FAIL" };
static const enum color level_colors[] = {
	[LEVEL_PASS] = COLOR_GREEN, [LEVEL_WARN] = COLOR_YELLOW, [LEVEL_FAIL] = COLOR_RED,
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
	static const char level_and_blank[] = "PASS ", fix[] = "fix: ";
	int width = width_of_checks(findings), indent = (int)strlen(level_and_blank) + width + 2;

	for_each(finding, findings) {
		if (quiet && finding->level == LEVEL_PASS)
			continue;
		say_colored(level_names[finding->level], level_colors[finding->level]);
		say(" %-*s  ", width, finding->check);
		say_wrapped(finding->text, (unsigned)indent);
		if (!finding->fix)
			continue;
		say("%*s%s", indent, "", fix);
		say_wrapped(finding->fix, (unsigned)(indent + (int)strlen(fix)));
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

		table_set(line, 0, level_names[finding->level]);
		table_set(line, 1, finding->check);
		table_set(line, 2, finding->text);
		table_set(line, 3, finding->fix);
	}
	table_print_json(table);
	scols_unref_table(table);
}
