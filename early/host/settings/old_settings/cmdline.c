/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings on the kernel command line. */
#include "parts.h"

#include "../../../core/cmdline.h"
#include "../../../core/decide.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

static void read_word(struct old_settings *settings, struct last *last, const struct kernel_word *word,
		      const struct cmdline *words)
{
	const char *text = text_of("%s=%s", word->name, word->value);
	size_t i;

	for (i = 0; i < GIVER_COUNT; i++)
		if (is_named(word->name, text_of("%s.%s", givers[i].module, givers[i].option)))
			setting_add_given(settings, i, last, CMDLINE_PLACE, text,
					  text_of("remove %s= from the kernel command line", word->name), word, words);
	if (!strcmp(word->name, "rd.driver.pre") && list_has(word->value, "vfio-pci"))
		setting_add(settings, OLD_ORDER, CMDLINE_PLACE, text,
			    "take vfio-pci out of rd.driver.pre= on the kernel command line");
}

void find_in_cmdline(const struct machine *machine, struct old_settings *settings, struct last *last)
{
	struct errors errors = { 0 };
	struct cmdline words = read_cmdline(machine->fd, &errors);

	for_each(word, &words)
		if (word->value && !word->for_init)
			read_word(settings, last, word, &words);
	for_each(error, &errors)
		strings_add(&settings->unreadable, text_of("%s: %s", error->at.source, error->text));
}
