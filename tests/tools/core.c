/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core CASE: calls single functions of early/core with what no configuration
 * and no tree can bring about, and prints what comes of it. Cases:
 *   format	every format that text_print() knows
 *   wrong-format	one that it does not know
 *   ready	keep_ready() before anything else was kept
 *   names	refusals and errors that have no name
 *   sizes N	more memory than there is, asked for in the Nth of these ways
 */
#include "../../early/core/errno_name.h"
#include "../../early/core/memory.h"
#include "../../early/core/refusal.h"
#include "../../early/core/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Sizes that overflow when they are rounded, when a header is added, and none of both. */
static const size_t sizes[] = { SIZE_MAX - 3, SIZE_MAX - 15, SIZE_MAX / 2 };

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void ask_for_too_much(size_t which)
{
	LIST(char) list = { .items = NULL, .count = SIZE_MAX / 2 + 1 };

	if (which < SIZES)
		keep(sizes[which]);
	else
		list_add(&list);
}

int main(int count, char **arguments)
{
	const char *which = count > 1 ? arguments[1] : "";
	/* not a literal: the compiler knows only printf()'s formats */
	const char *const volatile wrong = "before %d after";

	if (!strcmp(which, "format")) {
		puts(text_of("%s|%u|%x|%lu|%lx|%zu|%04x|%02x|%06x", "text", 4294967295u, 0xabcdu, 18446744073709551615ul,
			     0xfeul, (size_t)17, 0xabcdeu, 5u, 0x300u));
	} else if (!strcmp(which, "wrong-format")) {
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
		puts(text_of(wrong, 5));
	} else if (!strcmp(which, "ready")) {
		keep_ready(1000000);
		puts(keep_string("kept"));
	} else if (!strcmp(which, "names")) {
		puts(text_of("%s %s", refusal_name(0), errno_name(4711)));
	} else if (count == 3) {
		ask_for_too_much((size_t)(*arguments[2] - '0'));
	} else {
		return 2;
	}
	return 0;
}
