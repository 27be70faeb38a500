/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration files, line by line, to requests and settings. */
#include "config.h"

#include "errno_name.h"
#include "errors.h"
#include "request.h"
#include "root.h"
#include "text.h"

#include <errno.h>
#include <string.h>

#define LINE_LENGTH_MAX 1024u
#define ERRORS_PER_FILE 100		/* that are listed: a file of garbage must not fill /run */
#define TIMEOUT_MAX 3600u
#define BLANKS " \t"

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

void config_set_timeout(struct config *config, struct where at, const char *value)
{
	struct scan scan = { .at = value, .end = value + strlen(value) };
	unsigned long seconds = scan_decimal(&scan, 4, TIMEOUT_MAX);

	if (scan_is_done(&scan) && seconds)
		config->timeout = (unsigned)seconds;
	else
		errors_add(&config->errors, at, "not a number of seconds from 1 to %u: %s", TIMEOUT_MAX,
			   text_shown(value, strlen(value)));
}

/* The text behind "set". */
static void read_setting(struct config *config, struct where at, const char *text)
{
	static const char key[] = "timeout=";
	size_t blanks = strspn(text, BLANKS);

	text += blanks;
	at.column += (unsigned)blanks;
	if (!text_begins(text, key)) {
		errors_add(&config->errors, at, "no such setting: %s; known: timeout=SECONDS",
			   text_shown(text, strlen(text)));
		return;
	}
	at.column += sizeof(key) - 1;
	config_set_timeout(config, at, text + sizeof(key) - 1);
}

static void read_line(struct config *config, struct where at, const char *line, size_t length)
{
	const char *text;
	size_t end, start;

	if (length && line[length - 1] == '\r')
		length--;
	for (end = 0; end < length; end++) {
		unsigned char byte = (unsigned char)line[end];

		/* a comment begins at the start of the line or behind a blank */
		if (byte == '#' && (!end || is_blank(line[end - 1])))
			break;
		if (byte != '\t' && (byte < ' ' || byte >= 0x7f)) {
			at.column += (unsigned)end;
			errors_add(&config->errors, at, "byte 0x%02x is no part of a configuration", byte);
			return;
		}
	}
	if (end > LINE_LENGTH_MAX) {
		at.column = LINE_LENGTH_MAX + 1;
		errors_add(&config->errors, at, "line longer than %u bytes", LINE_LENGTH_MAX);
		return;
	}
	while (end && is_blank(line[end - 1]))
		end--;
	text = keep_bytes(line, end);
	start = strspn(text, BLANKS);
	text += start;
	at.column += (unsigned)start;
	if (text_begins(text, "set") && (!text[3] || is_blank(text[3]))) {
		at.column += 3;
		read_setting(config, at, text + 3);
	} else {
		request_parse(config, at, text, strlen(text), BLANKS);
	}
}

static void read_file(int root, const char *path, struct config *config)
{
	struct where at = { .source = text_of("/%s", path) };
	size_t length, listed = config->errors.count + ERRORS_PER_FILE, unlisted = 0;
	const char *content, *end, *line, *stop;
	int error;

	error = root_read(root, path, CONFIG_SIZE_MAX, &content, &length);
	if (error) {
		if (error == -EFBIG)
			errors_add(&config->errors, at, "larger than %lu KiB: nothing of it is used",
				   CONFIG_SIZE_MAX / 1024);
		else
			errors_add(&config->errors, at, "cannot be read: %s", errno_name(-error));
		return;
	}
	end = content + length;
	at.line = 1;
	at.column = 1;
	line = content;
	if (length >= 3 && !memcmp(content, "\xef\xbb\xbf", 3)) {
		line += 3;
		at.column += 3;
	}
	for (; line < end; line = stop + 1, at.line++, at.column = 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (!stop)
			stop = end;
		read_line(config, at, line, (size_t)(stop - line));
		if (config->errors.count > listed) {
			unlisted += config->errors.count - listed;
			config->errors.count = listed;
		}
	}
	if (unlisted) {
		at.line = at.column = 0;
		errors_add(&config->errors, at, "%zu more mistakes, not listed", unlisted);
	}
}

struct strings config_files(int root, struct errors *errors)
{
	struct strings files = { 0 }, names = { 0 };
	int error;

	/* a file that cannot be looked at is listed, so that reading it reports why */
	if (root_exists(root, CONFIG_FILE) || errno != ENOENT)
		strings_add(&files, CONFIG_FILE);
	error = root_list(root, CONFIG_DIRECTORY, &names);
	if (error && error != -ENOENT)
		errors_add(errors, (struct where) { .source = "/" CONFIG_DIRECTORY }, "cannot be read: %s",
			   errno_name(-error));
	for_each(name, &names) {
		size_t length = strlen(*name);

		if (length > 5 && !strcmp(*name + length - 5, ".conf"))
			strings_add(&files, text_of(CONFIG_DIRECTORY "/%s", *name));
	}
	return files;
}

void config_read_files(int root, const struct strings *files, struct config *config)
{
	for_each(path, files)
		read_file(root, *path, config);
}
