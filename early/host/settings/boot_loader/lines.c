/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of kernel parameters in a text: how one stands there, and the text with it or without it. */
#include "lines.h"

#include "../../../core/cmdline.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <errno.h>
#include <string.h>

#define FILE_SIZE_MAX (64ul * 1024)
#define BLANKS " \t"

/* A word in a text. */
struct word {
	const char *line, *words;	/* that it is in, and where the words of that begin */
	const char *at;
	size_t length;
};

static const char *end_of(const char *line)
{
	return line + strcspn(line, "\r\n");
}

static const char *line_after(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

/* The next word behind one, in that line or a later one; begin with { .line = text }. */
static bool next_word(const struct parameter_lines *lines, struct word *word)
{
	for (;;) {
		if (!word->words)
			word->words = word->at = lines->words_of(word->line);
		if (word->at) {
			word->at += word->length;
			word->at += strspn(word->at, BLANKS);
			word->length = cmdline_word_length(word->at, (size_t)(end_of(word->line) - word->at));
			if (word->length)
				return true;
		}
		if (!*word->line)
			return false;
		*word = (struct word) { .line = line_after(word->line) };
	}
}

void standing_look(struct standing *standing, const char *word, size_t length, const char *parameter)
{
	size_t name = strcspn(parameter, "=") + 1;
	const char *values = length > name ? keep_bytes(word + name, length - name) : NULL;

	if (!values || strncmp(word, parameter, name))
		return;
	if (list_has(values, parameter + name))
		*standing = (struct standing) { .has = true };
	else if (list_has(values, "off"))
		*standing = (struct standing) { .against = keep_bytes(word, length) };
}

struct standing lines_standing(const struct parameter_lines *lines, const char *text, const char *parameter)
{
	struct word word = { .line = text };
	struct standing standing = { 0 };

	while (next_word(lines, &word))
		standing_look(&standing, word.at, word.length, parameter);
	return standing;
}

const char *lines_words(const struct parameter_lines *lines, const char *text)
{
	struct word word = { .line = text };
	struct strings words = { 0 };

	while (next_word(lines, &word))
		strings_add(&words, keep_bytes(word.at, word.length));
	return words.count ? strings_join(&words, " ") : "";
}

const char *lines_with(const struct parameter_lines *lines, const char *text, const char *parameter)
{
	struct word word = { .line = text };
	size_t length = strlen(text);
	const char *end;

	if (next_word(lines, &word)) {
		end = end_of(word.line);
		return text_of("%s %s%s", keep_bytes(text, (size_t)(end - text)), parameter, end);
	}
	if (length && text[length - 1] != '\n')
		return text_of("%s\n%s%s", text, lines->key, parameter);
	return text_of("%s%s%s\n", text, lines->key, parameter);
}

/* Nothing else is in that line; of a last one that has no end the end before it goes with it. */
static const char *without_line(const char *text, const char *line)
{
	const char *after = line_after(line);
	size_t before = (size_t)(line - text);

	if (before && line[strcspn(line, "\n")] != '\n')
		before--;
	return text_of("%s%s", keep_bytes(text, before), after);
}

const char *lines_without(const struct parameter_lines *lines, const char *text, const char *parameter)
{
	struct word word = { .line = text };

	while (next_word(lines, &word)) {
		const char *from = word.at, *to = word.at + word.length;

		if (word.length != strlen(parameter) || strncmp(word.at, parameter, word.length))
			continue;
		if (word.words + strspn(word.words, BLANKS) == from && to + strspn(to, BLANKS) == end_of(to))
			return without_line(text, word.line);
		if (from > word.line && strchr(BLANKS, from[-1]))
			from--;		/* the blank before it goes with it */
		else
			to += strspn(to, BLANKS);
		return text_of("%s%s", keep_bytes(text, (size_t)(from - text)), to);
	}
	return NULL;
}

const char *lines_read(const struct machine *machine, const char *path, struct parameter_plan *plan)
{
	const char *text;
	size_t length;
	int error = root_read(machine->fd, path, FILE_SIZE_MAX, &text, &length);

	if (plan && error && error != -ENOENT)
		strings_add(&plan->obstacles, text_of("%s: %s", machine_path(machine, path), strerror(-error)));
	return error ? NULL : text;
}

void lines_plan_with(const struct machine *machine, const struct parameter_lines *lines, struct parameter_edit edit,
		     struct parameter_plan *plan)
{
	const char *text = lines_read(machine, edit.path, plan);
	struct standing standing;

	if (!text)
		return;
	standing = lines_standing(lines, text, plan->parameter);
	edit.content = lines_with(lines, text, plan->parameter);
	if (standing.against)
		strings_add(&plan->obstacles, text_of("%s has %s: take it out there first",
						      machine_path(machine, edit.path), standing.against));
	else if (standing.has)
		strings_add(&plan->kept, edit.path);
	else
		plan_edit(plan, &edit);
}

void lines_plan_without(const struct machine *machine, const struct parameter_lines *lines, struct parameter_edit edit,
			struct parameter_plan *plan)
{
	const char *text = lines_read(machine, edit.path, plan);

	edit.content = text ? lines_without(lines, text, plan->parameter) : NULL;
	if (edit.content)
		plan_edit(plan, &edit);
}
