/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the commands: getopt_long(3), with complaints that help. */
#include "options.h"

#include "../machine/near.h"
#include "../../core/memory.h"
#include "../../core/text.h"

#include <string.h>

/* What may have been meant, and where help is. */
static const char *hint(const char *command, const char *word, const struct option *known)
{
	LIST(const char *) names = { 0 };

	for (; known->name; known++)
		*list_add(&names) = text_of("--%s", known->name);
	return near_hint(word, strcspn(word, "="), names.items, names.count, text_of("%s ", command));
}

int next_option(const char *command, int count, char **arguments, const char *letters, const struct option *known)
{
	const char *word;
	int which;

	opterr = 0;
	which = getopt_long(count, arguments, text_of(":h%s", letters), known, NULL);
	if (which != '?' && which != ':')
		return which;
	word = arguments[optind - 1];
	if (!text_begins(word, "--"))
		word = text_of("-%s", keep_bytes((char []) { (char)optopt }, 1));
	if (which == ':')
		complain(EXIT_USAGE, "%s: %s needs a value; see vfio-early %s --help", command, word, command);
	else
		complain(EXIT_USAGE, "%s: no such option%s: %s; %s", command,
			 strchr(word, '=') ? ", or one without a value" : "", word, hint(command, word, known));
	return '?';
}
