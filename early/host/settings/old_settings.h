/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OLD_SETTINGS_H
#define VFIO_EARLY_OLD_SETTINGS_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* How people give devices away without vfio-early. */

enum old_kind {
	OLD_DEVICES,			/* names devices: ids=, hide=, driverctl, Unraid */
	OLD_ORDER,			/* vfio-pci before another driver: softdep, rd.driver.pre= */
	OLD_BLACKLIST,			/* keeps a driver off all of its devices */
};

struct old_setting {
	enum old_kind kind;
	const char *at;			/* "/etc/modprobe.d/vfio.conf:3", "kernel command line" */
	const char *text;		/* the setting as it is written, fit to be shown */
	struct strings selectors;	/* what it amounts to, in our spelling: "10de:1b80", "01:00.0 10de:1b80" */
	struct strings unclear;		/* parts of it that no selector can say, fit to be shown */
	const char *how_to_remove;	/* "remove line 3 of /etc/modprobe.d/vfio.conf" */
	const char *overruled_by;	/* at of a later one, which alone counts for the module; or NULL */
};

struct old_settings {
	LIST(struct old_setting) list;	/* in the order in which they count */
	struct strings unreadable;	/* files that are there and cannot be read: "/etc/x: why" */
};

/* All of OLD_DEVICES and OLD_ORDER that a machine has. */
void old_settings_find(const struct machine *machine, struct old_settings *settings);

/*
 * Adds those of OLD_BLACKLIST that keep a driver off one of the devices. What
 * the distribution itself puts on a blacklist (in /usr/lib and /lib) is none
 * of them. Drivers are those that libkmod or the devices now have; without
 * both, nothing is found.
 */
void old_settings_find_blacklists(const struct machine *machine, const struct devices *devices,
				  struct old_settings *settings);

/* What one of the selectors of a setting says; false: nothing that is one. */
bool old_selector_parse(const char *text, struct selector *selector);

#endif
