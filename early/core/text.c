/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text: building it, quoting it, reading bounded numbers from it. */
#include "text.h"

#include "memory.h"

#include <stdio.h>
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

void text_vprint(struct text *text, const char *format, va_list arguments)
{
	va_list again;
	char small[160];
	int length;

	va_copy(again, arguments);
	length = vsnprintf(small, sizeof(small), format, arguments);
	if (length >= (int)sizeof(small)) {
		char *large = keep((size_t)length + 1);

		vsnprintf(large, (size_t)length + 1, format, again);
		text_add(text, large, (size_t)length);
	} else if (length >= 0) {
		text_add(text, small, (size_t)length);
	}
	va_end(again);
}

void text_print(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_vprint(text, format, arguments);
	va_end(arguments);
}

const char *text_of(const char *format, ...)
{
	struct text text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	text_vprint(&text, format, arguments);
	va_end(arguments);
	return text.bytes ? text.bytes : "";
}

static bool is_plain(unsigned char byte)
{
	return byte > ' ' && byte < 0x7f && byte != '"' && byte != '\\';
}

void text_add_value(struct text *text, const char *bytes, size_t length)
{
	bool quoted = length == 0;
	size_t i;

	for (i = 0; i < length; i++)
		quoted |= !is_plain((unsigned char)bytes[i]);
	if (!quoted) {
		text_add(text, bytes, length);
		return;
	}
	text_add(text, "\"", 1);
	for (i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte == '"' || byte == '\\')
			text_print(text, "\\%c", byte);
		else if (byte == ' ' || is_plain(byte))
			text_add(text, bytes + i, 1);
		else
			text_print(text, "\\x%02x", byte);
	}
	text_add(text, "\"", 1);
}

const char *text_shown(const char *bytes, size_t length)
{
	struct text text = { 0 };
	size_t i;

	for (i = 0; i < length && i < SHOWN_MAX; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= ' ' && byte < 0x7f)
			text_add(&text, bytes + i, 1);
		else
			text_print(&text, "\\x%02x", byte);
	}
	if (i < length)
		text_add(&text, "...", 3);
	return text.bytes ? text.bytes : "";
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

bool text_number(const char **cursor, const char *end, unsigned base, unsigned min, unsigned max,
		 unsigned long limit, unsigned long *value)
{
	const char *at = *cursor;
	unsigned long result = 0;
	unsigned digits = 0;

	for (; at < end && digit_value(*at) < base; at++, digits++) {
		unsigned digit = digit_value(*at);

		if (digits == max || digit > limit || result > (limit - digit) / base)
			return false;
		result = result * base + digit;
	}
	if (digits < min)
		return false;
	*cursor = at;
	*value = result;
	return true;
}
