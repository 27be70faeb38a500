/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REPORT_H
#define VFIO_EARLY_REPORT_H

#include "model.h"
#include "text.h"

enum status { STATUS_OK, STATUS_DEGRADED, STATUS_REFUSED, STATUS_OFF, STATUS_NOTHING };

/* How many devices have each result; failed includes those that were returned. */
struct counts {
	unsigned planned, bound, already, refused, failed, absent;
};

struct counts report_counts(const struct decision *decision);

/* The status= of the result record; STATUS_DEGRADED and STATUS_REFUSED are problems. */
enum status report_status(const struct boot *boot);
bool status_is_problem(enum status status);

/* Where a record goes besides the log file: nowhere, to the kernel log, to the kernel log as an error. */
enum weight { WEIGHT_DETAIL, WEIGHT_INFO, WEIGHT_ERROR };

struct report {
	struct text text;		/* the records of the log */
	LIST(enum weight) weights;	/* of each of its lines */
};

/* All records of a run, after the decision or after apply. microseconds: how long it took, NULL for a dry run. */
struct report report(const struct boot *boot, const unsigned long *microseconds);

#endif
