/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of the configuration, or one item of the kernel command line, to a request. */
#include "request.h"

#include "errors.h"
#include "memory.h"
#include "root.h"
#include "selector.h"
#include "text.h"

#include <string.h>

static const char refusal_names[][17] = {
	"boot-disk", "root-network", "default-route", "in-use", "last-input", "last-display",
	"own-parent", "group-not-viable", "no-iommu",
};

#define REFUSAL_COUNT (sizeof(refusal_names) / sizeof(refusal_names[0]))

struct word {
	const char *text;
	unsigned column;
};

struct words {
	struct word *items;
	size_t count;
};

enum option {
	OPTION_SIBLINGS, OPTION_DRIVER, OPTION_ELSE, OPTION_OPTIONAL,
	OPTION_ALLOW, OPTION_EXCEPT,	/* these add up, of the others one is enough */
	OPTION_UNKNOWN,
};

static const char option_names[][10] = { "siblings=", "driver=", "else=", "optional", "allow=", "except=" };

/* The line while it is read; any mistake makes it void. */
struct reading {
	struct config *config;
	struct where at;
	struct request request;
	unsigned given;			/* set of enum option */
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

unsigned refusal_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < REFUSAL_COUNT; i++)
		if (!strcmp(name, refusal_names[i]))
			return 1u << i;
	return 0;
}

const char *refusals_joined(unsigned refusals)
{
	struct strings names = { 0 };
	size_t i;

	for (i = 0; i < REFUSAL_COUNT; i++)
		if (refusals & 1u << i)
			strings_add(&names, refusal_names[i]);
	return strings_join(&names, ",");
}

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

/* suggestion: what to write instead, NULL if there is no guess. */
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

/* The next of comma-separated words; false behind the last. */
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

/* a,b,c as people write IDs elsewhere: each on a line of its own; NULL if it is no list of selectors. */
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
		wrong(reading, word, "not a slot (01:00.0), path (00:01.0/00.0) or ID (10de:1b80)",
		      selector_guess(word->text, strlen(word->text)));
}

static void read_allow(struct reading *reading, struct word list)
{
	struct word item;

	while (next_of_list(&list, &item)) {
		unsigned refusal = refusal_by_name(item.text);

		if (!refusal)
			wrong(reading, &item, "no such refusal", text_of("one of %s", refusals_joined(REFUSALS_ALLOWABLE)));
		else if (!(refusal & REFUSALS_ALLOWABLE))
			wrong(reading, &item, "cannot be overruled", NULL);
		reading->request.allow |= refusal;
	}
}

static void read_except(struct reading *reading, struct word list)
{
	struct selector selector;
	struct word item;

	while (next_of_list(&list, &item)) {
		if (!parse(&item, &selector))
			no_selector(reading, &item);
		*list_add(&reading->request.except) = selector;
	}
}

/*
 * vfio-pci and pci-stub keep a group viable, and so does every variant driver
 * (mlx5_vfio_pci, xe-vfio-pci; drivers/vfio/pci in the kernel source): all
 * have vfio in their name.
 */
static void read_driver(struct reading *reading, const struct word *word, const struct word *name)
{
	if (strchr(name->text, '/') || !(strstr(name->text, "vfio") || !strcmp(name->text, "pci-stub")) ||
	    !strcmp(name->text, "vfio_pci"))
		wrong(reading, name, "not a driver that gives devices away", "driver=vfio-pci, a variant of it, or pci-stub");
	reading->request.driver = name->text;
	reading->request.driver_column = word->column;
}

static enum option option_of(const struct word *word)
{
	enum option option;

	for (option = 0; option < OPTION_UNKNOWN; option++)
		if (option == OPTION_OPTIONAL ? !strcmp(word->text, option_names[option]) :
		    text_begins(word->text, option_names[option]))
			break;
	return option;
}

static void read_option(struct reading *reading, const struct word *word)
{
	struct request *request = &reading->request;
	enum option option = option_of(word);
	size_t key_length = strcspn(word->text, "=") + 1;
	struct word value = { .text = word->text + key_length, .column = word->column + (unsigned)key_length };

	if (option < OPTION_ALLOW && reading->given & 1u << option)
		wrong(reading, word, "given twice", NULL);
	reading->given |= 1u << option;
	switch (option) {
	case OPTION_SIBLINGS:
		request->siblings_none = !strcmp(value.text, "none");
		if (!request->siblings_none && strcmp(value.text, "group"))
			wrong(reading, &value, "siblings is group or none, not", NULL);
		break;
	case OPTION_DRIVER:
		read_driver(reading, word, &value);
		break;
	case OPTION_ELSE:
		request->else_none = !strcmp(value.text, "none");
		if (!request->else_none)
			wrong(reading, &value, "else is none, not", NULL);
		break;
	case OPTION_OPTIONAL:
		request->optional = true;
		break;
	case OPTION_ALLOW:
		read_allow(reading, value);
		break;
	case OPTION_EXCEPT:
		if (request->what.place != PLACE_ANY)
			wrong(reading, word, "needs an ID alone as the selector", NULL);
		read_except(reading, value);
		break;
	case OPTION_UNKNOWN:
		wrong(reading, word, "no such option", NULL);
	}
}

/*
 * "01:00.0 VGA compatible controller [0300]: NVIDIA ... [10de:1b80]" as lspci
 * prints it: no word of ours ends in a colon. What to write of it behind the
 * slot, or NULL if it is something else.
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
