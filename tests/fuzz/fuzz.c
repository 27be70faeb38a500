/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From one input to the next. */
#include "fuzz.h"

#include "../../early/core/text.h"

#include <string.h>

#define TEXT_MAX (1024ul * 1024)		/* no text_of() of an input is as long */

/* text_of() writes into a text of its own, which must not be forgotten: let it grow before the first input. */
static void begin(void)
{
	char *text = keep(TEXT_MAX);

	memset(text, ' ', TEXT_MAX - 1);
	text_of("%s", text);
	memory_begin();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static bool begun;

	if (!begun)
		begin();
	begun = true;
	one_input((const char *)bytes, size);
	tree_clear();
	memory_forget();
	return 0;
}
