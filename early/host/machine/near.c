/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of some words was meant by one that is none of them. */
#include "near.h"

#include "../../core/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define LETTERS_MAX 2
#define WORD_MAX 31

static size_t least(size_t one, size_t two, size_t three)
{
	size_t least = one < two ? one : two;

	return least < three ? least : three;
}

static bool is_same_letter(char one, char other)
{
	return tolower((unsigned char)one) == tolower((unsigned char)other);
}

/* How many letters have to be changed, added or taken out (Levenshtein). */
static size_t distance(const char *bytes, size_t length, const char *word)
{
	size_t row[WORD_MAX + 1], i, j, size = strlen(word);

	for (j = 0; j <= size; j++)
		row[j] = j;
	for (i = 1; i <= length; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (j = 1; j <= size; j++) {
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1, corner + !is_same_letter(bytes[i - 1], word[j - 1]));
			corner = above;
		}
	}
	return row[size];
}

/* It begins with these bytes, or differs in a few letters. */
static const char *near_word(const char *bytes, size_t length, const char *const *words, size_t count)
{
	const char *best = NULL;
	size_t i, least_distance = LETTERS_MAX + 1;

	for (i = 0; i < count; i++) {
		size_t here = strlen(words[i]) <= WORD_MAX ? distance(bytes, length, words[i]) : LETTERS_MAX + 1;

		if (length > 1 && !strncasecmp(bytes, words[i], length))
			return words[i];
		if (here < least_distance && here < length) {
			best = words[i];
			least_distance = here;
		}
	}
	return best;
}

const char *near_hint(const char *bytes, size_t length, const char *const *words, size_t count, const char *command)
{
	const char *near = near_word(bytes, length, words, count);
	const char *help = text_of("vfio-early %s--help", command);

	return near ? text_of("did you mean %s? See %s", near, help) : text_of("see %s", help);
}
