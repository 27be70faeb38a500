/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LOCK_H
#define VFIO_EARLY_LOCK_H

#include "machine.h"

/*
 * Two that write at once would lose each other's lines. Takes the lock of this
 * machine until the process ends, without waiting; false if another has it. Where
 * there is no /run, or no right to write there, there is nothing to be kept apart.
 * A program that is run does not hold it.
 */
bool lock_machine(const struct machine *machine);

#endif
