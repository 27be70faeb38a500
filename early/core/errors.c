/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes in what was asked for: each has a place and a text. */
#include "errors.h"

#include "memory.h"
#include "text.h"

void errors_add(struct errors *errors, struct where at, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	*list_add(errors) = (struct error) { .at = at, .text = text_vof(format, arguments) };
	va_end(arguments);
}

const char *where_exactly(struct where at)
{
	if (!at.column)
		return at.source;
	return text_of("%s:%u:%u", at.source, at.line ? at.line : 1, at.column);
}

const char *where_line(struct where at)
{
	return at.line ? text_of("%s:%u", at.source, at.line) : at.source;
}
