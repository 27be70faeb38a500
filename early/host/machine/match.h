/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MATCH_H
#define VFIO_EARLY_MATCH_H

#include "../../core/model.h"

/* A selector against devices that are at hand; core/select.c looks for them in sysfs instead. */

/* Whether it names the device, whose details have been read. */
bool selector_names(const struct selector *selector, const struct device *device);

/* Whether a request names it, and does not except it. */
bool request_names(const struct request *request, const struct device *device);

/* Whether both name the same place, or without a place the same ID; there need not be a device. */
bool selectors_agree(const struct selector *one, const struct selector *other);

#endif
