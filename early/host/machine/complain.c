/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How every command complains. */
#include "../commands/commands.h"

#include <stdarg.h>
#include <stdio.h>

int complain(enum exit_code code, const char *format, ...)
{
	va_list arguments;

	fflush(stdout);		/* what it is about comes first, also in a file */
	va_start(arguments, format);
	fputs("vfio-early: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return code;
}
