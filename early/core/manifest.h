/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MANIFEST_H
#define VFIO_EARLY_MANIFEST_H

#include "model.h"

#define MANIFEST_FILE "usr/lib/vfio-early/manifest"

/*
 * Reads what the image carries, as "vfio-early image" wrote it, into an empty
 * manifest. Without the file it stays empty (found is false); one that cannot
 * be read is an error. Records and keys that are not known are skipped.
 */
void manifest_read(int root, struct manifest *manifest, struct errors *errors);

#endif
