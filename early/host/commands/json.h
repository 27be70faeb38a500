/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_JSON_H
#define VFIO_EARLY_JSON_H

#include <libsmartcols/libsmartcols.h>

/*
 * Prints a table with a name as {"schema": 1, "NAME": [...]}. The number
 * changes only when a field that is there changes its name or meaning.
 */
void json_print(struct libscols_table *table);

#endif
