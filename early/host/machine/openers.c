/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes have a file open: /proc/PID/fd, whose links are read and not followed. */
#include "openers.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <string.h>

static bool has_open(const struct machine *machine, const char *directory, const struct strings *descriptors, const char *path)
{
	for_each(descriptor, descriptors)
		if (text_same(root_link(machine->fd, text_of("%s/%s", directory, *descriptor)), path))
			return true;
	return false;
}

bool openers_of(const struct machine *machine, const char *path, struct strings *openers)
{
	struct strings processes = { 0 };
	bool all = true;

	root_list(machine->fd, "proc", &processes);
	for_each(process, &processes) {
		const char *directory = text_of("proc/%s/fd", *process), *name;
		struct strings descriptors = { 0 };

		/* the kernel makes no links of these; who does could make the same files many */
		if (strspn(*process, "0123456789") != strlen(*process) || root_link(machine->fd, directory))
			continue;
		all &= root_list(machine->fd, directory, &descriptors) != -EACCES;
		if (!has_open(machine, directory, &descriptors, text_of("/%s", path)))
			continue;
		name = root_attribute(machine->fd, text_of("proc/%s/comm", *process));
		strings_add(openers, text_of("%s (%s)", name ? name : "?", *process));
	}
	return all;
}
