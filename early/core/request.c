/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of the configuration, or one item of the kernel command line, to a request. */
#include "request.h"

#include "faults.h"
#include "memory.h"
#include "selector.h"
#include "text.h"

#include <string.h>

static const char refusal_names[][17] = {
	"boot-disk", "root-network", "default-route", "in-use", "last-input", "last-display",
	"own-parent", "group-not-viable", "no-iommu",
};

#define REFUSAL_COUNT (sizeof(refusal_names) / sizeof(refusal_names[0]))

struct word {
	const char *bytes;
	size_t length;
	unsigned column;
};

struct words {
	struct word *items;
	size_t count;
};

/* The line while it is read; any mistake makes it void. */
struct reading {
	struct config *config;
	struct where at;
	struct request request;
	bool wrong;
};

const char *refusal_name(unsigned refusal)
{
	size_t i;

	for (i = 0; i < REFUSAL_COUNT; i++)
		if (refusal == 1u << i)
			return refusal_names[i];
	return "?";
}

static bool word_is(const char *bytes, size_t length, const char *wanted)
{
	return strlen(wanted) == length && !memcmp(bytes, wanted, length);
}

unsigned refusal_by_name(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < REFUSAL_COUNT; i++)
		if (word_is(name, length, refusal_names[i]))
			return 1u << i;
	return 0;
}

static struct words split(struct where at, const char *text, size_t length, const char *separators)
{
	struct words words = { 0 };
	size_t i = 0;

	while (i < length) {
		size_t start;

		/* strchr() would find the terminator, too, for a NUL in the text */
		while (i < length && text[i] && strchr(separators, text[i]))
			i++;
		start = i;
		while (i < length && !(text[i] && strchr(separators, text[i])))
			i++;
		if (i == start)
			break;
		*list_add(&words) = (struct word) {
			.bytes = text + start, .length = i - start, .column = at.column + (unsigned)start,
		};
	}
	return words;
}

__attribute__((format(printf, 3, 4)))
static void wrong(struct reading *reading, unsigned column, const char *format, ...)
{
	struct where at = reading->at;
	struct text text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	text_vprint(&text, format, arguments);
	va_end(arguments);
	at.column = column;
	faults_add(&reading->config->faults, at, "%s", text.bytes);
	reading->wrong = true;
}

/* For "key=value": the value, as a word of its own; false for any other key. */
static bool option_value(const struct word *word, const char *key, struct word *value)
{
	size_t length = strlen(key);

	if (word->length <= length || memcmp(word->bytes, key, length) || word->bytes[length] != '=')
		return false;
	value->bytes = word->bytes + length + 1;
	value->length = word->length - length - 1;
	value->column = word->column + (unsigned)length + 1;
	return true;
}

/* The next of comma-separated words; false behind the last. */
static bool next_of_list(struct word *rest, struct word *item)
{
	const char *comma;

	if (!rest->bytes)
		return false;
	comma = memchr(rest->bytes, ',', rest->length);
	*item = *rest;
	if (comma) {
		item->length = (size_t)(comma - rest->bytes);
		rest->bytes = comma + 1;
		rest->length -= item->length + 1;
		rest->column += (unsigned)item->length + 1;
	} else {
		rest->bytes = NULL;
	}
	return true;
}

static void read_allow(struct reading *reading, struct word list)
{
	struct word item;

	while (next_of_list(&list, &item)) {
		unsigned refusal = refusal_by_name(item.bytes, item.length);

		if (!refusal)
			wrong(reading, item.column, "no such refusal: %s; known: boot-disk, root-network, "
			      "default-route, in-use, last-input, last-display", text_shown(item.bytes, item.length));
		else if (!(refusal & REFUSALS_ALLOWABLE))
			wrong(reading, item.column, "%s cannot be overruled", refusal_name(refusal));
		else
			reading->request.allow |= refusal;
	}
}

static void read_except(struct reading *reading, struct word list)
{
	struct request *request = &reading->request;
	struct selector selector;
	struct word item;

	while (next_of_list(&list, &item)) {
		if (!selector_parse(item.bytes, item.length, &selector)) {
			wrong(reading, item.column, "not a slot, path or ID: %s", text_shown(item.bytes, item.length));
			continue;
		}
		*list_add(&request->except) = selector;
	}
}

/*
 * vfio-pci and pci-stub keep a group viable, and so does every variant driver
 * (mlx5_vfio_pci, xe-vfio-pci; drivers/vfio/pci in the kernel source): all
 * have vfio in their name.
 */
static void read_driver(struct reading *reading, const struct word *word, struct word value)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz" "ABCDEFGHIJKLMNOPQRSTUVWXYZ" "0123456789-_";
	const char *name = keep_bytes(value.bytes, value.length);

	if (word_is(value.bytes, value.length, "vfio_pci"))
		wrong(reading, value.column, "vfio_pci is the module, the driver is vfio-pci; write: driver=vfio-pci");
	else if (word_is(value.bytes, value.length, "auto"))
		wrong(reading, value.column, "driver=auto is not supported; name the driver");
	else if (strspn(name, alphabet) != value.length ||
		 !(strstr(name, "vfio") || !strcmp(name, "pci-stub")))
		wrong(reading, value.column, "not a driver that gives devices away: %s; "
		      "use vfio-pci, a variant of it, or pci-stub", text_shown(value.bytes, value.length));
	reading->request.driver = name;
	reading->request.driver_column = word->column;
}

static void read_option(struct reading *reading, const struct word *word)
{
	struct request *request = &reading->request;
	struct word value;

	if (option_value(word, "siblings", &value)) {
		request->siblings_none = word_is(value.bytes, value.length, "none");
		if (!request->siblings_none && !word_is(value.bytes, value.length, "group"))
			wrong(reading, value.column, "siblings is group or none, not %s",
			      text_shown(value.bytes, value.length));
	} else if (option_value(word, "allow", &value)) {
		read_allow(reading, value);
	} else if (option_value(word, "except", &value)) {
		read_except(reading, value);
		if (request->what.place != PLACE_ANY)
			wrong(reading, word->column, "except= needs an ID alone as the selector");
	} else if (option_value(word, "driver", &value)) {
		read_driver(reading, word, value);
	} else if (option_value(word, "else", &value)) {
		request->else_none = word_is(value.bytes, value.length, "none");
		if (!request->else_none)
			wrong(reading, value.column, "else is none, not %s", text_shown(value.bytes, value.length));
	} else if (word_is(word->bytes, word->length, "optional")) {
		request->optional = true;
	} else {
		wrong(reading, word->column, "no such option: %s", text_shown(word->bytes, word->length));
	}
}

/* The length of what stands before "=": the key of an option. */
static size_t key_length(const struct word *word)
{
	const char *equals = memchr(word->bytes, '=', word->length);

	return equals ? (size_t)(equals - word->bytes) : word->length;
}

/* allow= and except= add up; of anything else, one is enough. */
static bool is_repeated(const struct words *words, size_t first_option, size_t which)
{
	const struct word *word = &words->items[which];
	size_t length = key_length(word), i;

	if (word_is(word->bytes, length, "allow") || word_is(word->bytes, length, "except"))
		return false;
	for (i = first_option; i < which; i++)
		if (key_length(&words->items[i]) == length && !memcmp(words->items[i].bytes, word->bytes, length))
			return true;
	return false;
}

/* "lspci -nn" output: the ID in the last brackets that hold one. */
static const char *bracketed_id(const struct words *words)
{
	const char *found = NULL;
	struct selector selector;

	for_each(word, words)
		if (word->bytes[0] == '[' && selector_parse(word->bytes, word->length, &selector))
			found = keep_bytes(word->bytes + 1, word->length - 2);
	return found;
}

/* "01:00.0 VGA compatible controller: NVIDIA ...": no word of ours ends in a colon. */
static bool looks_like_lspci(const struct words *words)
{
	for_each(word, words)
		if (word->bytes[word->length - 1] == ':')
			return true;
	return false;
}

/* a,b,c as people write IDs elsewhere: each on a line of its own; NULL if it is no list of selectors. */
static const char *as_lines(struct word list)
{
	struct selector selector;
	struct text lines = { 0 };
	unsigned count = 0;
	struct word item;

	while (next_of_list(&list, &item)) {
		if (!selector_parse(item.bytes, item.length, &selector))
			return NULL;
		text_print(&lines, "%s%s", count++ ? " and, on a line of its own, " : "",
			   keep_bytes(item.bytes, item.length));
	}
	return count > 1 ? lines.bytes : NULL;
}

static void no_selector(struct reading *reading, const struct word *word)
{
	const char *guess = selector_guess(word->bytes, word->length), *lines = as_lines(*word);
	const char *shown = text_shown(word->bytes, word->length);

	if (lines)
		wrong(reading, word->column, "one device a line; write: %s", lines);
	else if (guess)
		wrong(reading, word->column, "not a slot, path or ID: %s; write: %s", shown, guess);
	else
		wrong(reading, word->column, "not a slot (01:00.0), path (00:01.0/00.0) or ID (10de:1b80): %s", shown);
}

/* Takes the selector words off the front; returns how many there are. */
static size_t read_selectors(struct reading *reading, const struct words *words)
{
	struct selector *what = &reading->request.what, second;
	const struct word *first = &words->items[0], *next = &words->items[1];

	if (!selector_parse(first->bytes, first->length, what)) {
		no_selector(reading, first);
		return 1;
	}
	reading->request.text = keep_bytes(first->bytes, first->length);
	if (words->count == 1 || !selector_parse(next->bytes, next->length, &second)) {
		if (words->count > 1 && what->place != PLACE_ANY && looks_like_lspci(words)) {
			const char *id = bracketed_id(words);

			wrong(reading, next->column, "output of lspci; write: %s%s%s", reading->request.text,
			      id ? " " : "", id ? id : "");
			return words->count;
		}
		if (words->count > 1 && selector_guess(next->bytes, next->length)) {
			no_selector(reading, next);
			return 2;
		}
		return 1;
	}
	if (what->has_id == second.has_id) {
		wrong(reading, next->column, "one device a line; write: %s and, on a line of its own, %s",
		      reading->request.text, keep_bytes(next->bytes, next->length));
		return words->count;
	}
	if (second.has_id) {
		what->has_id = true;
		what->id = second.id;
	} else {
		second.has_id = true;
		second.id = what->id;
		*what = second;
	}
	reading->request.text = text_of("%s %s", reading->request.text, keep_bytes(next->bytes, next->length));
	return 2;
}

void request_parse(struct config *config, struct where at, const char *text, size_t length,
		   const char *separators)
{
	struct reading reading = { .config = config, .at = at };
	struct words words = split(at, text, length, separators);
	size_t first_option, i;

	if (!words.count)
		return;
	reading.request.at = at;
	reading.request.at.column = words.items[0].column;
	first_option = read_selectors(&reading, &words);
	for (i = first_option; i < words.count; i++) {
		const struct word *word = &words.items[i];

		if (is_repeated(&words, first_option, i))
			wrong(&reading, word->column, "given twice: %s",
			      text_shown(word->bytes, key_length(word)));
		else
			read_option(&reading, word);
	}
	if (reading.wrong)
		return;
	*list_add(&config->requests) = reading.request;
}
