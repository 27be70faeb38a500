/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated kernel: stands in for early/boot/effects.c and does to a fake
 * tree what the kernel would do, with the errors that the kernel would give.
 * All state is in the tree, because the steps run in a child process.
 *
 * Every call is appended to sim.log in the tree, "NUMBER CALL -> RESULT":
 *   override 0000:01:00.0 vfio-pci		(or "-": cleared)
 *   unbind nouveau 0000:01:00.0
 *   bind vfio-pci 0000:01:00.0
 *   insmod vfio-pci OPTIONS
 *   modprobe ARGUMENTS
 *   write PATH VALUE			(anything else)
 *
 * SIM_FAULTS="PATTERN=FAULT; PATTERN=FAULT" makes calls go wrong. PATTERN is
 * the number of a call or a shell pattern that matches it. FAULT is one of
 *   EBUSY, EIO, ...	it fails with this error and does nothing
 *   ignore		it does nothing and reports success
 *   hang		it never returns
 *   exit		the process dies
 *   vanish		the device is pulled out, then the call is carried out
 *   back:DRIVER	it is carried out, then DRIVER has the device; "-": none has
 *   pulled		it is carried out, then the device is pulled out
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "../../early/boot/effects.h"
#include "marks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEVICES "sys/bus/pci/devices"
#define DRIVERS "sys/bus/pci/drivers"
#define PAGE 4096
#define KERNEL(major, minor) ((major) * 1000 + (minor))

/* ---- files of the tree ---- */

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Far more than are ever in use at a time. */
static char *text(const char *format, ...)
{
	static char texts[256][PAGE];
	static unsigned next;
	char *slot = texts[next++ % 256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(slot, PAGE, format, arguments);
	va_end(arguments);
	return slot;
}

static bool exists(int root, const char *path)
{
	return !faccessat(root, path, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* The content of a file, PAGE bytes at most, without its last newline; "" if there is none. */
static const char *content_in(char *bytes, int root, const char *path)
{
	int fd = openat(root, path, O_RDONLY);
	ssize_t length = fd < 0 ? 0 : read(fd, bytes, PAGE - 1);

	if (fd >= 0)
		close(fd);
	if (length < 0)
		length = 0;
	if (length && bytes[length - 1] == '\n')
		length--;
	bytes[length] = '\0';
	return bytes;
}

static const char *content(int root, const char *path)
{
	return content_in(text("%s", ""), root, path);
}

static void put(int root, const char *path, const char *value, int flags)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT | flags, 0644);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		abort();
	close(fd);
}

static const char *link_target(int root, const char *path)
{
	char *target = text("%s", "");
	ssize_t length = readlinkat(root, path, target, PAGE - 1);

	target[length < 0 ? 0 : length] = '\0';
	return target;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int kernel(int root)
{
	unsigned major = 0, minor = 0;

	sscanf(content(root, "proc/sys/kernel/osrelease"), "%u.%u", &major, &minor);
	return (int)KERNEL(major, minor);
}

/* ---- devices and drivers ---- */

static bool is_vfio(const char *driver)
{
	return strstr(driver, "vfio");
}

/* Name of the driver that has the device, "" for none. */
static const char *driver_of(int root, const char *address)
{
	return last_part(link_target(root, text(DEVICES "/%s/driver", address)));
}

/* The DRIVER= line of the uevent file follows the driver. */
static void update_uevent(int root, const char *address, const char *driver)
{
	const char *path = text(DEVICES "/%s/uevent", address), *old = content(root, path);

	if (!strncmp(old, "DRIVER=", 7))
		old = strchr(old, '\n') + 1;
	put(root, path, *driver ? text("DRIVER=%s\n%s\n", driver, old) : text("%s\n", old), O_TRUNC);
}

static void detach(int root, const char *address)
{
	const char *driver = driver_of(root, address);

	if (!*driver)
		return;
	unlinkat(root, text(DRIVERS "/%s/%s", driver, address), 0);
	unlinkat(root, text(DEVICES "/%s/driver", address), 0);
	update_uevent(root, address, "");
}

static void register_driver(int root, const char *driver, const char *module)
{
	if (exists(root, text(DRIVERS "/%s", driver)))
		return;
	mkdirat(root, text(DRIVERS "/%s", driver), 0755);
	put(root, text(DRIVERS "/%s/bind", driver), "", 0);
	put(root, text(DRIVERS "/%s/unbind", driver), "", 0);
	if (symlinkat(text("../../../../module/%s", module), root, text(DRIVERS "/%s/module", driver)))
		abort();
}

/* From a real path below sys/, as a link to it has it, up to sys/: as deep as it has slashes. */
static const char *up_from(const char *real)
{
	char *up = text("../");

	for (; *real; real++)
		if (*real == '/')
			strcat(up, "../");
	return up;
}

static const char *real_of(int root, const char *link)
{
	const char *real = link_target(root, link);

	return *real ? real + strlen("../../../") : real;
}

static void attach(int root, const char *address, const char *driver)
{
	const char *real = real_of(root, text(DEVICES "/%s", address));

	if (symlinkat(text("%sbus/pci/drivers/%s", up_from(real), driver), root, text(DEVICES "/%s/driver", address)) ||
	    symlinkat(text("../../../../%s", real), root, text(DRIVERS "/%s/%s", driver, address)))
		abort();
	update_uevent(root, address, driver);
}

/* Hot unplug: links and the real directory go. */
static void vanish(int root, const char *address)
{
	const char *group = last_part(link_target(root, text(DEVICES "/%s/iommu_group", address)));
	const char *real = link_target(root, text(DEVICES "/%s", address));

	detach(root, address);
	unlinkat(root, text("sys/kernel/iommu_groups/%s/devices/%s", group, address), 0);
	renameat(root, text("sys/%s", real + strlen("../../../")), root, text("sim.gone.%s", address));
	unlinkat(root, text(DEVICES "/%s", address), 0);
}

/* ---- what the kernel does, drivers/base/bus.c and below ---- */

static int write_override(int root, const char *address, const char *value)
{
	size_t length = strcspn(value, "\n");

	/* a zero-length write never reaches the driver core */
	if (!*value)
		return 0;
	if (strlen(value) >= PAGE - 1)
		return -EINVAL;
	put(root, text(DEVICES "/%s/driver_override", address),
	    length ? text("%.*s\n", (int)length, value) : "(null)\n", O_TRUNC);
	return 0;
}

static int unbind(int root, const char *driver, const char *address)
{
	if (!exists(root, text(DEVICES "/%s", address)) || strcmp(driver_of(root, address), driver))
		return -ENODEV;
	detach(root, address);
	return 0;
}

/* Whether another function with the same stream has its group already: the IOMMU's driver refuses the second. */
static bool stream_is_taken(int root, const char *address)
{
	char stream[PAGE], path[PAGE], other[PAGE];
	int fd = openat(root, "sim.streams", O_RDONLY | O_DIRECTORY);
	DIR *streams = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool taken = false;

	snprintf(path, PAGE, "sim.streams/%s", address);
	content_in(stream, root, path);
	while (*stream && streams && (entry = readdir(streams))) {
		snprintf(path, PAGE, "sim.streams/%s", entry->d_name);
		if (*entry->d_name == '.' || !strcmp(entry->d_name, address) || strcmp(content_in(other, root, path), stream))
			continue;
		snprintf(path, PAGE, DEVICES "/%s/iommu_group", entry->d_name);
		taken |= exists(root, path);
	}
	if (streams)
		closedir(streams);
	return taken;
}

/*
 * Before the driver's own probe, where groups are made then: arm64 and
 * virtio-iommu, up to about 6.14. The group stays whatever the driver says.
 */
static int configure_dma(int root, const char *address)
{
	const char *group = content(root, text("sim.groups/%s", address));
	const char *real = real_of(root, text(DEVICES "/%s", address));

	if (!*group || exists(root, text(DEVICES "/%s/iommu_group", address)))
		return 0;
	if (exists(root, "sim.iommu"))
		return -EAGAIN;		/* deferred */
	if (stream_is_taken(root, address))
		return 0;
	mkdirat(root, text("sys/kernel/iommu_groups/%s", group), 0755);
	mkdirat(root, text("sys/kernel/iommu_groups/%s/devices", group), 0755);
	if (symlinkat(text("%skernel/iommu_groups/%s", up_from(real), group), root, text(DEVICES "/%s/iommu_group", address)) ||
	    symlinkat(text("../../../../%s", real), root, text("sys/kernel/iommu_groups/%s/devices/%s", group, address)))
		abort();
	return 0;
}

/* It takes ports only (drivers/pci/pcie/portdrv.c). */
static int probe_pcieport(int root, const char *address)
{
	unsigned char config[256] = { 0 };
	int fd = openat(root, text(DEVICES "/%s/config", address), O_RDONLY);
	unsigned type;

	if (fd < 0 || read(fd, config, sizeof(config)) < 0)
		abort();
	close(fd);
	type = config[config[0x34] + 2] >> 4;
	return config[0x34] && type >= 4 && type <= 6 ? 0 : -ENODEV;
}

static int probe_vfio(int root, const char *address)
{
	unsigned char config[64] = { 0 };
	int fd = openat(root, text(DEVICES "/%s/config", address), O_RDONLY);

	if (fd < 0 || read(fd, config, sizeof(config)) < 0)
		abort();
	close(fd);
	if (config[0x0e] & 0x7f)
		return -EINVAL;
	if (!exists(root, text(DEVICES "/%s/iommu_group", address)))
		return -EINVAL;
	if (atoi(content(root, text(DEVICES "/%s/sriov_numvfs", address))))
		return -EBUSY;
	return 0;
}

static int try_bind(int root, const char *driver, const char *address)
{
	const char *override = content(root, text(DEVICES "/%s/driver_override", address));
	bool overridden = strcmp(override, "(null)") != 0;
	int error = 0;

	if (!exists(root, text(DEVICES "/%s", address)))
		return -ENODEV;
	/* matches by override alone; these drivers have no IDs of their own */
	if (overridden ? strcmp(override, driver) != 0 : is_vfio(driver) || !strcmp(driver, "pci-stub"))
		return -ENODEV;
	if (*driver_of(root, address))
		return -EBUSY;
	error = configure_dma(root, address);
	if (!error && is_vfio(driver))
		error = probe_vfio(root, address);
	if (!error && !strcmp(driver, "pcieport"))
		error = probe_pcieport(root, address);
	if (!error)
		attach(root, address, driver);
	return error;
}

static int bind_driver(int root, const char *driver, const char *address)
{
	int error = try_bind(root, driver, address);

	/* up to about 5.14 every failure came out the same */
	return error && kernel(root) < KERNEL(5, 15) ? -ENODEV : error;
}

/* A framebuffer of the firmware: it has its driver or not. */
static int change_platform(int root, const char *driver, const char *device, const char *what)
{
	const char *path = text("sys/bus/platform/devices/%s", device), *link = text("%s/driver", path);

	if (!exists(root, path))
		return -ENODEV;
	if (!strcmp(what, "unbind"))
		return unlinkat(root, link, 0) ? -ENODEV : 0;
	return symlinkat(text("%sbus/platform/drivers/%s", up_from(real_of(root, path)), driver), root, link) ? -EBUSY : 0;
}

/* ---- modules ---- */

/* "vfio-pci" to vfio_pci. */
static const char *module_name(const char *name)
{
	char *copy = text("%s", name), *c;

	for (c = copy; *c; c++)
		if (*c == '-')
			*c = '_';
	return copy;
}

/* What registering a driver does: it gets the devices whose override names it, and that have none. */
static void probe_all(int root, const char *driver)
{
	int fd = openat(root, DEVICES, O_RDONLY | O_DIRECTORY);
	DIR *devices = fd < 0 ? NULL : fdopendir(fd);
	char path[PAGE], override[PAGE];	/* a bus has more devices than text() has room */
	const struct dirent *entry;

	if (!devices)
		abort();
	while ((entry = readdir(devices))) {
		snprintf(path, PAGE, DEVICES "/%s/driver_override", entry->d_name);
		if (!strcmp(content_in(override, root, path), driver))
			try_bind(root, driver, entry->d_name);
	}
	closedir(devices);
}

static int load(int root, const char *name)
{
	static const struct { const char *module, *needs; int since; } dependencies[] = {
		{ "vfio_pci", "vfio", 0 }, { "vfio_pci", "vfio_pci_core", KERNEL(5, 15) },
		{ "vfio_pci_core", "vfio", 0 }, { "vfio_pci_core", "irqbypass", 0 },
		{ "vfio_iommu_type1", "vfio", 0 },
	};
	const char *module = module_name(name);
	size_t i;

	if (exists(root, text("sys/module/%s", module)))
		return 0;
	for (i = 0; i < sizeof(dependencies) / sizeof(*dependencies); i++)
		if (!strcmp(dependencies[i].module, module) && kernel(root) >= dependencies[i].since &&
		    !exists(root, text("sys/module/%s", dependencies[i].needs)))
			return -ENOENT;
	mkdirat(root, text("sys/module/%s", module), 0755);
	if (!strcmp(module, "vfio_pci")) {
		register_driver(root, "vfio-pci", module);
		probe_all(root, "vfio-pci");
	} else if (!strcmp(module, "pci_stub")) {
		register_driver(root, "pci-stub", module);
		probe_all(root, "pci-stub");
	} else if (!strcmp(module, "virtio_iommu") && exists(root, "sim.iommu")) {
		if (symlinkat("../../devices/virtual/iommu", root, text("sys/class/iommu/%s", content(root, "sim.iommu"))) ||
		    unlinkat(root, "sim.iommu", 0))
			abort();
	} else if (strstr(module, "_vfio_pci")) {
		register_driver(root, module, module);
		probe_all(root, module);
	}
	return 0;
}

/* One algorithm, named in sys/module/compression, since 5.17. */
static int check_compression(int root, const char *suffix, bool compressed)
{
	static const char *const algorithms[][2] = { { ".xz", "xz" }, { ".gz", "gzip" }, { ".zst", "zstd" } };
	const char *algorithm = content(root, "sys/module/compression");
	size_t i;

	for (i = 0; i < 3; i++)
		if (!strcmp(suffix, algorithms[i][0]))
			break;
	if (!compressed)
		return i < 3 ? -ENOEXEC : 0;
	if (kernel(root) < KERNEL(5, 17))
		return -EINVAL;
	if (!*algorithm)
		return -EOPNOTSUPP;
	return i < 3 && !strcmp(algorithm, algorithms[i][1]) ? 0 : -EINVAL;
}

/* ---- calls, faults and the log ---- */

/* "" if nothing shall go wrong with this call. */
static const char *fault_of(unsigned number, const char *call)
{
	const char *faults = getenv("SIM_FAULTS");
	char *list = text("%s", faults ? faults : ""), *item;

	for (item = strtok(list, ";"); item; item = strtok(NULL, ";")) {
		char *fault = strrchr(item, '=');

		item += strspn(item, " ");
		if (!fault)
			abort();
		*fault++ = '\0';
		if (!strcmp(item, text("%u", number)) || !fnmatch(item, call, 0))
			return fault;
	}
	return "";
}

static const char *result_name(int result)
{
	return result ? strerrorname_np(-result) : "0";
}

static int error_of_name(const char *name)
{
	int error;

	for (error = 1; error < 200; error++)
		if (strerrorname_np(error) && !strcmp(strerrorname_np(error), name))
			return -error;
	abort();
}

static void log_call(int root, unsigned number, const char *call, const char *result)
{
	put(root, "sim.log", text("%u %s -> %s\n", number, call, result), O_APPEND);
}

static unsigned count_calls(int root)
{
	FILE *file = fdopen(openat(root, "sim.log", O_RDONLY | O_CREAT, 0644), "r");
	unsigned lines = 0;
	int c;

	if (!file)
		abort();
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

__attribute__((constructor))
static void mark_main(void)
{
	syscall(MARK_CALL, MARK_MAIN);
}

/* The number of the call that begins here. */
static unsigned enter(int root, const char *what, const char *value)
{
	syscall(MARK_CALL, MARK_ENTER, what, value);
	return count_calls(root) + 1;
}

enum action { DO_IT, SKIP_IT };

/*
 * Before a call is carried out: whether it is, and with what result if not.
 * What is to happen afterwards is in *then.
 */
static enum action begin(int root, unsigned number, const char *call, const char *address, const char **then,
			 int *result)
{
	const char *fault = fault_of(number, call);

	*then = "";
	*result = 0;
	if (!*fault)
		return DO_IT;
	if (!strcmp(fault, "hang")) {
		log_call(root, number, call, "hang");
		sleep(60);		/* somebody should have killed it by now */
		_exit(3);
	}
	if (!strcmp(fault, "exit")) {
		log_call(root, number, call, "exit");
		_exit(3);
	}
	if (!strcmp(fault, "vanish")) {
		vanish(root, address);
		return DO_IT;
	}
	if (!strncmp(fault, "back:", 5) || !strcmp(fault, "pulled")) {
		*then = fault;
		return DO_IT;
	}
	if (strcmp(fault, "ignore"))
		*result = error_of_name(fault);
	return SKIP_IT;
}

/* The device leaves its driver, and another one gets it. */
static void hand_over(int root, const char *address, const char *driver)
{
	detach(root, address);
	if (!strcmp(driver, "-"))
		return;
	register_driver(root, driver, module_name(driver));
	configure_dma(root, address);
	attach(root, address, driver);
}

static int finish(int root, unsigned number, const char *call, const char *address, const char *then, int result)
{
	if (!strcmp(then, "pulled"))
		vanish(root, address);
	else if (*then)
		hand_over(root, address, then + strlen("back:"));
	log_call(root, number, call, result_name(result));
	syscall(MARK_CALL, MARK_LEAVE);
	return result;
}

/* ---- the interface of effects.h ---- */

const char *effects_refusal(int root, bool other_root)
{
	(void)root;
	(void)other_root;
	return NULL;
}

int effect_write(int root, const char *path, const char *value)
{
	char name[256] = "", address[256] = "";
	enum { OVERRIDE, BIND, UNBIND, PLATFORM, OTHER } kind = OTHER;
	unsigned number = enter(root, path, value);
	const char *call, *then;
	int result;

	if (sscanf(path, DEVICES "/%255[^/]", address) == 1 && !strcmp(last_part(path), "driver_override")) {
		kind = OVERRIDE;
		call = text("override %s %.*s", address, *value == '\n' ? 1 : (int)strcspn(value, "\n"),
			    *value == '\n' ? "-" : value);
	} else if (sscanf(path, DRIVERS "/%255[^/]", name) == 1 && strcmp(last_part(path), "new_id")) {
		kind = strcmp(last_part(path), "bind") ? UNBIND : BIND;
		sscanf(value, "%255s", address);
		call = text("%s %s %s", last_part(path), name, address);
	} else if (sscanf(path, "sys/bus/platform/drivers/%255[^/]", name) == 1) {
		kind = PLATFORM;
		call = text("%s %s %s", last_part(path), name, value);
	} else {
		call = text("write %s %s", path, value);
	}
	if (begin(root, number, call, address, &then, &result) == DO_IT) {
		if (!exists(root, path))
			result = -ENOENT;
		else if (kind == OVERRIDE)
			result = write_override(root, address, value);
		else if (kind == UNBIND)
			result = unbind(root, name, address);
		else if (kind == BIND)
			result = bind_driver(root, name, address);
		else if (kind == PLATFORM)
			result = change_platform(root, name, value, last_part(path));
		else
			put(root, path, value, O_TRUNC);
	}
	return finish(root, number, call, address, then, result);
}

int effect_insmod(int root, const char *path, const char *options, bool compressed)
{
	char *name = text("%s", last_part(path)), *suffix = strrchr(name, '.');
	unsigned number = enter(root, path, options);
	const char *call, *then;
	int result;

	if (!exists(root, path)) {	/* no module, no call */
		syscall(MARK_CALL, MARK_LEAVE);
		return -ENOENT;
	}
	*strstr(name, ".ko") = '\0';
	call = text("insmod %s%s%s", name, *options ? " " : "", options);
	if (begin(root, number, call, "", &then, &result) == DO_IT) {
		result = check_compression(root, suffix, compressed);
		if (!result)
			result = load(root, name);
	}
	return finish(root, number, call, "", then, result);
}

int effect_modprobe(int root, const char *const arguments[])
{
	unsigned number = enter(root, arguments[0], arguments[1]);
	char call[PAGE] = "modprobe";
	const char *then;
	int result, i;

	for (i = 1; arguments[i]; i++)
		snprintf(call + strlen(call), PAGE - strlen(call), " %s", arguments[i]);
	if (begin(root, number, call, "", &then, &result) == DO_IT) {
		if (!exists(root, "sbin/modprobe") && !exists(root, "usr/sbin/modprobe")) {
			result = -ENOENT;
		} else if (!strcmp(module_name(arguments[1]), "vfio_pci")) {
			/* it resolves dependencies */
			load(root, "irqbypass");
			load(root, "vfio");
			load(root, "vfio_pci_core");
			result = load(root, arguments[1]);
		} else {
			result = load(root, arguments[1]) ? -EIO : 0;
		}
	}
	return finish(root, number, call, "", then, result);
}
