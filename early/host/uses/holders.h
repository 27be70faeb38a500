/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_HOLDERS_H
#define VFIO_EARLY_HOLDERS_H

#include "uses.h"

/* Something that the host uses, and that lies on some disk: on which one cannot be told. */
struct suspicion {
	enum use_kind kind;
	const char *what;		/* "/data" */
};

struct suspicions {
	struct suspicion *items;
	size_t count;
};

/*
 * Adds a use for each disk or partition that something holds without a mount,
 * and for each that it may hold: where the kernel cannot be asked, and, for
 * each suspicion, where nothing else is known of the disk. known: block devices
 * whose use is known. runs: what is open now can be told.
 */
void uses_add_holders(const struct machine *machine, struct uses *uses, const struct strings *known,
		      const struct suspicions *suspicions, bool runs);

#endif
