/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system that a command looks at. */
#include "machine.h"
#include "below.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int open_directory(const char *command, const char *name)
{
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), again;

	if (fd < 0) {
		complain(EXIT_CANNOT_RUN, "%s: %s: %s", command, name, strerror(errno));
		return fd;
	}
	again = below_open(fd, ".", O_PATH);
	if (again >= 0) {
		close(again);
		return fd;
	}
	close(fd);
	complain(EXIT_CANNOT_RUN, "%s: %s: openat2: %s%s", command, name, strerror(-again),
		 again == -ENOSYS ? ": this takes Linux 5.6 or later" : "");
	return -1;
}

enum exit_code machine_open(const char *command, const char *root, const char *config, struct machine *machine)
{
	*machine = (struct machine) { .root = root ? root : "/" };
	machine->fd = open_directory(command, machine->root);
	if (machine->fd < 0)
		return EXIT_CANNOT_RUN;
	machine->config_fd = config ? open_directory(command, config) : machine->fd;
	if (machine->config_fd < 0)
		return EXIT_CANNOT_RUN;
	machine->live = !strcmp(machine->root, "/");
	machine->kernel = root_attribute(machine->fd, "proc/sys/kernel/osrelease");
	/* it is the name of a directory in lib/modules */
	if (machine->kernel && (strchr(machine->kernel, '/') || *machine->kernel == '.' || !*machine->kernel))
		machine->kernel = NULL;
	return EXIT_FINE;
}

int machine_here(void)
{
	static int here = -1;

	if (here < 0)
		here = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return here;
}

const char *machine_path(const struct machine *machine, const char *path)
{
	size_t length = strlen(machine->root);

	while (*path == '/')
		path++;
	return machine->live ? text_of("/%s", path) :
	       text_of("%s%s%s", machine->root, machine->root[length - 1] == '/' ? "" : "/", path);
}
