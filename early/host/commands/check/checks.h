/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CHECKS_H
#define VFIO_EARLY_CHECKS_H

#include "../findings.h"

#include "../../image/rehearse.h"
#include "../../machine/machine.h"

/* What the checks look at, and what they find. */
struct checking {
	const struct machine *machine;
	struct rehearsal rehearsal;
	struct findings findings;
	bool trial;			/* of what stands in no configuration of this machine yet */
};

/* Rehearses the next boot with these selectors, and runs all checks. */
void check_everything(const struct machine *machine, char *const *selectors, size_t count, struct checking *checking);

/* The parts: processor, firmware, IOMMU, kernel parameters. */
void check_host(struct checking *checking);
/* The configuration, line by line, and what each selects. */
void check_requests(struct checking *checking);
/* What comes to be only after vfio-early: lines that name it, and what goes with its maker. */
void check_late(struct checking *checking);
/* The groups: what is taken, refused, and lost to the host. */
void check_groups(struct checking *checking);
/* What is on the disks that are taken, and that nobody holds. */
void check_data(struct checking *checking);
/* What vfio-pci, the guest, and who uses the device now say to what is taken. */
void check_needs(struct checking *checking);
/* The cards: functions that stay with the host though a guest misses them, or a reset needs them. */
void check_cards(struct checking *checking);
/* The settings of other tools. */
void check_settings(struct checking *checking);
/* The installed kernels and their images. */
void check_kernels(struct checking *checking);

/* "/etc/vfio-early.conf:3": nothing in the name of a file gets to a terminal or into JSON as it is. Kept. */
const char *line_shown(struct where at);

#endif
