/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REFUSAL_H
#define VFIO_EARLY_REFUSAL_H

#include "model.h"

/* One more reason; because is an address. */
void refuse(struct group *group, enum refusal refusal, const char *because, const char *remedy);

/* What to write where, so that this refusal is overruled. Kept. */
const char *how_to_allow(const struct request *request, enum refusal refusal);

#endif
