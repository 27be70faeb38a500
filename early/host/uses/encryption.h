/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ENCRYPTION_H
#define VFIO_EARLY_ENCRYPTION_H

#include "crypttab.h"

/*
 * Adds how a file system that encrypts by itself is unlocked, by its type and
 * source: ZFS, bcachefs, fscrypt of the root. Where that cannot be told somebody
 * is suspected to type the passphrase.
 */
void unlock_add_filesystem(const struct machine *machine, const char *type, const char *source, struct unlock *unlock);

#endif
