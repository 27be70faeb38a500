/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LOADERS_H
#define VFIO_EARLY_LOADERS_H

#include "../boot_loader.h"

/* The ways that are written, and whether they are on this machine. */
extern const struct boot_loader boot_loader_grub, boot_loader_entries, boot_loader_kernel_install;

bool grub_is_here(const struct machine *machine);

/* Whether GRUB's menu is made of the files in loader/entries, and not of /etc/default/grub (GRUB_ENABLE_BLSCFG). */
bool grub_has_entries(const struct machine *machine);

/* The files of loader/entries that boot a Linux, below the root. */
struct strings loader_entries(const struct machine *machine);

#define KERNEL_INSTALL "usr/bin/kernel-install"

/* Whether kernel-install makes some of them, of its own command line. */
bool kernel_install_is_here(const struct machine *machine);

/* The ways whose tool belongs to others, up to one without a name. */
extern const struct boot_loader boot_loaders_typed[];

#endif
