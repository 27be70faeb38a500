/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OLD_SETTINGS_H
#define VFIO_EARLY_OLD_SETTINGS_H

#include "../machine/machine.h"
#include "../../core/model.h"

/* How people give devices away without vfio-early. */

enum old_kind {
	OLD_DEVICES,			/* gives devices away: ids=, hide=, driverctl, Unraid, a script */
	OLD_ORDER,			/* vfio-pci before another driver: softdep, rd.driver.pre=, MODULES= */
	OLD_BLACKLIST,			/* keeps a driver off all of its devices */
	OLD_GUEST,			/* the definition of a guest: its devices are given away when it starts, */
	OLD_GUEST_AND_BACK,		/* and given back to the host when it stops */
};

/* What a setting gives away. */
struct old_device {
	const char *text;		/* as it is written there, fit to be shown */
	const char *line;		/* the same as a line of our configuration; NULL: none says it (a class) */
	struct selector what;
};

struct old_setting {
	enum old_kind kind;
	const char *at;			/* "/etc/modprobe.d/vfio.conf:3", "kernel command line" */
	const char *text;		/* the setting as it is written, fit to be shown */
	LIST(struct old_device) devices;
	struct strings unclear;		/* parts of it that name no device that can be told, fit to be shown */
	bool too_late;			/* read only when vfio-pci is loaded, and so without effect once we load it */
	const char *how_to_remove;	/* "remove line 3 of /etc/modprobe.d/vfio.conf"; NULL: it stays */
	const char *overruled_by;	/* at of a later one, which alone counts for the module; or NULL */
};

struct old_settings {
	LIST(struct old_setting) list;	/* in the order in which they count */
	struct strings unreadable;	/* files that are there and cannot be read: "/etc/x: why" */
};

/* All but OLD_BLACKLIST that a machine has. */
void old_settings_find(const struct machine *machine, struct old_settings *settings);

/*
 * Adds those of OLD_BLACKLIST that keep a driver off one of the devices. What
 * the distribution itself puts on a blacklist (in /usr/lib and /lib) is none
 * of them. Drivers are those that libkmod or the devices now have; without
 * both, nothing is found.
 */
void old_settings_find_blacklists(const struct machine *machine, const struct devices *devices,
				  struct old_settings *settings);

#endif
