/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OPENERS_H
#define VFIO_EARLY_OPENERS_H

#include "machine.h"

#include "../../core/model.h"

/*
 * Adds who has a file open, by its path below the root: "Xorg (1234)". False if
 * there are processes that this user may not look at: there may be more.
 */
bool openers_of(const struct machine *machine, const char *path, struct strings *openers);

#endif
