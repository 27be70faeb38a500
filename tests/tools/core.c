/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core CASE: calls single functions of early/core with what no configuration
 * and no tree can bring about, and prints what comes of it. Cases:
 *   format	every format that text_print() knows
 *   wrong-format	one that it does not know
 *   ready	keep_ready() before anything else was kept
 *   endless	more memory than there is
 */
#include "../../early/core/memory.h"
#include "../../early/core/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **arguments)
{
	const char *which = count == 2 ? arguments[1] : "";
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
	} else if (!strcmp(which, "endless")) {
		keep(SIZE_MAX - 3);
	} else {
		return 2;
	}
	return 0;
}
