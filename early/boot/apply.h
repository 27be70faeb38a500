/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_APPLY_H
#define VFIO_EARLY_APPLY_H

#include "../core/model.h"
#include "outcome.h"

/*
 * Gets the memory for so many calls of apply(), what they do with so many
 * members, and the report: once the first step is made, there must be no end
 * but the last.
 */
void apply_ready(size_t calls, size_t members);

/*
 * Runs the steps in one child process and waits for it no longer than the
 * given seconds; a child that hangs in the kernel is left behind, and the
 * groups that it kept waiting get another one, with a few seconds of its own.
 * Returns an outcome for every step, in kept memory; never fails as a whole.
 */
const int *apply(const struct boot *boot, const struct plan *plan, unsigned seconds);

#endif
