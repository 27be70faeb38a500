/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of "list": columns, tree and JSON, by libsmartcols. */
#include "../table.h"
#include "listing.h"

#include "../../../core/address.h"
#include "../../../core/text.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;		/* in lower case it is the name in JSON */
	double width;			/* hint of libsmartcols */
	int flags;
} columns[] = {
	[COLUMN_ADDRESS]   = { "ADDRESS",   0,    SCOLS_FL_TREE },
	[COLUMN_GROUP]     = { "GROUP",     0,    SCOLS_FL_RIGHT },
	[COLUMN_PATH]      = { "PATH",      0,    0 },
	[COLUMN_ID]        = { "ID",        0,    0 },
	[COLUMN_NAME]      = { "NAME",      0.3,  SCOLS_FL_TRUNC },
	[COLUMN_CLASS]     = { "CLASS",     0.15, SCOLS_FL_TRUNC },
	[COLUMN_SLOT]      = { "SLOT",      0,    0 },
	[COLUMN_DRIVER]    = { "DRIVER",    0,    0 },
	[COLUMN_DRIVERS]   = { "DRIVERS",   0,    0 },
	[COLUMN_USED_BY]   = { "USED-BY",   0.2,  0 },
	[COLUMN_NEXT_BOOT] = { "NEXT-BOOT", 0,    0 },
};

static const enum column usual[] = {
	COLUMN_ADDRESS, COLUMN_PATH, COLUMN_ID, COLUMN_NAME, COLUMN_DRIVER, COLUMN_USED_BY, COLUMN_NEXT_BOOT,
};

static int column_by_name(const char *name, size_t length)
{
	int i;

	for (i = 0; i < COLUMN_COUNT; i++)
		if (strlen(columns[i].name) == length && !strncasecmp(columns[i].name, name, length))
			return i;
	return -1;
}

enum exit_code listing_columns(struct listing *listing)
{
	const char *at = listing->options->columns;
	size_t i;

	if (!at) {
		for (i = 0; listing->options->json && i < COLUMN_COUNT; i++)
			*list_add(&listing->columns) = (enum column)i;
		for (i = 0; !listing->options->json && i < sizeof(usual) / sizeof(usual[0]); i++)
			*list_add(&listing->columns) = usual[i];
		return EXIT_FINE;
	}
	for (;;) {
		size_t length = strcspn(at, ",");
		int column = column_by_name(at, length);

		if (column < 0)
			return complain(EXIT_USAGE, "list: no such column: %.*s; see --help", (int)length, at);
		*list_add(&listing->columns) = (enum column)column;
		if (!at[length])
			return EXIT_FINE;
		at += length + 1;
	}
}

static void add_column(struct libscols_table *table, enum column column, const struct list_options *options)
{
	char *name = keep_string(columns[column].name), *at;
	int flags = columns[column].flags;

	for (at = name; options->json && *at; at++)
		*at = (char)(*at == '-' ? '_' : *at | 0x20);
	if (options->flat || options->json)
		flags &= ~SCOLS_FL_TREE;
	scols_table_new_column(table, name, columns[column].width, flags);
}

static void add_line(struct libscols_table *table, struct libscols_line *parent, const struct listing *listing,
		     const struct row *row)
{
	struct libscols_line *line = scols_table_new_line(table, parent);
	size_t i;

	for (i = 0; i < listing->columns.count; i++) {
		const char *cell = row->cells[listing->columns.items[i]];

		table_set(line, i, cell || listing->options->json ? cell : "-");
	}
}

static struct libscols_line *group_line(struct libscols_table *table, const struct listing *listing, const char *group)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;

	for (i = 0; i < listing->columns.count; i++)
		if (listing->columns.items[i] == COLUMN_ADDRESS)
			table_set(line, i, text_of("group %s", group));
	return line;
}

static int compare_groups(const void *a, const void *b)
{
	const struct device *one = (*(const struct row *const *)a)->device;
	const struct device *other = (*(const struct row *const *)b)->device;
	long difference = (one->group ? strtol(one->group, NULL, 10) : -1) -
			  (other->group ? strtol(other->group, NULL, 10) : -1);

	return difference ? (difference < 0 ? -1 : 1) : address_compare(&one->address, &other->address);
}

static void add_lines(struct libscols_table *table, const struct listing *listing)
{
	bool tree = !listing->options->flat && !listing->options->json;
	struct libscols_line *parent = NULL;
	const char *group = NULL;
	LIST(const struct row *) sorted = { 0 };

	for_each(row, &listing->rows)
		if (row->shown)
			*list_add(&sorted) = row;
	if (tree && sorted.count)
		qsort(sorted.items, sorted.count, sizeof(*sorted.items), compare_groups);
	for_each(row, &sorted) {
		const char *its = (*row)->device->group;

		if (tree && its && !text_same(its, group))
			parent = group_line(table, listing, its);
		group = its;
		add_line(table, its && tree ? parent : NULL, listing, *row);
	}
}

void listing_print(const struct listing *listing)
{
	struct libscols_table *table = scols_new_table();

	for_each(column, &listing->columns)
		add_column(table, *column, listing->options);
	scols_table_set_name(table, "devices");
	scols_table_enable_colors(table, 1);
	add_lines(table, listing);
	if (listing->options->json)
		table_print_json(table);
	else
		scols_print_table(table);
	scols_unref_table(table);
}
