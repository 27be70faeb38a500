/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libsmartcols writes the JSON; this adds what tells its version. */
#include "json.h"
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_print(struct libscols_table *table)
{
	char *text = NULL, *brace;

	scols_table_enable_json(table, 1);
	if (scols_print_table_to_string(table, &text) || !text) {
		complain(EXIT_CANNOT_RUN, "out of memory");
		return;
	}
	brace = strchr(text, '{');
	printf("{\n   \"schema\": 1,%s", brace ? brace + 1 : "}");
	free(text);
}
