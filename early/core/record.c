/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line format of the log and of the manifest: event key=value key="va\"lue". */
#include "record.h"

#include "memory.h"

#include <string.h>

void record_begin(struct text *log, const char *event)
{
	text_add(log, event, strlen(event));
}

void record_add(struct text *log, const char *key, const char *value)
{
	text_print(log, " %s=", key);
	text_add_value(log, value);
}

void record_add_number(struct text *log, const char *key, unsigned long value)
{
	text_print(log, " %s=%lu", key, value);
}

void record_end(struct text *log)
{
	text_add(log, "\n", 1);
}

bool record_next(const char **cursor, const char *end, const char **event, const char **rest)
{
	const char *line = *cursor, *stop;
	char *words, *space;

	if (line >= end)
		return false;
	stop = memchr(line, '\n', (size_t)(end - line));
	if (!stop)
		stop = end;
	words = keep_bytes(line, (size_t)(stop - line));
	*cursor = stop + 1;
	*event = words;
	space = strchr(words, ' ');
	*rest = space ? space + 1 : "";
	if (space)
		*space = '\0';
	return true;
}

/* The byte that a backslash at *at and what follows it mean; moves to the last of them. */
static char unescape(const char **at)
{
	char byte = *++*at;
	struct scan digits = { .at = *at + 1, .end = *at + 1 };
	unsigned long number;

	if (byte != 'x')
		return byte;
	digits.end += strnlen(digits.at, 2);
	number = scan_hex(&digits, 2, 2, 0xff);
	if (digits.wrong)
		return byte;
	*at += 2;
	return (char)number;
}

/* Reads a value behind its opening quote, and moves behind the closing one. */
static const char *take_quoted(const char **cursor)
{
	const char *at = *cursor;
	struct text value = { 0 };

	for (; *at && *at != '"'; at++) {
		char byte = *at;

		if (byte == '\\' && at[1])
			byte = unescape(&at);
		text_add(&value, &byte, 1);
	}
	*cursor = at + (*at == '"');
	return value.bytes ? value.bytes : "";
}

/* Reads a value at *cursor, quoted or not, and moves behind it. */
static const char *take_value(const char **cursor)
{
	const char *start = *cursor, *end = start;

	if (*start == '"') {
		++*cursor;
		return take_quoted(cursor);
	}
	while (*end && *end != ' ')
		end++;
	*cursor = end;
	return keep_bytes(start, (size_t)(end - start));
}

const char *record_value(const char *rest, const char *key)
{
	size_t length = strlen(key);
	const char *at = rest;

	while (*at) {
		const char *name = at, *value;

		while (*at && *at != '=' && *at != ' ')
			at++;
		if (*at != '=') {
			at += *at == ' ';
			continue;
		}
		value = at + 1;
		at = value;
		if ((size_t)(value - 1 - name) == length && !strncmp(name, key, length))
			return take_value(&at);
		take_value(&at);
	}
	return NULL;
}
