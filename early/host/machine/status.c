/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owner, mode and time of what is at a path. */
#include "status.h"
#include "below.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int status_of(int directory, const char *path, bool follow, struct stat *status)
{
	int fd = below_open(directory, path, O_PATH | (follow ? 0 : O_NOFOLLOW)), error = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, status))
		error = -errno;
	close(fd);
	return error;
}
