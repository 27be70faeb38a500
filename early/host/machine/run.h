/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUN_H
#define VFIO_EARLY_RUN_H

#include "machine.h"

/*
 * Runs a command of other people's, "update-initramfs -u -k all": words
 * between blanks, no shell. Below --root it is looked for there, and runs in
 * this system all the same: for tests. 0 if it ended well.
 */
int run(const struct machine *machine, const char *command);

#endif
