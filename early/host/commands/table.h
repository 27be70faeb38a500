/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TABLE_H
#define VFIO_EARLY_TABLE_H

#include <libsmartcols/libsmartcols.h>

/* A cell of a line; NULL: it is empty, null in JSON. What a terminal might obey comes out as say() puts it. */
void table_set(struct libscols_line *line, size_t column, const char *text);

/* Prints a table in its full width, without blanks at the end of lines. */
void table_print(struct libscols_table *table);

/*
 * Prints a table with a name as {"schema": 1, "NAME": [...]}. The number
 * changes only when a field that is there changes its name or meaning.
 */
void table_print_json(struct libscols_table *table);

#endif
