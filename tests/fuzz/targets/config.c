/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is a configuration file. */
#include "../fuzz.h"

#include "../../../early/core/config.h"
#include "../../../early/core/report.h"

#include <assert.h>
#include <string.h>

#define ERRORS_MAX 101			/* of one file, with the one that counts the others */

/* What stands at a place of the file; NULL if it has no such place. */
static const char *find(struct where at, const char *bytes, size_t length)
{
	const char *line = bytes, *end = bytes + length;

	while (line && --at.line) {
		line = memchr(line, '\n', (size_t)(end - line));
		line = line ? line + 1 : NULL;
	}
	return line && at.column && at.column - 1 <= (size_t)(end - line) ? line + at.column - 1 : NULL;
}

void one_input(const char *bytes, size_t length)
{
	struct boot boot = { .config.timeout = TIMEOUT_DEFAULT };
	struct config *config = &boot.config;
	struct strings files;
	struct report said;

	tree_file(CONFIG_FILE, bytes, length);
	files = config_files(TREE, &config->errors);
	config_read_files(TREE, &files, config);
	check_read_again(config);
	for_each(request, &config->requests) {
		const char *there = find(request->at, bytes, length), *word = request->text;
		size_t word_length = strcspn(word, " ");

		assert(there && (size_t)(bytes + length - there) >= word_length && !memcmp(there, word, word_length));
	}
	for_each(error, &config->errors)
		assert(!error->at.line || find(error->at, bytes, length));
	assert(config->errors.count <= ERRORS_MAX && config->timeout >= 1 && config->timeout <= 3600);
	said = report(&boot, NULL);
	check_log(said.text.bytes, said.text.length);
}
