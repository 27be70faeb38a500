/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For valgrind, which knows no openat2(2) before 3.25: the same calls, held by nothing. Not for trees of others. */
#include "../../early/host/machine/below.h"

#include <errno.h>
#include <fcntl.h>

int below_open(int directory, const char *path, int flags)
{
	int fd = openat(directory, path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int below_open_straight(int directory, const char *path, int flags, mode_t mode)
{
	int fd = openat(directory, path, flags | O_CLOEXEC | O_NOFOLLOW, mode);

	return fd < 0 ? -errno : fd;
}
