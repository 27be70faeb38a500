/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CARRY_OUT_H
#define VFIO_EARLY_CARRY_OUT_H

#include "../core/model.h"

/*
 * Does what was decided: afterwards every group is bound as a whole, or as it
 * was found, and the results of groups and members say which. Takes no longer
 * than the timeout and half of a minute, whatever hangs.
 */
void carry_out(struct boot *boot);

#endif
