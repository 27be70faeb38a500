/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_VERIFICATION_H
#define VFIO_EARLY_VERIFICATION_H

#include "../findings.h"

#include "../../image/boot_log.h"
#include "../../machine/machine.h"

/* Whether the machine is as the boot has left it, and as the configuration wants it. */
struct verification {
	struct boot_log log;
	struct findings findings;
	bool configured;		/* something is asked for now */
	bool reboot_pending;		/* the configuration has changed since the boot */
	unsigned unsettled;		/* failures that may pass: of the live system, not of the boot */
};

void verify_machine(const struct machine *machine, struct verification *verification);

/* Writes what was found as a text file for node-exporter, whole or not at all. 0 or -errno. */
int metrics_write(const struct verification *verification, const char *file);

#endif
