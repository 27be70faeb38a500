/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel command line to the words that are read of it, at the columns where they were. */
#include "redact.h"

#include "../../../core/cmdline.h"
#include "../../../core/config.h"
#include "../../../core/memory.h"

#include <ctype.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What names one person's thing: "x" stands for a hexadecimal digit, "h" for some of them, "d" for decimal ones. */
static const char *const private_shapes[] = {
	"xxxxxxxx-xxxx",					/* a UUID */
	"xxxxxxxxxxxx",						/* one without dashes, a serial number, a WWN */
	"xx:xx:xx:xx:xx:xx", "xx-xx-xx-xx-xx-xx",		/* a MAC address */
	"d.d.d.d", "::", "h:h:h:h:h:h:h:h",			/* an IP address; lists of IDs have fewer colons */
	"//",							/* a URL */
};

static bool has_shape(const char *text, const char *shape)
{
	static const char hex[] = "0123456789abcdefABCDEF", decimal[] = "0123456789";

	for (; *shape; shape++) {
		size_t length = *shape == 'x' ? isxdigit((unsigned char)*text) != 0 :
				*shape == 'h' ? strspn(text, hex) :
				*shape == 'd' ? strspn(text, decimal) : *text == *shape;

		if (!length)
			return false;
		text += length;
	}
	return true;
}

static bool is_private(const char *text)
{
	size_t i;

	for (; *text; text++)
		for (i = 0; i < COUNT(private_shapes); i++)
			if (has_shape(text, private_shapes[i]))
				return true;
	return false;
}

/* Quotes around all of a word, or of its value. One that stands elsewhere, or has no other, takes in what is not meant. */
static bool is_well_quoted(const char *word)
{
	const char *first = strchr(word, '"'), *second = first ? strchr(first + 1, '"') : NULL;

	return !first || (second && !second[1] && (first == word || first[-1] == '='));
}

static bool is_parameter_of(const struct strings *modules, const char *name)
{
	const char *dot = strchr(name, '.');

	for_each(module, modules)
		if (dot && same_name(name, (size_t)(dot - name), *module))
			return true;
	return false;
}

/* What a driver is told: numbers and switches, no names. */
static bool is_plain(const char *value)
{
	return !value || !value[strspn(value, "0123456789abcdefABCDEFxX,!-")] || list_has("on,off,auto,y,n,Y,N", value);
}

static bool is_read(const struct kernel_word *word, const struct strings *modules)
{
	static const char *const beginnings[] = { "vfio", "pci", "xen-pciback.", "xen_pciback.", "rd.driver." };
	size_t i;

	for (i = 0; i < COUNT(beginnings); i++)
		if (text_begins(word->name, beginnings[i]))
			return true;
	return strstr(word->name, "iommu") || list_has("modprobe.blacklist,module_blacklist,efi,elfcorehdr", word->name) ||
	       (is_parameter_of(modules, word->name) && is_plain(word->value));
}

/* Of init= only the name of the program: its directory may be a person's. */
static const char *form_of_word(const char *text)
{
	struct cmdline words = cmdline_parse(text, strlen(text));
	const struct kernel_word *word = words.count ? words.items : NULL;
	const char *slash = word && word->value && !strcmp(word->name, "init") ? strrchr(word->value, '/') : NULL;
	size_t value;

	if (!slash)
		return text;
	value = word->value_column - 1;
	return text_of("%s%s", keep_bytes(text, value), text + value + (slash - word->value));
}

/* *for_init: whether "--" stood before it, after which only init reads the words. */
static bool is_needed(const char *text, const struct strings *modules, bool *for_init)
{
	struct cmdline words = cmdline_parse(text, strlen(text));

	if (!is_well_quoted(text) || is_private(text))
		return false;
	if (!words.count)
		*for_init = true;
	return !words.count || config_is_recovery_word(words.items) || (!*for_init && is_read(words.items, modules));
}

struct text redact_cmdline(const char *text, size_t length, const struct strings *modules)
{
	struct text kept = { 0 };
	bool for_init = false;
	size_t at, size;

	length = strnlen(text, length);
	for (at = 0; at < length; at += size) {
		const char *word;

		size = cmdline_word_length(text + at, length - at);
		word = form_of_word(keep_bytes(text + at, size));
		if (!size) {
			size = 1;			/* a blank */
		} else if (is_needed(word, modules, &for_init)) {
			while (kept.length < at)
				text_print(&kept, " ");
			text_print(&kept, "%s", word);
		}
	}
	text_print(&kept, "\n");
	return kept;
}
