/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REQUEST_H
#define VFIO_EARLY_REQUEST_H

#include "model.h"

/*
 * Reads one device and what is wanted of it: selector words, then options,
 * between the separators of the source (space and tab in a file, "+" on the
 * kernel command line). at is the place of the text's first byte. Adds one
 * request to config->requests; a text with any mistake adds only errors, a
 * text without words nothing.
 */
void request_parse(struct config *config, struct where at, const char *text, size_t length,
		   const char *separators);

#endif
