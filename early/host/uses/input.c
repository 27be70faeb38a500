/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From keyboards to the PCI functions that they hang on. */
#include "parts.h"

#include "../machine/sysfs_path.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <stdlib.h>
#include <string.h>

/* As udev decides it: the keys 1 to 31 are there (src/udev/udev-builtin-input_id.c); their word is the last. */
static bool is_keyboard(const char *keys)
{
	const char *last = keys ? strrchr(keys, ' ') : NULL;
	unsigned long long bits = keys ? strtoull(last ? last + 1 : keys, NULL, 16) : 0;

	return (bits & 0xfffffffe) == 0xfffffffe;
}

void uses_add_input(const struct machine *machine, struct uses *uses)
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
