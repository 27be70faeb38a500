/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_FRAMEBUFFER_H
#define VFIO_EARLY_FRAMEBUFFER_H

#include "model.h"

/*
 * The framebuffer of the firmware (efifb, vesafb, simpledrm) if it holds
 * memory of this function, or NULL: a platform device with its driver. While
 * it does, a guest cannot have that memory. vfio-pci sees to it for class 0300
 * only (drivers/vfio/pci/vfio_pci_core.c:vfio_pci_vga_init, since 6.0).
 */
struct device *framebuffer_on(struct inventory *inventory, const struct device *device);

#endif
