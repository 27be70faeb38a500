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
enum status report_status(const struct situation *situation);
const char *status_name(enum status status);

/* "a,b,c", or NULL for none. */
const char *report_list(const struct strings *strings, const char *separator);

/* "name,name" of a set of refusals. */
const char *report_refusals(unsigned refusals);

/* The records of the log. microseconds: NULL for a dry run. */
struct text report(const struct situation *situation, const unsigned long *microseconds);

#endif
