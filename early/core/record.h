/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RECORD_H
#define VFIO_EARLY_RECORD_H

#include "text.h"

/* Writing: an event word, then key=value pairs, then the end of the line. */
void record_begin(struct text *log, const char *event);
/* A NULL value is written as "-". */
void record_add(struct text *log, const char *key, const char *value);
void record_add_number(struct text *log, const char *key, unsigned long value);
void record_end(struct text *log);

/*
 * Reading: takes the next line off *cursor. *event is its first word, *rest
 * the terminated text behind it; both are kept. False at the end.
 */
bool record_next(const char **cursor, const char *end, const char **event, const char **rest);

/* The value of a key in the rest of a record, unquoted and kept; NULL if it has no such key. */
const char *record_value(const char *rest, const char *key);

#endif
