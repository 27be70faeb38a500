/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NAMES_H
#define VFIO_EARLY_NAMES_H

#include "../../core/model.h"

/* Names by libpci, from pci.ids. Kept. */

/* "GP104 [GeForce GTX 1080]"; with the number where pci.ids has none. */
const char *name_of_device(const struct device *device);

/* "VGA compatible controller" */
const char *name_of_class(const struct device *device);

#endif
