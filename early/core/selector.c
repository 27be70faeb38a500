/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors: the words that name devices. */
#include "selector.h"

#include "address.h"
#include "text.h"

#include <string.h>

static bool parse_path(struct scan scan, struct selector *selector)
{
	selector->address = scan_address(&scan);
	selector->place = PLACE_SLOT;
	while (!scan.wrong && scan_optional(&scan, '/')) {
		if (selector->hop_count == PATH_BRIDGES_MAX)
			return false;
		selector->hops[selector->hop_count++] = scan_hop(&scan);
		selector->place = PLACE_PATH;
	}
	return scan_is_done(&scan);
}

static bool parse_device(struct scan scan, struct selector *selector)
{
	selector->address = scan_device(&scan);
	selector->place = PLACE_ALL_FUNCTIONS;
	return scan_is_done(&scan);
}

static bool parse_id(struct scan scan, struct selector *selector)
{
	selector->id = scan_id(&scan);
	selector->place = PLACE_ANY;
	selector->has_id = true;
	return scan_is_done(&scan);
}

bool selector_parse(const char *word, size_t length, struct selector *selector)
{
	struct scan scan = { .at = word, .end = word + length };

	*selector = (struct selector) { 0 };
	if (length >= 2 && word[0] == '[' && word[length - 1] == ']') {
		scan.at++;
		scan.end--;
		return parse_id(scan, selector);
	}
	return parse_path(scan, selector) || parse_device(scan, selector) || parse_id(scan, selector);
}

const char *selector_guess(const char *word, size_t length)
{
	bool is_node = length > 4 && !strncmp(word, "pci_", 4);	/* as libvirt names devices */
	unsigned separators = 0;
	struct selector selector;
	struct text guess = { 0 };
	size_t i;

	for (i = is_node ? 4 : 0; i < length; i++) {
		if (word[i] == '0' && i + 1 < length && (word[i + 1] == 'x' || word[i + 1] == 'X'))
			i++;
		else if (word[i] == '_' && is_node)
			text_add(&guess, separators++ < 2 ? ":" : ".", 1);
		else if (!strchr(",;()[]'\"", word[i]))
			text_add(&guess, word + i, 1);
	}
	if (guess.length && selector_parse(guess.bytes, guess.length, &selector))
		return guess.bytes;
	return NULL;
}
