/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors: the words that name devices. */
#include "selector.h"

#include "address.h"
#include "text.h"

#include <string.h>

static bool parse_hops(const char **cursor, const char *end, struct selector *selector)
{
	while (*cursor < end && **cursor == '/') {
		if (selector->hop_count == PATH_BRIDGES_MAX)
			return false;
		++*cursor;
		if (!address_parse_hop(cursor, end, &selector->hops[selector->hop_count]))
			return false;
		selector->hop_count++;
	}
	return true;
}

bool selector_parse(const char *word, size_t length, struct selector *selector)
{
	const char *cursor = word, *end = word + length;

	*selector = (struct selector) { .place = PLACE_ANY };
	if (length >= 2 && word[0] == '[' && end[-1] == ']') {
		cursor++;
		end--;
		selector->has_id = id_parse(&cursor, end, &selector->id);
		return selector->has_id && cursor == end;
	}
	if (address_parse(&cursor, end, &selector->address)) {
		if (!parse_hops(&cursor, end, selector))
			return false;
		selector->place = selector->hop_count ? PLACE_PATH : PLACE_SLOT;
	} else if (address_parse_device(&cursor, end, &selector->address) && cursor == end) {
		selector->place = PLACE_ALL_FUNCTIONS;
	} else {
		cursor = word;
		selector->has_id = id_parse(&cursor, end, &selector->id);
		if (!selector->has_id)
			return false;
	}
	return cursor == end;
}

const char *selector_guess(const char *word, size_t length)
{
	struct selector selector;
	struct text guess = { 0 };
	unsigned underscores = 0;
	size_t i;

	if (length > 4 && !strncmp(word, "pci_", 4)) {
		word += 4;
		length -= 4;
	} else {
		underscores = 3;
	}
	for (i = 0; i < length; i++) {
		if (word[i] == '0' && i + 1 < length && (word[i + 1] == 'x' || word[i + 1] == 'X'))
			i++;
		else if (word[i] == '_' && underscores < 3)
			text_add(&guess, underscores++ < 2 ? ":" : ".", 1);
		else if (!strchr(",;()[]'\"", word[i]))
			text_add(&guess, word + i, 1);
	}
	if (guess.length && selector_parse(guess.bytes, guess.length, &selector))
		return guess.bytes;
	return NULL;
}
