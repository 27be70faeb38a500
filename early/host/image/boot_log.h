/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_BOOT_LOG_H
#define VFIO_EARLY_BOOT_LOG_H

#include "../machine/machine.h"
#include "../../core/memory.h"

/* What the boot has left in /run/vfio-early.log. */

#define BOOT_LOG "run/vfio-early.log"

struct log_record {
	const char *event;		/* "device" */
	const char *rest;		/* for record_value() */
};

struct boot_log {
	LIST(struct log_record) records;
	bool found;
	const char *problem;		/* why it cannot be believed; NULL: it can */
};

/*
 * Whole or not at all: a log that is no regular file, that others than root
 * could have written, or that does not begin and end as the boot program
 * writes it, is a problem, and has no records.
 */
void boot_log_read(const struct machine *machine, struct boot_log *log);

/* A value of the first record of that event, or NULL. */
const char *boot_log_value(const struct boot_log *log, const char *event, const char *key);

#endif
