/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_SELECTOR_H
#define VFIO_EARLY_SELECTOR_H

#include "model.h"

/*
 * Reads one selector word: the address of a function (01:00.0), a slot with
 * all its functions (01:00), a path (00:01.0/00.0), or an ID (10de:1b80, also
 * in brackets). False, with *selector undefined, if it is none of these.
 */
bool selector_parse(const char *word, size_t length, struct selector *selector);

/*
 * Guesses the selector in a word of another notation (0x10de:0x1b80,
 * libvirt's pci_0000_01_00_0, 01:00.0 with a comma): text that parses, kept;
 * NULL if there is no guess.
 */
const char *selector_guess(const char *word, size_t length);

#endif
