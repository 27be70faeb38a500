/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands say: texts of a machine, made harmless, to standard output and standard error. */
#include "say.h"

#include "../../core/memory.h"
#include "../../core/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void add_printable(struct text *text, const char *bytes, size_t length, const char *also)
{
	for (; length--; bytes++) {
		unsigned char byte = (unsigned char)*bytes;

		if ((byte >= ' ' && byte < 0x7f) || (byte && strchr(also, byte)))
			text_add(text, bytes, 1);
		else
			text_print(text, "\\x%02x", byte);
	}
}

const char *printable(const char *text)
{
	struct text result = { 0 };

	if (!text)
		return NULL;
	add_printable(&result, text, strlen(text), "");
	return result.length ? result.bytes : "";
}

static void pad(struct text *text, size_t length, int width)
{
	for (; width > 0 && length < (size_t)width; length++)
		text_add(text, " ", 1);
}

/* A negative width is one to the left, as printf() has it. */
static void add_string(struct text *text, const char *string, size_t length, int width)
{
	struct text one = { 0 };

	add_printable(&one, string, length, "");
	pad(text, one.length, width);
	text_add(text, one.length ? one.bytes : "", one.length);
	pad(text, one.length, -width);
}

static void format_text(struct text *text, const char *format, va_list arguments)
{
	while (*format) {
		size_t plain = strcspn(format, "%");
		int width = 0, precision = -1, is_left, is_long;

		text_add(text, format, plain);
		format += plain;
		if (!*format)
			return;
		is_left = *++format == '-';
		format += is_left;
		if (*format == '*') {
			width = va_arg(arguments, int);
			format++;
		}
		if (*format == '.') {
			precision = va_arg(arguments, int);
			format += 2;
		}
		is_long = *format == 'l' || *format == 'z';
		format += is_long;
		if (*format++ == 's') {
			const char *string = va_arg(arguments, const char *);

			add_string(text, string, precision < 0 ? strlen(string) : strnlen(string, (size_t)precision),
				   is_left ? -width : width);
		} else {
			text_print(text, "%lu", is_long ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned));
		}
	}
}

static void put(FILE *stream, const struct text *text)
{
	if (text->length)
		fwrite(text->bytes, 1, text->length, stream);
}

void say(const char *format, ...)
{
	struct text text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	format_text(&text, format, arguments);
	va_end(arguments);
	put(stdout, &text);
}

void say_lines(const char *lines)
{
	struct text text = { 0 };

	add_printable(&text, lines, strlen(lines), "\t\n");
	put(stdout, &text);
}

void say_colored(const char *word, enum color color)
{
	const char *no_color = getenv("NO_COLOR");

	if (isatty(STDOUT_FILENO) && !(no_color && *no_color))
		printf("\033[%um%s\033[0m", (unsigned)color, word);
	else
		printf("%s", word);
}

unsigned say_width(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? size.ws_col : 0;
}

/* How much of a text stands in a line of so many columns: whole words, or a piece of one that is longer. */
static size_t length_of_line(const char *text, size_t columns)
{
	size_t length = columns;

	if (strlen(text) <= columns)
		return strlen(text);
	while (length && text[length] != ' ')
		length--;
	return length ? length : columns;
}

void say_wrapped(const char *bytes, unsigned indent)
{
	const char *text = bytes ? printable(bytes) : "";
	unsigned width = say_width();

	while (width > 2 * indent && strlen(text) > width - indent) {
		size_t length = length_of_line(text, width - indent);

		say("%.*s\n%*s", (int)length, text, (int)indent, "");
		text += length;
		text += strspn(text, " ");
	}
	say("%s\n", text);
}

int complain(enum exit_code code, const char *format, ...)
{
	struct text text = { 0 };
	va_list arguments;

	fflush(stdout);		/* what it is about comes first, also in a file */
	text_print(&text, "vfio-early: ");
	va_start(arguments, format);
	format_text(&text, format, arguments);
	va_end(arguments);
	text_add(&text, "\n", 1);
	put(stderr, &text);
	return code;
}

enum exit_code said(enum exit_code code)
{
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_CANNOT_RUN, "standard output: %s", strerror(errno));
	return code;
}
