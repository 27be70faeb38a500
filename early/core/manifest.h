/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MANIFEST_H
#define VFIO_EARLY_MANIFEST_H

#include "model.h"

#define MANIFEST_FILE "usr/lib/vfio-early/manifest"

/*
 * What the image carries, as "vfio-early image" wrote it. Without one the
 * manifest stays as it is, which is empty; one that cannot be read is an error.
 */
void manifest_read(int root, struct manifest *manifest, struct errors *errors);

#endif
