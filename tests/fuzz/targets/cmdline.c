/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is the kernel command line. */
#include "../fuzz.h"

#include "../../../early/core/cmdline.h"
#include "../../../early/core/config.h"
#include "../../../early/core/decide.h"
#include "../../../early/core/report.h"

#include <assert.h>
#include <string.h>

/* Whether a word of the command line stands at that column, as it is said of it. */
static void check_place(const char *bytes, size_t length, unsigned column, const char *word)
{
	assert(column && column - 1 + strlen(word) <= length && !memcmp(bytes + column - 1, word, strlen(word)));
}

/* A module gets its parameter as it was written. */
static void check_option(const struct kernel_word *word)
{
	struct text options = { 0 };
	struct cmdline again;

	if (!*word->name || strpbrk(word->name, " \t\n\v\f\r\"") || (word->value && strchr(word->value, '"')) ||
	    (word->value && strpbrk(word->value, "\t\n\v\f\r") && !strchr(word->value, ' ')))
		return;
	module_option_add(&options, word->name, word->value);
	again = cmdline_parse(options.bytes, options.length);
	if (!strcmp(word->name, "--") && !word->value)
		return;
	assert(again.count == 1 && text_same(again.items[0].name, word->name));
	assert(text_same(again.items[0].value, word->value));
}

void one_input(const char *bytes, size_t length)
{
	struct boot boot = { 0 };
	struct config *config = &boot.config;
	struct report said;

	tree_file("proc/cmdline", bytes, length);
	boot.cmdline = read_cmdline(TREE, &config->errors);
	for_each(word, &boot.cmdline) {
		check_place(bytes, length, word->column, word->name);
		if (word->value)
			check_place(bytes, length, word->value_column, word->value);
		check_option(word);
	}
	config_read_cmdline(TREE, &boot.cmdline, config);
	for_each(request, &config->requests)
		check_place(bytes, length, request->at.column, keep_bytes(request->text, strcspn(request->text, " ")));
	check_read_again(config);
	config_read_ids(&boot.cmdline, &boot.manifest, config);
	said = report(&boot, NULL);
	check_log(said.text.bytes, said.text.length);
}
