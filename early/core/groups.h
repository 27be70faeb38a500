/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_GROUPS_H
#define VFIO_EARLY_GROUPS_H

#include "model.h"

/* The group with this number, or NULL; of a NULL number there is none. */
struct group *group_find(struct decision *decision, const char *id);

/* A new one that a request has brought about; pointers to others are no longer good. */
struct group *group_add(struct decision *decision, const char *id, const struct request *first);

/* Adds to the named devices of a group whatever else belongs to it, and gives every member its role. */
void group_complete(struct group *group, struct inventory *inventory);

#endif
