/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SAY_H
#define VFIO_EARLY_SAY_H

/* What every command ends with. */
enum exit_code {
	EXIT_FINE = 0,
	EXIT_PROBLEM = 1,		/* the command ran and found something wrong */
	EXIT_USAGE = 2,
	EXIT_CANNOT_RUN = 3,
};

/*
 * All that is said goes through here, since a name, a model or a line of a tree
 * may hold what a terminal obeys: each %s comes out in printable ASCII, with
 * \xNN for every other byte. Of printf()'s formats only %s, %*s, %-*s, %.*s,
 * %u, %lu and %zu.
 */
__attribute__((format(printf, 1, 2)))
void say(const char *format, ...);

/* The numbers are those of ECMA-48. */
enum color { COLOR_RED = 31, COLOR_GREEN = 32, COLOR_YELLOW = 33 };

/* A word of ours, in color where standard output is a terminal and NO_COLOR is not set (no-color.org). */
void say_colored(const char *word, enum color color);

/* A text of whole lines, such as records or a file, with the same for all but tab and newline. */
void say_lines(const char *text);

/* The columns of the terminal that standard output is, or 0 where it is none. */
unsigned say_width(void);

/*
 * A text that begins in column indent of a line, and a newline. On a terminal
 * it goes on in that column of the next lines instead of passing the edge.
 */
void say_wrapped(const char *text, unsigned indent);

/* "vfio-early: what: why" on standard error, as say() does it; returns the exit code that it is given. */
__attribute__((format(printf, 2, 3)))
int complain(enum exit_code code, const char *format, ...);

/* The text as say() would put it, for what is printed by a library. Kept; NULL stays NULL. */
const char *printable(const char *text);

/* Flushes standard output: the code, or, after a complaint, EXIT_CANNOT_RUN where some of it was lost. */
enum exit_code said(enum exit_code code);

#endif
