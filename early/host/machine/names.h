/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_NAMES_H
#define VFIO_EARLY_NAMES_H

#include "../../core/model.h"

/* How devices are called for a person; names are libpci's, from pci.ids of this system. Kept. */

/* "GP104 [GeForce GTX 1080]"; with the number where pci.ids has none. */
const char *name_of_device(const struct device *device);

/* "VGA compatible controller" */
const char *name_of_class(const struct device *device);

/* An address as lspci writes it: "01:00.0", with the domain only where it is not 0. */
const char *address_shown(const char *name);

/* "01:00.0 GP104 [GeForce GTX 1080]"; what is no PCI function has a name only. */
const char *device_shown(const struct device *device);

#endif
