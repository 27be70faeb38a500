/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULES_TO_LOAD_H
#define VFIO_EARLY_MODULES_TO_LOAD_H

#include "model.h"

/* What is to be loaded before anything is bound. */
struct modules modules_to_load(const struct boot *boot);

/* The same of what brings up an IOMMU. */
struct modules modules_for_iommu(const struct boot *boot);

/* "kernel/drivers/vfio/pci/vfio-pci" and "vfio-pci" to the name in /sys/module. Kept. */
const char *module_name(const char *path);

/* By modprobe.blacklist= or module_blacklist=; name as in /sys/module. */
bool module_is_blacklisted(const char *name, const struct cmdline *cmdline);

#endif
