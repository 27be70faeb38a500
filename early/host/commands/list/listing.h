/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_LISTING_H
#define VFIO_EARLY_LISTING_H

#include "../../image/rehearse.h"

/* What "list" shows. */

/* Base classes of PCI. */
#define CLASS_STORAGE 0x01
#define CLASS_NETWORK 0x02
#define CLASS_DISPLAY 0x03

enum column {
	COLUMN_ADDRESS, COLUMN_GROUP, COLUMN_PATH, COLUMN_ID, COLUMN_NAME, COLUMN_CLASS, COLUMN_SLOT, COLUMN_DRIVER,
	COLUMN_DRIVERS, COLUMN_USED_BY, COLUMN_NEXT_BOOT, COLUMN_COUNT
};

struct list_options {
	const char *root, *config, *columns;
	bool json, flat, bare;		/* bare: without headings */
	unsigned classes;		/* bit n: base class n; 0: all */
	struct selector selector;
	bool has_selector;
};

/* One device as it is shown. */
struct row {
	const struct device *device;
	const char *cells[COLUMN_COUNT];
	bool shown;
};

struct listing {
	const struct machine *machine;
	const struct list_options *options;
	struct rehearsal rehearsal;
	LIST(struct row) rows;		/* by address */
	LIST(enum column) columns;	/* to be shown */
};

/* A row for each device that is there now. */
void listing_rows(struct listing *listing);

/* Marks what is shown: whole groups that have a device that the options name, without bridges unless all is shown. */
void listing_choose(struct listing *listing);
size_t listing_shown(const struct listing *listing);

/* Chooses the columns that the options name, or the usual ones. EXIT_FINE, or EXIT_USAGE after a complaint. */
enum exit_code listing_columns(struct listing *listing);

/* Prints the rows that are shown, as a tree, a list or JSON; on a terminal nothing passes its edge. */
void listing_print(struct listing *listing);

/* Says what a table does not: twins, why there are no groups, what to type next. */
void listing_advise(const struct listing *listing);

#endif
