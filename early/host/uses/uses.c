/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host has of its PCI functions: screens and keyboards here, the rest in uses_storage and uses_network. */
#include "parts.h"
#include "../machine/sysfs_path.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <stdlib.h>
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

/* As udev decides it: the keys 1 to 31 are there (src/udev/udev-builtin-input_id.c); their word is the last. */
static bool is_keyboard(const char *keys)
{
	const char *last = keys ? strrchr(keys, ' ') : NULL;
	unsigned long long bits = keys ? strtoull(last ? last + 1 : keys, NULL, 16) : 0;

	return (bits & 0xfffffffe) == 0xfffffffe;
}

static void add_keyboards(const struct machine *machine, struct uses *uses)
{
	struct strings names = { 0 };

	root_list(machine->fd, "sys/class/input", &names);
	for_each(name, &names) {
		const char *link = root_link(machine->fd, text_of("sys/class/input/%s", *name));
		const char *device = link ? function_in(link) : NULL;

		if (link && !strstr(link, "/virtual/") && text_begins(*name, "input") &&
		    is_keyboard(root_attribute(machine->fd, text_of("sys/class/input/%s/capabilities/key", *name))))
			uses_add(uses, device, USE_KEYBOARD, "keyboard");
	}
}

static int compare_uses(const void *a, const void *b)
{
	return (int)((const struct use *)a)->kind - (int)((const struct use *)b)->kind;
}

void uses_collect(const struct machine *machine, struct uses *uses)
{
	struct root_network needs = { 0 };

	*uses = (struct uses) { 0 };
	add_consoles(machine, uses);
	add_outputs(machine, uses);
	uses_add_storage(machine, uses, &needs);
	uses_add_network(machine, uses, &needs);
	add_keyboards(machine, uses);
	if (uses->count)
		qsort(uses->items, uses->count, sizeof(*uses->items), compare_uses);
}

const char *uses_of(const struct uses *uses, const char *device)
{
	struct text all = { 0 };

	for_each(use, uses)
		if (text_same(use->device, device))
			text_print(&all, "%s%s", all.length ? ", " : "", text_shown(use->detail, strlen(use->detail)));
	return all.bytes;
}

bool uses_have(const struct uses *uses, const char *device, enum use_kind kind)
{
	for_each(use, uses)
		if (use->kind == kind && text_same(use->device, device))
			return true;
	return false;
}
