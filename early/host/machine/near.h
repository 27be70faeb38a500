/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NEAR_H
#define VFIO_EARLY_NEAR_H

#include <stddef.h>

/*
 * For a complaint of a word that is none of those: "did you mean WORD? See
 * vfio-early COMMAND--help", or only the second part. command: "list ", or "".
 */
const char *near_hint(const char *bytes, size_t length, const char *const *words, size_t count, const char *command);

#endif
