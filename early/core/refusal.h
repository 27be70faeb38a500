/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REFUSAL_H
#define VFIO_EARLY_REFUSAL_H

#include "model.h"

/*
 * Refusals by name. The names are a contract: the log, the manifest, allow=
 * and the host command use them. A set of refusals is the sum of their values.
 */

/* Those that allow= may overrule. */
#define REFUSALS_ALLOWABLE (REFUSE_BOOT_DISK | REFUSE_ROOT_NETWORK | REFUSE_DEFAULT_ROUTE | \
			    REFUSE_IN_USE | REFUSE_LAST_INPUT | REFUSE_LAST_DISPLAY)

/* The name of one refusal; "?" for anything else. */
const char *refusal_name(unsigned refusal);

/* The refusal of that name; 0 if there is none. */
unsigned refusal_by_name(const char *name);

/* The names of a set, comma-separated, kept; NULL for the empty set. */
const char *refusals_joined(unsigned refusals);

/* Refuses the group, for one more reason: because is the address to blame, remedy what to do. */
void refuse(struct group *group, enum refusal refusal, const char *because, const char *remedy);

/* What to write where, so that this refusal is overruled. Kept. */
const char *how_to_allow(const struct request *request, enum refusal refusal);

#endif
