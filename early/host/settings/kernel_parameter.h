/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_KERNEL_PARAMETER_H
#define VFIO_EARLY_KERNEL_PARAMETER_H

#include "../image/rehearse.h"
#include "../machine/machine.h"

/*
 * The kernel parameter that switches the IOMMU on, kept where this machine's
 * boot loader has its parameters. What was added is noted below
 * /var/lib/vfio-early, so that exactly that can be taken back.
 */

/* The parameter that the IOMMU lacks by its verdict, or NULL. */
const char *parameter_missing(const struct rehearsal *rehearsal);

/* For a person: what adds the parameter on this machine, or where it belongs. Kept. */
const char *parameter_advice(const struct machine *machine, const char *parameter);

/* Whether something was begun here that can be taken back, and whether all of it was done. */
bool parameter_is_ours(const struct machine *machine);
bool parameter_is_added(const struct machine *machine);

/* Whether the machine was booted since all of it was done; false, too, where that is not known. */
bool parameter_is_booted(const struct machine *machine);

/* Where it was added: "/etc/kernel/cmdline, /boot/loader/entries/a.conf"; NULL: nowhere. Kept. */
const char *parameter_places(const struct machine *machine);

/*
 * Adds one parameter, and has the boot loader's files made anew; remove takes
 * back what was added. EXIT_FINE, or EXIT_PROBLEM after a complaint, also where
 * the tool that has the parameters is not ours to run: then what to type is said.
 * Adding what is there changes nothing, and what was left half done is finished.
 * dry_run: the same is said, with the same result, and nothing is done. Below
 * --root no program is run: what is left to type there is said, and the change
 * counts as not done yet.
 */
enum exit_code parameter_add(const struct machine *machine, const char *parameter, bool dry_run);
enum exit_code parameter_remove(const struct machine *machine, bool dry_run);

#endif
