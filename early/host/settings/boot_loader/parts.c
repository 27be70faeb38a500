/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of kernel parameters in a file, and what has to be run after a change. */
#include "parts.h"

#include "../../machine/run.h"
#include "../../machine/write.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

#define FILE_SIZE_MAX (64ul * 1024)

enum change change_failed(const struct machine *machine, const char *path, int error)
{
	complain(EXIT_PROBLEM, "%s: %s", machine_path(machine, path), strerror(-error));
	return CHANGE_FAILED;
}

enum change have_made(const struct machine *machine, const char *command)
{
	int code = run(machine, command);

	if (code == RUN_LEFT)
		return CHANGE_LEFT;
	if (!code)
		return CHANGE_DONE;
	complain(EXIT_PROBLEM, "%s failed%s: run it again once its cause is gone", command,
		 code > 0 ? text_of(" (%u)", (unsigned)code) : ", it cannot be started");
	return CHANGE_FAILED;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Where a word stands in a line of words, or NULL. */
static const char *find_word(const char *line, size_t length, const char *word)
{
	size_t size = strlen(word);
	const char *at;

	for (at = line; at + size <= line + length; at++)
		if (!strncmp(at, word, size) && (at == line || is_blank(at[-1])) &&
		    (at + size == line + length || is_blank(at[size])))
			return at;
	return NULL;
}

/* A line with a word added or taken out; NULL: it is so already. */
static const char *edited_line(const char *line, size_t length, const char *word, bool add)
{
	const char *at = find_word(line, length, word);
	size_t before;

	if (add)
		return at ? NULL : text_of("%s%s%s", keep_bytes(line, length), length ? " " : "", word);
	if (!at)
		return NULL;
	before = (size_t)(at - line);
	at += strlen(word);
	if (before)
		before--;		/* the blank before it goes with it */
	else if (*at == ' ')
		at++;
	return text_of("%s%s", keep_bytes(line, before), keep_bytes(at, (size_t)(line + length - at)));
}

/* The file with its line edited; NULL: it is so already, or cannot be read (*error). */
static const char *edited(const struct machine *machine, const struct parameter_file *file, const char *word, bool add,
			  int *error)
{
	const char *text, *line, *edited = NULL;
	size_t length;

	*error = root_read(machine->fd, file->path, FILE_SIZE_MAX, &text, &length);
	line = *error ? NULL : file->line_of(text);
	if (line) {
		length = strcspn(line, "\r\n");
		edited = edited_line(line, length, word, add);
	}
	return edited ? text_of("%s%s%s", keep_bytes(text, (size_t)(line - text)), edited, line + length) : NULL;
}

bool parameter_file_lacks(const struct machine *machine, const struct parameter_file *file, const char *parameter)
{
	int error;

	return edited(machine, file, parameter, true, &error) || error;
}

enum change parameter_file_edit(const struct machine *machine, const struct parameter_file *file, const char *parameter,
				bool add)
{
	int error;
	const char *content = edited(machine, file, parameter, add, &error);

	if (content)
		error = write_theirs(machine, file->path, content, strlen(content));
	if (error)
		return change_failed(machine, file->path, error);
	if (content)
		say("%s %s in %s\n", add ? "added" : "removed", parameter, machine_path(machine, file->path));
	return CHANGE_DONE;
}
