/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device nodes of disks: their content, whether somebody holds them, and which processes have them open. */
#include "block_node.h"
#include "below.h"
#include "status.h"

#include "../../core/memory.h"
#include "../../core/reach.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

bool block_number(const struct machine *machine, const char *path, unsigned long long *number)
{
	struct stat status;

	if (!machine->live || status_of(machine->fd, path, true, &status) || !S_ISBLK(status.st_mode))
		return false;
	*number = status.st_rdev;
	return true;
}

/* "cciss!c0d0" is /dev/cciss/c0d0. */
static const char *node_of(const char *name)
{
	char *path = keep_string(text_of("dev/%s", name)), *at;

	for (at = path; *at; at++)
		if (*at == '!')
			*at = '/';
	return path;
}

/* The node of that name, unless it is another's. */
static int open_node(const struct machine *machine, const char *name, int flags)
{
	const char *path = node_of(name);
	unsigned long long number;

	if (!block_number(machine, path, &number) ||
	    !text_same(root_link_name(machine->fd, text_of("sys/dev/block/%u:%u", major(number), minor(number))), name))
		return -ENODEV;
	return below_open(machine->fd, path, O_RDONLY | O_NONBLOCK | flags);
}

int block_open(const struct machine *machine, const char *name)
{
	int fd = machine->live ? open_node(machine, name, 0) : reach_file(machine->fd, node_of(name));

	return fd < 0 ? -1 : fd;
}

bool block_bytes(const struct machine *machine, const char *name, void *bytes, size_t length)
{
	int fd = block_open(machine, name);
	ssize_t got = -1;

	if (fd >= 0) {
		got = read(fd, bytes, length);
		close(fd);
	}
	return got == (ssize_t)length;
}

enum hold block_hold(const struct machine *machine, const char *name)
{
	int fd = open_node(machine, name, O_EXCL);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || fd == -ENOMEDIUM ? HOLD_NONE : fd == -EBUSY ? HOLD_CLAIMED : HOLD_UNKNOWN;
}

/* udev looks at each disk for a moment. */
static bool is_passing(const char *pid, const char *program)
{
	return strspn(pid, "0123456789") != strlen(pid) || !program || strstr(program, "udev") ||
	       strtoul(pid, NULL, 10) == (unsigned long)getpid();
}

static void add_open_nodes(const struct machine *machine, const char *pid, const char *program, struct open_nodes *nodes)
{
	const char *directory = text_of("proc/%s/fd", pid);
	struct strings files = { 0 };

	root_list(machine->fd, directory, &files);
	for_each(file, &files) {
		const char *path = root_link(machine->fd, text_of("%s/%s", directory, *file));
		struct open_node node = { .path = path };
		struct stat status;

		/* a file on a server that does not answer would block stat() */
		if (!path || !text_begins(path, "/dev/"))
			continue;
		if (machine->live) {
			if (stat(text_of("/%s/%s", directory, *file), &status) || !S_ISBLK(status.st_mode))
				continue;
			node.number = status.st_rdev;
		}
		node.program = program;
		*list_add(nodes) = node;
	}
}

struct open_nodes open_nodes(const struct machine *machine)
{
	struct open_nodes nodes = { 0 };
	struct strings processes = { 0 };

	root_list(machine->fd, "proc", &processes);
	for_each(pid, &processes) {
		const char *program = root_attribute(machine->fd, text_of("proc/%s/comm", *pid));

		if (!is_passing(*pid, program))
			add_open_nodes(machine, *pid, program, &nodes);
	}
	return nodes;
}
