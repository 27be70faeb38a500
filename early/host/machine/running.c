/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only a system that runs can tell: whose mounts these are, network addresses, what is installed. */
#include "running.h"
#include "below.h"
#include "path.h"

#include "../../core/memory.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define ENVIRONMENT_SIZE_MAX (1024ul * 1024)
#define PROC_SUPER_MAGIC 0x9fa0

static bool has_mark(const struct machine *machine, const char *const *paths, size_t count)
{
	while (count--)
		if (root_exists(machine->fd, paths[count]))
			return true;
	return false;
}

/* The numbers of the first PID and cgroup namespaces are fixed (include/uapi/linux/nsfs.h). */
static bool has_namespace(const struct machine *machine, const char *kind, const char *first)
{
	const char *its = root_link(machine->fd, text_of("proc/self/ns/%s", kind));

	return its && strcmp(its, first);
}

/* "container=lxc" in the environment of process 1, for those who may read it */
static bool is_told(const struct machine *machine)
{
	const char *environment;
	size_t length;

	return !root_read(machine->fd, "proc/1/environ", ENVIRONMENT_SIZE_MAX, &environment, &length) &&
	       (text_begins(environment, "container=") || memmem(environment, length, "\0container=", 11));
}

/* It is a chroot that pretends by ptrace(2) to be the system. */
static bool is_in_proot(const struct machine *machine)
{
	const char *status = root_text(machine->fd, "proc/self/status"), *line = status ? strstr(status, "\nTracerPid:") : NULL;
	const char *tracer = line ? root_attribute(machine->fd, text_of("proc/%lu/comm", strtoul(line + 11, NULL, 10))) : NULL;

	return tracer && text_begins(tracer, "proot");
}

/* What systemd-detect-virt(1) looks at. */
static bool is_contained(const struct machine *machine)
{
	static const char *const managed[] = { "run/systemd/container", "run/host/container-manager" };
	/* a machine that was made of a container's image has them, too */
	static const char *const left[] = { ".dockerenv", "run/.containerenv" };
	bool own_cgroups = has_namespace(machine, "cgroup", "cgroup:[4026531835]");
	bool own_processes = has_namespace(machine, "pid", "pid:[4026531836]");

	return has_mark(machine, managed, 2) || own_cgroups || (own_processes && has_mark(machine, left, 2)) ||
	       (root_exists(machine->fd, "proc/vz") && !root_exists(machine->fd, "proc/bc")) ||
	       (machine->kernel && (strstr(machine->kernel, "icrosoft") || strstr(machine->kernel, "WSL"))) ||
	       is_told(machine) || is_in_proot(machine);
}

bool machine_runs(const struct machine *machine)
{
	struct stat ours, init;
	struct statfs proc;
	int fd;

	if (machine->live)
		/* a user who may not look at process 1 builds no image: take it for the same root */
		return !is_contained(machine) && root_exists(machine->fd, "sys/bus") &&
		       (stat("/proc/1/root", &init) || stat("/", &ours) ||
			(init.st_dev == ours.st_dev && init.st_ino == ours.st_ino));
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
