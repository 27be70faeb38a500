/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SELECTOR_H
#define VFIO_EARLY_SELECTOR_H

#include "model.h"

/*
 * One selector word: a slot, a slot without function, a path, or an ID (also
 * in brackets). False, with *selector undefined, if it is none of these.
 */
bool selector_parse(const char *word, size_t length, struct selector *selector);

/*
 * What somebody may have meant by a word that is no selector (0x10de:0x1b80,
 * pci_0000_01_00_0, 01:00.0,): a selector that parses, kept; or NULL.
 */
const char *selector_guess(const char *word, size_t length);

#endif
