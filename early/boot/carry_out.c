/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the decision to the machine: the steps forward, what became of them, and the way back of what failed. */
#include "carry_out.h"

#include "../core/stages.h"
#include "apply.h"
#include "read_back.h"

#define RETURN_SECONDS 5		/* for an attempt to put back what failed, on top of the timeout */
#define RETURN_ATTEMPTS 2

static size_t count_members(const struct decision *decision)
{
	size_t members = 0;

	for_each(group, &decision->groups)
		members += group->members.count;
	return members;
}

/* Puts back what is not taken. What fails there once must not leave a group in halves: it gets another attempt. */
static void return_groups(struct boot *boot)
{
	unsigned attempts = RETURN_ATTEMPTS;
	const int *outcomes;
	struct plan plan;

	read_drivers_to_return(boot);
	do {
		plan = plan_return(boot);
		outcomes = apply(boot, &plan, RETURN_SECONDS);
	} while (--attempts && return_is_worth_repeating(boot, &plan, outcomes));
	read_back_returned(boot, &plan, outcomes);
}

void carry_out(struct boot *boot)
{
	struct plan plan = boot->config.mode == MODE_OFF ? plan_recovery(boot) : plan_forward(boot);

	apply_ready(1 + RETURN_ATTEMPTS, count_members(&boot->decision));
	read_back(boot, &plan, apply(boot, &plan, boot->config.timeout));
	return_groups(boot);
}
