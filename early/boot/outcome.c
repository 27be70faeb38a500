/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outcomes of steps, as errors. */
#include "outcome.h"

#include <errno.h>

int outcome_error(int outcome)
{
	switch (outcome) {
	case OUTCOME_HUNG:
		return -ETIMEDOUT;
	case OUTCOME_DIED:
		return -EINTR;
	case OUTCOME_WAITING:
		return -ECANCELED;
	case OUTCOME_SKIPPED:
		return 0;
	default:
		return outcome;
	}
}
