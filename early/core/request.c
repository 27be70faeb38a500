/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of the configuration, or one item of the kernel command line, to a request. */
#include "request.h"

#include "errors.h"
#include "memory.h"
#include "refusal.h"
#include "selector.h"
#include "text.h"

#include <string.h>

struct word {
	const char *text;
	unsigned column;
};

struct words {
	struct word *items;
	size_t count;
};

#define OPTION_COUNT 6

/* The line while it is read. */
struct reading {
	struct config *config;
	struct where at;
	struct request request;
	bool given[OPTION_COUNT];		/* each option of the table below */
	bool wrong;			/* a mistake was found: there will be no request */
};

static struct words split(unsigned column, const char *text, const char *separators)
{
	struct words words = { 0 };
	const char *at = text;

	for (;;) {
		size_t length;

		at += strspn(at, separators);
		length = strcspn(at, separators);
		if (!length)
			return words;
		*list_add(&words) = (struct word) { .text = keep_bytes(at, length), .column = column + (unsigned)(at - text) };
		at += length;
	}
}

/* Notes a mistake in a word, which makes the whole line void. suggestion: what to write instead, NULL if unknown. */
static void wrong(struct reading *reading, const struct word *word, const char *problem, const char *suggestion)
{
	struct where at = reading->at;

	at.column = word->column;
	errors_add(&reading->config->errors, at, suggestion ? "%s: %s; write: %s" : "%s: %s", problem,
		   text_shown(word->text, strlen(word->text)), suggestion);
	reading->wrong = true;
}

static bool parse(const struct word *word, struct selector *selector)
{
	return selector_parse(word->text, strlen(word->text), selector);
}

/* Takes the next of comma-separated words off *rest; false if there is none left. */
static bool next_of_list(struct word *rest, struct word *item)
{
	size_t length;

	if (!rest->text)
		return false;
	length = strcspn(rest->text, ",");
	*item = (struct word) { .text = keep_bytes(rest->text, length), .column = rest->column };
	rest->column += (unsigned)length + 1;
	rest->text = rest->text[length] ? rest->text + length + 1 : NULL;
	return true;
}

static const char *on_two_lines(const char *first, const char *second)
{
	return text_of("%s and, on a line of its own, %s", first, second);
}

/* What to write for a,b,c, as vfio-pci.ids= has it; NULL if it is no list of selectors. */
static const char *as_lines(struct word list)
{
	const char *lines = NULL;
	struct selector selector;
	struct word item;

	while (next_of_list(&list, &item)) {
		if (!parse(&item, &selector))
			return NULL;
		lines = lines ? on_two_lines(lines, item.text) : item.text;
	}
	return lines;
}

static void no_selector(struct reading *reading, const struct word *word)
{
	const char *lines = as_lines(*word);

	if (lines)
		wrong(reading, word, "one device a line", lines);
	else
		wrong(reading, word, "not an address (01:00.0), slot (01:00), path (00:01.0/00.0) or ID (10de:1b80)",
		      selector_guess(word->text, strlen(word->text)));
}

/* ---- options: each reader gets the whole word, for its place, and the value behind "=" ---- */

static void read_siblings(struct reading *reading, const struct word *word, const struct word *value)
{
	(void)word;
	if (!strcmp(value->text, "none"))
		reading->request.siblings_none = true;
	else if (strcmp(value->text, "group"))
		wrong(reading, value, "siblings is group or none, not", NULL);
}

/*
 * vfio-pci and pci-stub keep a group viable, and so does every variant driver
 * (mlx5_vfio_pci, xe-vfio-pci; drivers/vfio/pci in the kernel source): all
 * have vfio in their name.
 */
static void read_driver(struct reading *reading, const struct word *word, const struct word *value)
{
	const char *name = value->text;

	if (strchr(name, '/') || !(strstr(name, "vfio") || !strcmp(name, "pci-stub")) || !strcmp(name, "vfio_pci"))
		wrong(reading, value, "not a driver that gives devices away", "driver=vfio-pci, a variant of it, or pci-stub");
	reading->request.driver = name;
	reading->request.driver_column = word->column;
}

static void read_else(struct reading *reading, const struct word *word, const struct word *value)
{
	(void)word;
	if (strcmp(value->text, "none"))
		wrong(reading, value, "else is none, not", NULL);
	reading->request.else_none = true;
}

static void read_optional(struct reading *reading, const struct word *word, const struct word *value)
{
	(void)word;
	(void)value;
	reading->request.optional = true;
}

static void read_allow(struct reading *reading, const struct word *word, const struct word *value)
{
	struct word rest = *value, item;

	(void)word;
	while (next_of_list(&rest, &item)) {
		unsigned refusal = refusal_by_name(item.text);

		if (!refusal)
			wrong(reading, &item, "no such refusal", text_of("one of %s", refusals_joined(REFUSALS_ALLOWABLE)));
		else if (!(refusal & REFUSALS_ALLOWABLE))
			wrong(reading, &item, "cannot be overruled", NULL);
		reading->request.allow |= refusal;
	}
}

static void read_except(struct reading *reading, const struct word *word, const struct word *value)
{
	struct word rest = *value, item;
	struct selector selector;

	if (reading->request.what.place != PLACE_ANY)
		wrong(reading, word, "needs an ID alone as the selector", NULL);
	while (next_of_list(&rest, &item)) {
		if (!parse(&item, &selector))
			no_selector(reading, &item);
		*list_add(&reading->request.except) = selector;
	}
}

static const struct option {
	const char *name;
	bool has_value;			/* it is written NAME=VALUE */
	bool adds_up;			/* it may be given more than once */
	void (*read)(struct reading *reading, const struct word *word, const struct word *value);
} options[OPTION_COUNT] = {
	{ "siblings", true, false, read_siblings },
	{ "driver", true, false, read_driver },
	{ "else", true, false, read_else },
	{ "optional", false, false, read_optional },
	{ "allow", true, true, read_allow },
	{ "except", true, true, read_except },
};

static void read_option(struct reading *reading, const struct word *word)
{
	size_t length = strcspn(word->text, "=");
	bool has_value = word->text[length] == '=';
	struct word value = { .text = word->text + length + has_value };
	const char *name = keep_bytes(word->text, length);
	size_t i;

	value.column = word->column + (unsigned)(value.text - word->text);
	for (i = 0; i < OPTION_COUNT; i++)
		if (!strcmp(options[i].name, name) && options[i].has_value == has_value)
			break;
	if (i == OPTION_COUNT) {
		wrong(reading, word, "no such option", NULL);
		return;
	}
	if (reading->given[i] && !options[i].adds_up)
		wrong(reading, word, "given twice", NULL);
	reading->given[i] = true;
	options[i].read(reading, word, &value);
}

/*
 * "01:00.0 VGA compatible controller [0300]: NVIDIA ... [10de:1b80]" as lspci
 * prints it, which is told by a word that ends in a colon. Returns what to
 * write of it behind the address (" 10de:1b80", or "" without an ID), or NULL
 * if the line is something else.
 */
static const char *id_of_lspci(const struct words *words)
{
	bool has_colon = false;
	const char *id = "";

	for_each(word, words) {
		const char *guess = *word->text == '[' ? selector_guess(word->text, strlen(word->text)) : NULL;

		if (guess)
			id = text_of(" %s", guess);
		has_colon |= word->text[strlen(word->text) - 1] == ':';
	}
	return has_colon ? id : NULL;
}

/* Takes the selector words off the front; returns how many there are. */
static size_t read_selectors(struct reading *reading, const struct words *words)
{
	const struct word *first = &words->items[0], *next = &words->items[1];
	struct request *request = &reading->request;
	struct selector *what = &request->what, second;
	const char *id;

	request->text = first->text;
	if (!parse(first, what)) {
		no_selector(reading, first);
		return 1;
	}
	if (words->count == 1)
		return 1;
	if (parse(next, &second)) {
		if (what->has_id == second.has_id) {
			wrong(reading, next, "one device a line", on_two_lines(first->text, next->text));
			return words->count;
		}
		if (second.has_id) {
			what->id = second.id;
		} else {
			second.id = what->id;
			*what = second;
		}
		what->has_id = true;
		request->text = text_of("%s %s", first->text, next->text);
		return 2;
	}
	id = what->place == PLACE_ANY ? NULL : id_of_lspci(words);
	if (id) {
		wrong(reading, next, "output of lspci", text_of("%s%s", first->text, id));
		return words->count;
	}
	if (!selector_guess(next->text, strlen(next->text)))
		return 1;
	no_selector(reading, next);
	return 2;
}

void request_parse(struct config *config, struct where at, const char *text, size_t length,
		   const char *separators)
{
	struct words words = split(at.column, keep_bytes(text, length), separators);
	struct reading reading = { .config = config, .at = at };
	size_t i;

	if (!words.count)
		return;
	reading.request.at = at;
	reading.request.at.column = words.items[0].column;
	for (i = read_selectors(&reading, &words); i < words.count; i++)
		read_option(&reading, &words.items[i]);
	if (!reading.wrong)
		*list_add(&config->requests) = reading.request;
}
