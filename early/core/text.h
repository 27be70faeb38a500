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

/*
 * Of printf()'s formats only %s, and %u and %x, also of long (%lu) or size_t
 * (%zu), with a width of one digit in %04x. What follows any other is not
 * written; a sanitized build aborts there.
 */
__attribute__((format(printf, 2, 3)))
void text_print(struct text *text, const char *format, ...);
__attribute__((format(printf, 2, 0)))
void text_vprint(struct text *text, const char *format, va_list arguments);

/* The formatted text itself, kept. */
__attribute__((format(printf, 1, 2)))
const char *text_of(const char *format, ...);
__attribute__((format(printf, 1, 0)))
const char *text_vof(const char *format, va_list arguments);

/*
 * A value as the records spell it: as it is where it is printable ASCII
 * without space, quote and backslash (and not empty), else in quotes with
 * \", \\ and \xNN, so that no value can end its own record; NULL as "-".
 */
void text_add_value(struct text *text, const char *value);

/* For messages: bytes that are not printable as \xNN, cut with "..." where it is long. Kept. */
const char *text_shown(const char *bytes, size_t length);

/* Whether both are the same; NULL is the same as NULL only. */
bool text_same(const char *a, const char *b);
bool text_begins(const char *text, const char *beginning);

/*
 * Reading a text from front to back. What does not fit sets wrong, which no
 * later call clears: a caller reads on and asks scan_is_done() at the end.
 */
struct scan {
	const char *at, *end;
	bool wrong;
};

/* Reads a number of min to max digits, no larger than limit; 0 where it does not fit. */
unsigned long scan_hex(struct scan *scan, unsigned min, unsigned max, unsigned long limit);
unsigned long scan_decimal(struct scan *scan, unsigned max, unsigned long limit);

/* Reads this byte. */
void scan_byte(struct scan *scan, char byte);

/* Reads this byte if it is next; returns whether it was. */
bool scan_optional(struct scan *scan, char byte);

/* Whether all was read and fitted. */
bool scan_is_done(const struct scan *scan);

#endif
