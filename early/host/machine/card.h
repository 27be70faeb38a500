/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CARD_H
#define VFIO_EARLY_CARD_H

#include "../../core/model.h"

/* Which functions belong together, whatever their groups are. Devices are detailed. */

/*
 * The other functions of the card that a display is on, among all: those of its
 * maker on its slot; its sound where that is behind another port of a switch on
 * the card, or where it is a function of Intel's chipset. None for what is no display.
 */
struct devices card_companions(const struct devices *all, const struct device *display);

/* The other functions behind the bridge that it is behind, which a reset of its bus resets, too. None on a root bus. */
struct devices bus_mates(const struct devices *all, const struct device *device);

/* Whether both are functions of one slot. */
bool on_same_slot(const struct device *one, const struct device *other);

#endif
