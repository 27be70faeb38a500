/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_EFFECTS_H
#define VFIO_EARLY_EFFECTS_H

#include <stdbool.h>

/*
 * The one seam for side effects: all that writes to the kernel or loads a
 * module. Tests link a simulated kernel in its place. Paths are relative to
 * the root descriptor; results are 0 or -errno.
 */

/* Why this process must not change the machine, for a person to read; NULL if it may. */
const char *effects_refusal(int root, bool other_root);

/* Writes a value to a sysfs attribute, in one write(2). */
int effect_write(int root, const char *path, const char *value);

/*
 * Loads a module file, -ENOENT if there is none. compressed has the kernel
 * decompress it (since 5.17: -EOPNOTSUPP or -EINVAL where it cannot).
 */
int effect_insmod(int root, const char *path, const char *options, bool compressed);

/* Has modprobe load a module; arguments end with NULL. -ENOENT without modprobe, -EIO if it failed. */
int effect_modprobe(int root, const char *const arguments[]);

#endif
