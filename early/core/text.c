/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text: building it, quoting it, reading bounded numbers from it. */
#include "text.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 80

void text_add(struct text *text, const char *bytes, size_t length)
{
	if (text->capacity - text->length <= length) {
		size_t capacity = text->capacity ? 2 * text->capacity : 128;
		char *larger;

		while (capacity - text->length <= length)
			capacity *= 2;
		larger = keep(capacity);
		if (text->length)
			memcpy(larger, text->bytes, text->length);
		text->bytes = larger;
		text->capacity = capacity;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

static void add_number(struct text *text, unsigned long number, unsigned base, unsigned width)
{
	char digits[20], *at = digits + sizeof(digits);

	do {
		*--at = "0123456789abcdef"[number % base];
		number /= base;
	} while (number || at > digits + sizeof(digits) - width);
	text_add(text, at, (size_t)(digits + sizeof(digits) - at));
}

static void add_string(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

/* What is not printable as \xNN, and what has a meaning in quotes with a backslash. */
static void add_escaped(struct text *text, const char *bytes, size_t length, const char *special)
{
	for (; length--; bytes++) {
		unsigned char byte = (unsigned char)*bytes;

		if (byte < ' ' || byte >= 0x7f) {
			text_print(text, "\\x%02x", byte);
			continue;
		}
		if (strchr(special, byte))
			add_string(text, "\\");
		text_add(text, bytes, 1);
	}
}

void text_add_value(struct text *text, const char *value)
{
	const char *at = value;

	while (at && *at > ' ' && *at < 0x7f && *at != '"' && *at != '\\')
		at++;
	if (!at) {
		add_string(text, "-");
	} else if (at > value && !*at) {
		add_string(text, value);
	} else {
		add_string(text, "\"");
		add_escaped(text, value, strlen(value), "\"\\");
		add_string(text, "\"");
	}
}

/* No input can bring one; in a sanitized build a test must not pass with a format that a caller got wrong. */
static void unknown_format(void)
{
#ifdef __SANITIZE_ADDRESS__
	abort();
#endif
}

/* klibc's vsnprintf() alone would be a sixteenth of the boot program. */
void text_vprint(struct text *text, const char *format, va_list arguments)
{
	for (;; format++) {
		const char *plain = format;
		unsigned width = 0;
		bool is_long;

		while (*format && *format != '%')
			format++;
		text_add(text, plain, (size_t)(format - plain));
		if (!*format)
			return;
		if (*++format == '0') {
			width = (unsigned)(format[1] - '0');
			format += 2;
		}
		is_long = *format == 'l' || *format == 'z';
		format += is_long;
		if (*format == 's') {
			add_string(text, va_arg(arguments, const char *));
		} else if (*format == 'u' || *format == 'x') {
			add_number(text, is_long ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned),
				   *format == 'x' ? 16 : 10, width);
		} else {
			unknown_format();
			return;
		}
	}
}

void text_print(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_vprint(text, format, arguments);
	va_end(arguments);
}

const char *text_vof(const char *format, va_list arguments)
{
	static struct text scratch;	/* what is kept is no larger than the text */

	scratch.length = 0;
	text_vprint(&scratch, format, arguments);
	return keep_bytes(scratch.length ? scratch.bytes : "", scratch.length);
}

const char *text_of(const char *format, ...)
{
	va_list arguments;
	const char *text;

	va_start(arguments, format);
	text = text_vof(format, arguments);
	va_end(arguments);
	return text;
}

const char *text_shown(const char *bytes, size_t length)
{
	struct text text = { 0 };

	add_escaped(&text, bytes, length < SHOWN_MAX ? length : SHOWN_MAX, "");
	return text_of("%s%s", text.bytes ? text.bytes : "", length > SHOWN_MAX ? "..." : "");
}

bool text_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool text_begins(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	if (digit >= 'a' && digit <= 'f')
		return (unsigned)(digit - 'a' + 10);
	if (digit >= 'A' && digit <= 'F')
		return (unsigned)(digit - 'A' + 10);
	return 16;
}

static unsigned long scan_number(struct scan *scan, unsigned base, unsigned min, unsigned max,
				 unsigned long limit)
{
	unsigned long value = 0;
	unsigned digits = 0, digit;

	while (scan->at < scan->end && (digit = digit_value(*scan->at)) < base) {
		value = value * base + digit;
		scan->at++;
		/* max is small enough that nothing overflows before this is seen */
		if (++digits > max || value > limit)
			scan->wrong = true;
		if (scan->wrong)
			return 0;
	}
	scan->wrong |= digits < min;
	return value;
}

unsigned long scan_hex(struct scan *scan, unsigned min, unsigned max, unsigned long limit)
{
	return scan_number(scan, 16, min, max, limit);
}

unsigned long scan_decimal(struct scan *scan, unsigned max, unsigned long limit)
{
	return scan_number(scan, 10, 1, max, limit);
}

bool scan_optional(struct scan *scan, char byte)
{
	bool is_next = scan->at < scan->end && *scan->at == byte;

	scan->at += is_next;
	return is_next;
}

void scan_byte(struct scan *scan, char byte)
{
	scan->wrong |= !scan_optional(scan, byte);
}

bool scan_is_done(const struct scan *scan)
{
	return !scan->wrong && scan->at == scan->end;
}
