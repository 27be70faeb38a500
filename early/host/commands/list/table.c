/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of "list": columns, tree and JSON, by libsmartcols. */
#include "../table.h"
#include "listing.h"

#include "../../machine/near.h"
#include "../../../core/address.h"
#include "../../../core/text.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;		/* in lower case it is the name in JSON */
	int flags;
} columns[] = {
	[COLUMN_ADDRESS]   = { "ADDRESS",   SCOLS_FL_TREE },
	[COLUMN_GROUP]     = { "GROUP",     SCOLS_FL_RIGHT },
	[COLUMN_PATH]      = { "PATH",      0 },
	[COLUMN_ID]        = { "ID",        0 },
	[COLUMN_NAME]      = { "NAME",      0 },
	[COLUMN_CLASS]     = { "CLASS",     0 },
	[COLUMN_SLOT]      = { "SLOT",      0 },
	[COLUMN_DRIVER]    = { "DRIVER",    0 },
	[COLUMN_DRIVERS]   = { "DRIVERS",   0 },
	[COLUMN_USED_BY]   = { "USED-BY",   0 },
	[COLUMN_NEXT_BOOT] = { "NEXT-BOOT", 0 },
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

static int no_such_column(const char *name, size_t length)
{
	const char *names[COLUMN_COUNT];
	size_t i;

	for (i = 0; i < COLUMN_COUNT; i++)
		names[i] = columns[i].name;
	return complain(EXIT_USAGE, "list: no such column: %.*s; %s", (int)length, name,
			near_hint(name, length, names, COLUMN_COUNT, "list "));
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
			return no_such_column(at, length);
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
	scols_table_new_column(table, name, 0, flags);
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

/* ---- what a terminal has room for ---- */

#define BETWEEN 1			/* columns of a terminal between two of the table */
#define NAME_WIDTH 28			/* as long as something else can be cut, */
#define NAME_WIDTH_MIN 14		/* and at least */
#define TREE_WIDTH 2			/* in front of an address */

static size_t width_of(const struct listing *listing, enum column column)
{
	size_t width = strlen(columns[column].name);

	for_each(row, &listing->rows) {
		size_t length = row->shown && row->cells[column] ? strlen(row->cells[column]) : 0;

		length += column == COLUMN_ADDRESS && !listing->options->flat ? TREE_WIDTH : 0;
		width = length > width ? length : width;
	}
	return width;
}

static size_t width_of_all(const struct listing *listing)
{
	size_t width = 0;

	for_each(column, &listing->columns)
		width += width_of(listing, *column) + BETWEEN;
	return width ? width - BETWEEN : 0;
}

static void leave_out(struct listing *listing, enum column unwanted)
{
	LIST(enum column) kept = { 0 };

	for_each(column, &listing->columns)
		if (*column != unwanted)
			*list_add(&kept) = *column;
	listing->columns.items = kept.items;
	listing->columns.count = kept.count;
}

/* Cuts the cells of a column so far that the table fits, but no shorter than to min. */
static void cut(struct listing *listing, enum column column, size_t min, size_t width)
{
	static const char dots[] = "...";
	size_t now = width_of(listing, column), all = width_of_all(listing), room;

	if (all <= width || now <= min)
		return;
	room = now > all - width + min ? now - (all - width) : min;
	for_each(row, &listing->rows)
		if (row->cells[column] && strlen(row->cells[column]) > room)
			row->cells[column] = text_of("%s%s", keep_bytes(row->cells[column], room - strlen(dots)), dots);
}

/* What can be asked for by -o goes first, and then what is long. */
static void fit(struct listing *listing)
{
	size_t width = say_width();

	if (!width)
		return;
	if (!listing->options->columns && width_of_all(listing) > width)
		leave_out(listing, COLUMN_PATH);
	cut(listing, COLUMN_NAME, NAME_WIDTH, width);
	cut(listing, COLUMN_USED_BY, strlen(columns[COLUMN_USED_BY].name), width);
	cut(listing, COLUMN_NAME, NAME_WIDTH_MIN, width);
	cut(listing, COLUMN_NEXT_BOOT, strlen(columns[COLUMN_NEXT_BOOT].name), width);
}

void listing_print(struct listing *listing)
{
	struct libscols_table *table = scols_new_table();

	if (!listing->options->json)
		fit(listing);
	for_each(column, &listing->columns)
		add_column(table, *column, listing->options);
	scols_table_enable_noheadings(table, listing->options->bare);
	scols_table_set_name(table, "devices");
	add_lines(table, listing);
	if (listing->options->json)
		table_print_json(table);
	else
		table_print(table);
	scols_unref_table(table);
}
