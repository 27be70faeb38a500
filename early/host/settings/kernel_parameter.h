/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_PARAMETER_H
#define VFIO_EARLY_KERNEL_PARAMETER_H

#include "../machine/machine.h"
#include "../../core/model.h"

/*
 * The kernel parameter that switches the IOMMU on, kept where this machine's
 * boot loader has its parameters. What was added is noted below
 * /var/lib/vfio-early, so that exactly that can be taken back.
 */

/* The parameter that the IOMMU lacks by its verdict, or NULL. */
const char *parameter_missing(const struct iommu *iommu);

/* Where parameters are kept on this machine: "/etc/kernel/cmdline"; NULL: on no way that is known. */
const char *parameters_place(const struct machine *machine);

/* Whether something was begun here that can be taken back, and whether all of it was done. */
bool parameter_is_ours(const struct machine *machine);
bool parameter_is_added(const struct machine *machine);

/* Whether the machine was booted since all of it was done; false, too, where that is not known. */
bool parameter_is_booted(const struct machine *machine);

/*
 * Adds one parameter, and has the boot loader's files made anew (images, too,
 * if they are what has the parameters); remove takes back what was added.
 * EXIT_FINE, or EXIT_PROBLEM after a complaint. Adding what is there changes
 * nothing, and what was left half done is finished. Below --root no program is
 * run: what is left to type there is said, and the change counts as not done yet.
 */
enum exit_code parameter_add(const struct machine *machine, const char *parameter, bool images);
enum exit_code parameter_remove(const struct machine *machine, bool images);

#endif
