/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the boot console and connected screens to the PCI functions that have them. */
#include "parts.h"

#include "../machine/sysfs_path.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

static void add_consoles(const struct machine *machine, struct uses *uses)
{
	struct strings names = { 0 };

	root_list(machine->fd, "sys/bus/pci/devices", &names);
	for_each(name, &names) {
		const char *boot = root_attribute(machine->fd, text_of("sys/bus/pci/devices/%s/boot_vga", *name));

		if (text_same(boot, "1"))
			uses_add(uses, *name, USE_CONSOLE, "boot console");
	}
}

/* "card0-DP-1" */
static void add_outputs(const struct machine *machine, struct uses *uses)
{
	struct strings names = { 0 };

	root_list(machine->fd, "sys/class/drm", &names);
	for_each(name, &names) {
		const char *output = strchr(*name, '-');
		const char *link = root_link(machine->fd, text_of("sys/class/drm/%s", *name));
		const char *device = link ? function_in(link) : NULL;

		if (output && device &&
		    text_same(root_attribute(machine->fd, text_of("sys/class/drm/%s/status", *name)), "connected"))
			uses_add(uses, device, USE_OUTPUT, text_of("screen on %s", output + 1));
	}
}

void uses_add_displays(const struct machine *machine, struct uses *uses)
{
	add_consoles(machine, uses);
	add_outputs(machine, uses);
}
