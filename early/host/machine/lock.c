/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change at a time: a lock in /run, where nobody but root can hold it. */
#include "lock.h"
#include "below.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#define LOCK_FILE "run/vfio-early.lock"

bool lock_machine(const struct machine *machine)
{
	struct stat status;
	int fd;

	/* opening a device of a tree may start it */
	if (!status_of(machine->fd, LOCK_FILE, false, &status) && !S_ISREG(status.st_mode))
		return true;
	fd = below_open_straight(machine->fd, LOCK_FILE, O_RDWR | O_CREAT, 0600);
	return fd < 0 || !flock(fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK;
}
