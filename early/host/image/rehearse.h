/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REHEARSE_H
#define VFIO_EARLY_REHEARSE_H

#include "../machine/machine.h"
#include "../machine/no_iommu.h"
#include "../uses/uses.h"
#include "../../core/model.h"

/* What the next boot will decide. */
struct rehearsal {
	struct boot boot;		/* with the roles and results of a dry run */
	struct no_iommu no_iommu;	/* its verdict on the IOMMU, in words for this machine */
	const char *recovery;		/* why this boot bound nothing, where the next one is another kind; or NULL */
	struct uses uses;		/* what the host uses now, */
	struct host_uses host_uses;	/* and as the boot's guard reads it */
	struct devices now;		/* every function as it is now, by address: with its present driver */
	struct devices late;		/* functions that do not exist yet when the next boot decides */
};

/*
 * The boot's own decision on a cold view of the machine: drivers that are
 * modules have not taken anything yet, virtual functions and what hangs behind
 * a controller with a modular driver (VMD) do not exist, and what was switched
 * off since is on. Recovery words of the
 * running kernel count for this boot only. The selectors (words as in the
 * configuration, an argument each) are read as further lines of it.
 */
void rehearse(const struct machine *machine, char *const *selectors, size_t count, struct rehearsal *rehearsal);

/* Whether something stands in one of the selectors, not in the configuration. */
bool is_argument(const struct where *at);

/* EXIT_FINE, or EXIT_USAGE after a complaint of every mistake in the selectors. */
enum exit_code rehearsal_usage(const char *command, const struct rehearsal *rehearsal);

/* A function as it is now, or NULL. */
struct device *rehearsal_now(const struct rehearsal *rehearsal, const char *name);

/* The late functions that a request names. */
struct devices rehearsal_late(const struct rehearsal *rehearsal, const struct request *request);

/* Whether the next boot takes a function. */
bool rehearsal_takes(const struct rehearsal *rehearsal, const struct device *device);

/* Whether a driver of the running kernel is built in, and so is there before any initramfs. */
bool driver_is_built_in(int root, const char *driver);

#endif
