/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes have device nodes open: /proc/PID/fd, whose links are read and not followed in a tree. */
#include "openers.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_asked(const char *pid, const char *program)
{
	return strspn(pid, "0123456789") == strlen(pid) && program && !strstr(program, "udev") &&
	       strtoul(pid, NULL, 10) != (unsigned long)getpid();
}

static unsigned long long disk_of(const struct machine *machine, const char *descriptor)
{
	struct stat status;

	return machine->live && !stat(text_of("/%s", descriptor), &status) && S_ISBLK(status.st_mode) ? status.st_rdev : 0;
}

static void add_nodes(const struct machine *machine, const char *pid, const char *program, struct open_nodes *nodes)
{
	const char *directory = text_of("proc/%s/fd", pid);
	struct strings descriptors = { 0 };

	/* the kernel makes no links of these; who does could make the same files many */
	if (root_link(machine->fd, directory))
		return;
	nodes->hidden |= root_list(machine->fd, directory, &descriptors) == -EACCES;
	for_each(name, &descriptors) {
		const char *descriptor = text_of("%s/%s", directory, *name), *path = root_link(machine->fd, descriptor);

		/* a file on a server that does not answer would block stat() */
		if (path && text_begins(path, "/dev/"))
			*list_add(nodes) = (struct open_node) {
				.path = path, .disk = disk_of(machine, descriptor), .program = program, .pid = pid,
			};
	}
}

struct open_nodes open_nodes(const struct machine *machine)
{
	struct open_nodes nodes = { 0 };
	struct strings processes = { 0 };

	root_list(machine->fd, "proc", &processes);
	for_each(pid, &processes) {
		const char *program = root_attribute(machine->fd, text_of("proc/%s/comm", *pid));

		if (is_asked(*pid, program))
			add_nodes(machine, *pid, program, &nodes);
	}
	return nodes;
}
