/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_DECIDE_H
#define VFIO_EARLY_DECIDE_H

#include "model.h"

/*
 * What is asked for, and the way to the machine: everything below a root
 * directory that the decision rests on, but the machine itself, which the
 * stages read as far as they need it. Cannot fail: what is missing or wrong is
 * in the errors.
 */
void read_boot(int root, struct boot *boot);

/*
 * Goes through the stages up to the guard: afterwards every group and member
 * has a result, and every member an intended driver.
 */
void decide(struct boot *boot);

/* The kernel command line; empty, and an error, if it cannot be read. */
struct cmdline read_cmdline(int root, struct errors *errors);

#endif
