/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CMDLINE_H
#define VFIO_EARLY_CMDLINE_H

#include "model.h"
#include "text.h"

/*
 * The words of a kernel command line, quoted as the kernel reads them
 * (lib/cmdline.c:next_arg): quotes protect spaces, there are no escapes, and
 * "--" ends the kernel's own words.
 */
struct cmdline cmdline_parse(const char *text, size_t length);

/* Of the word that the text begins with, as it stands there: with its quotes. */
size_t cmdline_word_length(const char *text, size_t length);

/* The last word of that name with a value, or NULL; and its value. As the kernel has it, '-' and '_' are the same. */
const struct kernel_word *cmdline_last(const struct cmdline *cmdline, const char *name);
const char *cmdline_value(const struct cmdline *cmdline, const char *name);

/* Whether a comma-separated list has that item; '-' and '_' are the same. */
bool list_has(const char *list, const char *item);

/* Whether two names are the same but for '-' and '_' (kernel/params.c:parameqn); length bytes of a. */
bool same_name(const char *a, size_t length, const char *b);

/* Adds a word to the option text of a module: name, name=value or name="two words". */
void module_option_add(struct text *options, const char *name, const char *value);

#endif
