/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_H
#define VFIO_EARLY_REPORT_H

#include "model.h"
#include "text.h"

enum status { STATUS_OK, STATUS_DEGRADED, STATUS_REFUSED, STATUS_OFF, STATUS_NOTHING };

/* How many devices came to which end; failed counts those that were returned, too. */
struct counts {
	unsigned planned, bound, already, refused, failed, absent;
};

struct counts report_counts(const struct decision *decision);

/* What it all amounts to; STATUS_DEGRADED and STATUS_REFUSED are problems. */
enum status report_status(const struct boot *boot);
bool status_is_problem(enum status status);

/* How much a record matters to a person who looks at the kernel log. */
enum weight { WEIGHT_DETAIL, WEIGHT_INFO, WEIGHT_ERROR };

struct report {
	struct text text;		/* the records of the log */
	LIST(enum weight) weights;	/* of each of its lines */
};

/* microseconds: NULL for a dry run. */
struct report report(const struct boot *boot, const unsigned long *microseconds);

#endif
