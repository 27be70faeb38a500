/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_STAMP_H
#define VFIO_EARLY_STAMP_H

#include "modules.h"

/*
 * A fingerprint of all that was asked for: names and contents of the
 * configuration files, and what modprobe.d says of the modules. It tells an image that is
 * older than its configuration; it is no protection against anybody. Kept. NULL where
 * one of the files is not for this user to read.
 */
const char *stamp_of(int root, const struct strings *files, const struct module_list *modules);

#endif
