/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of sysfs: the PCI functions that something hangs on. */
#include "sysfs_path.h"

#include "../../core/address.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

/* The names of PCI functions in a path, in its order. */
static struct strings names_in(const char *path)
{
	struct strings names = { 0 };
	struct pci_address address;

	while (*path) {
		const char *part = keep_bytes(path, strcspn(path, "/"));

		if (address_of_name(part, &address))
			strings_add(&names, part);
		path += strlen(part);
		path += *path == '/';
	}
	return names;
}

const char *function_in(const char *path)
{
	struct strings names = names_in(path);

	return names.count ? names.items[names.count - 1] : NULL;
}

static bool is_bridge(const struct machine *machine, const char *name)
{
	const char *class = root_attribute(machine->fd, text_of("sys/bus/pci/devices/%s/class", name));

	return class && text_begins(class, "0x06");
}

void functions_in(const struct machine *machine, const char *path, struct strings *functions)
{
	struct strings names = names_in(path);

	for_each(name, &names)
		if (!is_bridge(machine, *name))
			strings_add_once(functions, *name);
}
