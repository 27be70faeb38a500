/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one system call by which the host command opens what is below a directory. */
#include "below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRIES 16			/* while somebody renames directories on the way, see openat2(2) */

static int open_resolved(int directory, const char *path, int flags, mode_t mode, unsigned long long resolve)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC), .mode = flags & O_CREAT ? mode : 0, .resolve = resolve,
	};
	unsigned tries = 0;
	long fd;

	do {
		fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));
	} while (fd < 0 && (errno == EAGAIN || errno == EINTR) && ++tries < TRIES);
	return fd < 0 ? -errno : (int)fd;
}

int below_open(int directory, const char *path, int flags)
{
	return open_resolved(directory, path, flags, 0, RESOLVE_IN_ROOT);
}

int below_open_straight(int directory, const char *path, int flags, mode_t mode)
{
	return open_resolved(directory, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}
