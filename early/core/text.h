/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_TEXT_H
#define VFIO_EARLY_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A text that grows as it is written; always terminated. Start with { 0 }. */
struct text {
	char *bytes;
	size_t length, capacity;
};

void text_add(struct text *text, const char *bytes, size_t length);
__attribute__((format(printf, 2, 3)))
void text_print(struct text *text, const char *format, ...);
__attribute__((format(printf, 2, 0)))
void text_vprint(struct text *text, const char *format, va_list arguments);

/* The formatted text itself, kept. */
__attribute__((format(printf, 1, 2)))
const char *text_of(const char *format, ...);

/*
 * A value as the records spell it: as it is where it is printable ASCII
 * without space, quote and backslash (and not empty), else in quotes with
 * \", \\ and \xNN, so that no value can end its own record.
 */
void text_add_value(struct text *text, const char *bytes, size_t length);

/* The same for the eyes of a person: bytes that are not printable as \xNN, long ones cut with "...". */
const char *text_shown(const char *bytes, size_t length);

/*
 * A number of min to max digits of the base (10 or 16) at *cursor, which is
 * moved behind it. False, with *cursor unmoved, where there is none, there
 * are more digits, or the value is larger than limit.
 */
bool text_number(const char **cursor, const char *end, unsigned base, unsigned min, unsigned max,
		 unsigned long limit, unsigned long *value);

#endif
