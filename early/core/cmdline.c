/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel command line: its text to words. */
#include "cmdline.h"

#include "memory.h"

#include <string.h>

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

size_t cmdline_word_length(const char *text, size_t length)
{
	bool in_quotes = false;
	size_t i;

	for (i = 0; i < length && (in_quotes || !is_space(text[i])); i++)
		if (text[i] == '"')
			in_quotes = !in_quotes;
	return i;
}

/* Reads the word from text[start] to text[stop]. */
static struct kernel_word read_word(const char *text, size_t start, size_t stop)
{
	bool quoted = text[start] == '"';
	size_t first = start + quoted, i, equals = 0, name_end, value, value_end = stop;
	struct kernel_word word = { .column = (unsigned)first + 1 };

	for (i = first; i < stop && !equals; i++)
		if (text[i] == '=')
			equals = i;
	if (stop > first && text[stop - 1] == '"' && quoted)
		value_end--;
	name_end = equals ? equals : value_end;
	word.name = keep_bytes(text + first, name_end - first);
	if (equals) {
		value = equals + 1;
		if (value < value_end && text[value] == '"') {
			value++;
			if (value < value_end && text[value_end - 1] == '"')
				value_end--;
		}
		word.value = keep_bytes(text + value, value_end - value);
		word.value_column = (unsigned)value + 1;
	}
	return word;
}

struct cmdline cmdline_parse(const char *text, size_t length)
{
	struct cmdline cmdline = { 0 };
	bool for_init = false;
	size_t at = 0;

	for (;;) {
		struct kernel_word word;
		size_t start;

		while (at < length && is_space(text[at]))
			at++;
		if (at == length)
			return cmdline;
		start = at;
		at += cmdline_word_length(text + at, length - at);
		word = read_word(text, start, at);
		word.for_init = for_init;
		if (!for_init && !word.value && !strcmp(word.name, "--")) {
			for_init = true;
			continue;
		}
		*list_add(&cmdline) = word;
	}
}

bool same_name(const char *a, size_t length, const char *b)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (a[i] != b[i] && !((a[i] == '-' && b[i] == '_') || (a[i] == '_' && b[i] == '-')))
			return false;
	return !b[length];
}

const struct kernel_word *cmdline_last(const struct cmdline *cmdline, const char *name)
{
	const struct kernel_word *last = NULL;

	for_each(word, cmdline)
		if (word->value && !word->for_init && same_name(word->name, strlen(word->name), name))
			last = word;
	return last;
}

const char *cmdline_value(const struct cmdline *cmdline, const char *name)
{
	const struct kernel_word *last = cmdline_last(cmdline, name);

	return last ? last->value : NULL;
}

bool list_has(const char *list, const char *item)
{
	while (list && *list) {
		size_t length = strcspn(list, ",");

		if (same_name(list, length, item))
			return true;
		list += length + (list[length] == ',');
	}
	return false;
}

void module_option_add(struct text *options, const char *name, const char *value)
{
	const char *quote = value && strchr(value, ' ') ? "\"" : "";

	text_print(options, "%s%s%s%s%s%s", options->length ? " " : "", name, value ? "=" : "", quote,
		   value ? value : "", quote);
}
