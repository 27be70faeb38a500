/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only a system that runs can tell: whose mounts these are, network addresses, what is installed. */
#include "running.h"
#include "below.h"
#include "path.h"
#include "status.h"

#include "../../core/memory.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROC_SUPER_MAGIC 0x9fa0

bool machine_runs(const struct machine *machine)
{
	struct stat ours, init;
	struct statfs proc;
	int fd;

	if (machine->live) {
		if (root_exists(machine->fd, "run/systemd/container") || root_exists(machine->fd, ".dockerenv"))
			return false;
		/* a user who may not look at process 1 builds no image: take it for the same root */
		return stat("/proc/1/root", &init) || stat("/", &ours) ||
		       (init.st_dev == ours.st_dev && init.st_ino == ours.st_ino);
	}
	fd = below_open(machine->fd, "proc", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return false;
	if (fstatfs(fd, &proc))
		proc.f_type = PROC_SUPER_MAGIC;
	close(fd);
	return proc.f_type != PROC_SUPER_MAGIC;
}

static bool is_link_local(const struct sockaddr *address)
{
	return address->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static const char *address_text(const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof(text));
	return keep_string(text);
}

struct interface_addresses interface_addresses(void)
{
	struct interface_addresses addresses = { 0 };
	struct ifaddrs *all, *one;

	if (getifaddrs(&all))
		return addresses;
	for (one = all; one; one = one->ifa_next) {
		const struct sockaddr *address = one->ifa_addr;

		if (address && (address->sa_family == AF_INET || address->sa_family == AF_INET6) && !is_link_local(address))
			*list_add(&addresses) = (struct interface_address) {
				.interface = keep_string(one->ifa_name), .address = address_text(address),
			};
	}
	freeifaddrs(all);
	return addresses;
}

const char *boot_program(void)
{
	const char *directory, *installed, *beside;
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		return NULL;
	directory = path_directory(keep_bytes(self, (size_t)length));
	installed = text_of("%s/lib/vfio-early/vfio-early-boot", path_directory(directory));
	beside = text_of("%s/vfio-early-boot", directory);
	return !access(installed, R_OK) ? installed : !access(beside, R_OK) ? beside : NULL;
}
