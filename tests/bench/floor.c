/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * floor WORK...: what cannot be saved, and nothing else. A word with "=" is an
 * override to write, 0000:01:00.0=vfio-pci; any other is a module file to load.
 * Registering vfio-pci, the last but one, binds every device with its override.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __KLIBC__
/* klibc has the call, but no prototype */
extern int finit_module(int fd, const char *options, int flags);
#else
#include <sys/syscall.h>

static int finit_module(int fd, const char *options, int flags)
{
	return (int)syscall(SYS_finit_module, fd, options, flags);
}
#endif

#define MODULE_INIT_COMPRESSED_FILE 4

static int write_override(const char *work, const char *driver)
{
	size_t length = strlen(driver);
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%.*s/driver_override", (int)(driver - work - 1), work);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (write(fd, driver, length) != (ssize_t)length) {
		close(fd);
		return -1;
	}
	return close(fd);
}

static int load(const char *path)
{
	const char *suffix = strrchr(path, '.');
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (finit_module(fd, "", suffix && strcmp(suffix, ".ko") ? MODULE_INIT_COMPRESSED_FILE : 0))
		return -1;
	return close(fd);
}

int main(int count, char **arguments)
{
	int i;

	for (i = 1; i < count; i++) {
		const char *equals = strchr(arguments[i], '=');

		if (equals ? write_override(arguments[i], equals + 1) : load(arguments[i])) {
			fprintf(stderr, "floor: %s: %s\n", arguments[i], strerror(errno));
			return 1;
		}
	}
	return 0;
}
