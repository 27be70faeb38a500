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
