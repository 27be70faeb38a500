/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MODULE_OPTION_H
#define VFIO_EARLY_MODULE_OPTION_H

#include "machine.h"

#include "../../core/model.h"

/*
 * Where a boolean option of a module is switched on: "/etc/modprobe.d/x.conf:3",
 * "the kernel command line", or, where it holds only until a reboot, its file in
 * /sys. NULL: nowhere. The kernel command line comes last; modprobe.d says
 * nothing to what is built in. Kept.
 */
const char *module_option_on(const struct machine *machine, const struct cmdline *cmdline, const char *module,
			     const char *option);

/* Whether a module is part of the running kernel; false, too, where that shows nowhere. */
bool module_is_built_in(const struct machine *machine, const char *module);

#endif
