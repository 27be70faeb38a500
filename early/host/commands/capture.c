/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early capture: the machine as a tree for --root, with what the decision reads and nothing personal. */
#include "commands.h"
#include "../image/content.h"
#include "../machine/machine.h"
#include "../machine/modprobe_d.h"
#include "capture/redact.h"
#include "../uses/uses.h"

#include "../../core/address.h"
#include "../../core/config.h"
#include "../../core/errors.h"
#include "../../core/manifest.h"
#include "../../core/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SIZE_MAX (4ul * 1024 * 1024)
#define CONFIG_SPACE_SIZE 64		/* what anybody may read of it; capabilities can hold serial numbers */

struct capture {
	struct machine machine;
	int from, to;			/* directories: the root of the machine, and DIR */
	struct strings modules;		/* of drivers */
	struct strings unread;		/* for want of permission */
	size_t devices, groups, settings;
	int error;			/* the first one that writing has met */
};

static const char help[] =
	"Usage: vfio-early capture DIR [--root DIR]\n"
	"\n"
	"Writes what vfio-early reads of this machine into a new directory: its PCI\n"
	"devices, IOMMU groups, drivers and configuration, for --root of other commands\n"
	"or for a bug report. Left out are serial numbers, names of hosts and disks, MAC\n"
	"addresses, UUIDs and the text of comments.\n"
	"\n"
	"  --root DIR  capture the system below DIR\n"
	"\n"
	"Exit code: 0, 2 wrong usage, 3 cannot run.\n";

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, const char **directory, const char **root)
{
	static const struct option known[] = {
		{ "root", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = getopt_long(count, arguments, "", known, NULL)) != -1) {
		switch (which) {
		case 'r':
			*root = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	*directory = optind + 1 == count ? arguments[optind] : "";
	if (!**directory)
		return complain(EXIT_USAGE, "capture: one directory is needed, which is made: vfio-early capture DIR");
	return -1;
}

/* ---- writing below DIR ---- */

static void note_error(struct capture *capture, int error)
{
	if (!capture->error)
		capture->error = error;
}

static void make_directory(struct capture *capture, const char *path)
{
	const char *slash;

	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		mkdirat(capture->to, keep_bytes(path, (size_t)(slash - path)), 0755);
	if (mkdirat(capture->to, path, 0755) && errno != EEXIST)
		note_error(capture, errno);
}

static void make_parent(struct capture *capture, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash)
		make_directory(capture, keep_bytes(path, (size_t)(slash - path)));
}

static void put_file(struct capture *capture, const char *path, const char *bytes, size_t length)
{
	int fd;

	make_parent(capture, path);
	fd = openat(capture->to, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0) {
		if (errno != EEXIST)
			note_error(capture, errno);
		return;
	}
	while (length) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0) {
			note_error(capture, errno);
			break;
		}
		bytes += written;
		length -= (size_t)written;
	}
	if (close(fd))
		note_error(capture, errno);
}

/* Where a link in a directory leads, below the root; NULL if it is absolute or leads out of it. */
static const char *resolve(const char *path, const char *target)
{
	const char *slash = strrchr(path, '/');
	struct text result = { 0 };

	if (*target == '/')
		return NULL;
	text_add(&result, path, slash ? (size_t)(slash - path) : 0);
	while (*target) {
		size_t length = strcspn(target, "/");
		const char *last;

		if (length == 2 && !memcmp(target, "..", 2)) {
			if (!result.length)
				return NULL;
			last = strrchr(result.bytes, '/');
			result.length = last ? (size_t)(last - result.bytes) : 0;
			result.bytes[result.length] = '\0';
		} else if (length && !(length == 1 && *target == '.')) {
			text_print(&result, "%s%s", result.length ? "/" : "", keep_bytes(target, length));
		}
		target += length + (target[length] == '/');
	}
	return result.length ? result.bytes : NULL;
}

/* ---- copying ---- */

/* NULL if there is nothing to read; what may not be read is noted. */
static const char *read_file(struct capture *capture, const char *path, size_t *length)
{
	const char *content;
	int error = root_read(capture->from, path, FILE_SIZE_MAX, &content, length);

	if (error == -EACCES || error == -EPERM)
		strings_add(&capture->unread, text_of("/%s", path));
	return error ? NULL : content;
}

static void copy_file(struct capture *capture, const char *path)
{
	size_t length;
	const char *content = read_file(capture, path, &length);

	if (content)
		put_file(capture, path, content, length);
}

/* True if anything is left of it. */
static bool copy_redacted(struct capture *capture, const char *path, const struct redaction *redaction)
{
	size_t length;
	const char *content = read_file(capture, path, &length);
	struct text text;

	if (!content)
		return false;
	text = redact(redaction, content, length);
	if (text.length)
		put_file(capture, path, text.bytes, text.length);
	return text.length;
}

static void copy_attributes(struct capture *capture, const char *directory, const char *const *names)
{
	for (; *names; names++)
		copy_file(capture, text_of("%s/%s", directory, *names));
}

/* A link that stays within; returns where it leads, below the root, or NULL. */
static const char *copy_link(struct capture *capture, const char *path)
{
	const char *target = root_link(capture->from, path);
	const char *resolved = target ? resolve(path, target) : NULL;

	if (!resolved)
		return NULL;
	make_parent(capture, path);
	if (symlinkat(target, capture->to, path) && errno != EEXIST)
		note_error(capture, errno);
	return resolved;
}

/* A link to a device, whose directory it makes. */
static const char *copy_device_link(struct capture *capture, const char *path)
{
	const char *real = copy_link(capture, path);

	if (!real || !text_begins(real, "sys/devices/"))
		return NULL;
	make_directory(capture, real);
	return real;
}

/* ---- sysfs ---- */

static void capture_module(struct capture *capture, const char *name)
{
	const char *path = text_of("sys/module/%s", name);

	if (!root_exists(capture->from, path))
		return;
	make_directory(capture, path);
	copy_file(capture, text_of("%s/initstate", path));
	strings_add_once(&capture->modules, name);
}

static void capture_driver(struct capture *capture, const char *path)
{
	const char *module = copy_link(capture, text_of("%s/module", path));

	make_directory(capture, path);
	if (module && text_begins(module, "sys/module/"))
		capture_module(capture, module + strlen("sys/module/"));
}

/* The links of a device; real is its directory. */
static void capture_ties(struct capture *capture, const char *real)
{
	const char *driver = copy_link(capture, text_of("%s/driver", real));

	if (driver && text_begins(driver, "sys/bus/"))
		capture_driver(capture, driver);
	copy_link(capture, text_of("%s/subsystem", real));
	copy_link(capture, text_of("%s/iommu_group", real));
	copy_link(capture, text_of("%s/physfn", real));
}

static void capture_config_space(struct capture *capture, const char *real)
{
	const char *path = text_of("%s/config", real);
	char bytes[CONFIG_SPACE_SIZE];

	if (root_bytes(capture->from, path, bytes, sizeof(bytes)))
		put_file(capture, path, bytes, sizeof(bytes));
}

static void capture_pci_device(struct capture *capture, const char *name)
{
	static const char *const attributes[] = {
		"class", "vendor", "device", "subsystem_vendor", "subsystem_device", "revision", "modalias",
		"boot_vga", "driver_override", "reset_method", NULL,
	};
	const char *real = copy_device_link(capture, text_of("sys/bus/pci/devices/%s", name));

	if (!real)
		return;
	capture->devices++;
	copy_redacted(capture, text_of("%s/uevent", real), &redact_uevent);
	copy_attributes(capture, real, attributes);
	capture_config_space(capture, real);
	capture_ties(capture, real);
}

static void capture_pci(struct capture *capture)
{
	struct strings devices = { 0 }, drivers = { 0 }, slots = { 0 };
	struct pci_address address;

	make_directory(capture, "sys/bus/pci/devices");
	root_list(capture->from, "sys/bus/pci/devices", &devices);
	for_each(name, &devices)
		if (address_of_name(*name, &address))
			capture_pci_device(capture, *name);
	root_list(capture->from, "sys/bus/pci/drivers", &drivers);
	for_each(name, &drivers)
		capture_driver(capture, text_of("sys/bus/pci/drivers/%s", *name));
	root_list(capture->from, "sys/bus/pci/slots", &slots);
	for_each(name, &slots)
		copy_file(capture, text_of("sys/bus/pci/slots/%s/address", *name));
}

/* Whether another bus has it: an ACPI or platform device. */
static void capture_member(struct capture *capture, const char *path, const char *name)
{
	struct pci_address address;
	const char *real = copy_device_link(capture, path);

	if (real && !address_of_name(name, &address))
		capture_ties(capture, real);
}

static void capture_group(struct capture *capture, const char *group)
{
	static const char *const attributes[] = { "reserved_regions", "type", "name", NULL };
	const char *path = text_of("sys/kernel/iommu_groups/%s", group);
	struct strings members = { 0 };

	capture->groups++;
	copy_attributes(capture, path, attributes);
	if (root_list(capture->from, text_of("%s/devices", path), &members)) {
		make_directory(capture, path);
		return;
	}
	make_directory(capture, text_of("%s/devices", path));
	for_each(name, &members)
		capture_member(capture, text_of("%s/devices/%s", path, *name), *name);
}

static void capture_iommu(struct capture *capture)
{
	static const char *const tables[] = { "DMAR", "IVRS", "IORT", "VIOT" };
	struct strings groups = { 0 }, units = { 0 };
	size_t i;

	make_directory(capture, "sys/kernel/iommu_groups");
	root_list(capture->from, "sys/kernel/iommu_groups", &groups);
	for_each(name, &groups)
		capture_group(capture, *name);
	make_directory(capture, "sys/class/iommu");
	root_list(capture->from, "sys/class/iommu", &units);
	for_each(name, &units)
		copy_device_link(capture, text_of("sys/class/iommu/%s", *name));
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const char *path = text_of("sys/firmware/acpi/tables/%s", tables[i]);

		/* that it is there tells enough */
		if (root_exists(capture->from, path))
			put_file(capture, path, "", 0);
	}
}

/* Outputs, and what the firmware draws on; no EDID: it has the serial number of the screen. */
static void capture_displays(struct capture *capture)
{
	struct strings cards = { 0 }, others = { 0 };

	root_list(capture->from, "sys/class/drm", &cards);
	for_each(name, &cards) {
		const char *real = copy_device_link(capture, text_of("sys/class/drm/%s", *name));

		if (real) {
			copy_file(capture, text_of("%s/status", real));
			copy_link(capture, text_of("%s/device", real));
		}
	}
	root_list(capture->from, "sys/bus/platform/devices", &others);
	for_each(name, &others) {
		const char *real = strstr(*name, "-framebuffer.") ?
				   copy_device_link(capture, text_of("sys/bus/platform/devices/%s", *name)) : NULL;

		if (real)
			capture_ties(capture, real);
	}
}

/* Also those of vfio that no driver has. */
static void capture_modules(struct capture *capture)
{
	struct strings names = { 0 };

	root_list(capture->from, "sys/module", &names);
	for_each(name, &names)
		if (text_begins(*name, "vfio") || text_same(*name, "irqbypass") || text_same(*name, "pci_stub"))
			capture_module(capture, *name);
	copy_file(capture, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
	copy_file(capture, "sys/module/compression");
}

/* ---- /proc and the configuration ---- */

static void capture_proc(struct capture *capture)
{
	size_t length;
	const char *cmdline = read_file(capture, "proc/cmdline", &length);

	if (cmdline) {
		struct text text = redact_cmdline(cmdline, length, &capture->modules);

		put_file(capture, "proc/cmdline", text.bytes, text.length);
	}
	copy_file(capture, "proc/sys/kernel/osrelease");
	copy_redacted(capture, "proc/version", &redact_version);
	copy_redacted(capture, "proc/cpuinfo", &redact_cpuinfo);
	copy_redacted(capture, "proc/interrupts", &redact_interrupts);
	copy_redacted(capture, "proc/iomem", &redact_iomem);
	if (root_exists(capture->from, "proc/vmcore"))
		put_file(capture, "proc/vmcore", "", 0);
}

/* What other tools are told: a check compares it with our configuration. */
static void capture_old_settings(struct capture *capture)
{
	struct modprobe_files files = modprobe_files(&capture->machine);
	struct strings overrides = { 0 };
	struct pci_address address;

	for_each(file, &files)
		capture->settings += copy_redacted(capture, file->path, &redact_modprobe);
	root_list(capture->from, "etc/driverctl.d", &overrides);
	for_each(name, &overrides)
		if (address_of_name(text_begins(*name, "pci-") ? *name + 4 : *name, &address))
			capture->settings += copy_redacted(capture, text_of("etc/driverctl.d/%s", *name), &redact_driverctl);
	capture->settings += copy_redacted(capture, "boot/config/vfio-pci.cfg", &redact_unraid);
}

/* What an image that is built now would have; of a machine that does not run, what its image has. */
static void capture_manifest(struct capture *capture)
{
	const struct machine *machine = &capture->machine;
	struct host_uses uses;
	struct content content;
	const char *manifest;
	struct text text;

	if (!root_exists(machine->fd, "proc/self/mountinfo") || !machine->kernel || strchr(machine->kernel, '/')) {
		copy_redacted(capture, MANIFEST_FILE, &redact_manifest);
		return;
	}
	if (content_of(machine, machine->kernel, &content))
		content.modules.files.count = 0;	/* a capture goes without them */
	uses = host_uses_now(machine);
	manifest = content_records(&content, &uses, "capture");
	text = redact(&redact_manifest, manifest, strlen(manifest));
	put_file(capture, MANIFEST_FILE, text.bytes, text.length);
}

static void capture_configuration(struct capture *capture)
{
	struct strings files = config_files(capture->machine.config_fd, &(struct errors) { 0 });

	make_directory(capture, "etc");
	for_each(path, &files)
		capture->settings += copy_redacted(capture, *path, &redact_configuration);
	capture_manifest(capture);
	if (capture->machine.kernel && !strchr(capture->machine.kernel, '/'))
		copy_redacted(capture, text_of("boot/config-%s", capture->machine.kernel), &redact_kernel_config);
}

/* ---- the command ---- */

static bool is_empty(int directory)
{
	int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	bool empty = stream;

	while (empty && (entry = readdir(stream)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (stream)
		closedir(stream);
	return empty;
}

static enum exit_code make_target(struct capture *capture, const char *directory)
{
	if (mkdir(directory, 0755) && errno != EEXIST)
		return complain(EXIT_CANNOT_RUN, "capture: %s: %s", directory, strerror(errno));
	capture->to = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (capture->to < 0) {
		complain(EXIT_CANNOT_RUN, "capture: %s: %s", directory, strerror(errno));
		return EXIT_CANNOT_RUN;
	}
	if (!is_empty(capture->to))
		return complain(EXIT_CANNOT_RUN, "capture: %s: is not empty: name a new directory", directory);
	return EXIT_FINE;
}

static void tell(const struct capture *capture, const char *directory)
{
	if (capture->unread.count)
		complain(EXIT_FINE, "capture: %zu file%s could not be read without root rights: %s%s",
			 capture->unread.count, capture->unread.count == 1 ? "" : "s", capture->unread.items[0],
			 capture->unread.count == 1 ? "" : " and others");
	printf("Wrote %s: %zu PCI functions, %zu IOMMU groups, %zu file%s with settings.\n"
	       "Look through it before you give it away: grep -rI . %s/etc %s/proc\n"
	       "\nNext: vfio-early check --root %s\n", directory, capture->devices, capture->groups, capture->settings,
	       capture->settings == 1 ? "" : "s", directory, directory, directory);
}

int command_capture(int count, char **arguments)
{
	const char *directory = NULL, *root = NULL;
	struct capture capture = { 0 };
	int code = read_options(count, arguments, &directory, &root);

	if (code >= 0)
		return code;
	code = machine_open("capture", root, NULL, &capture.machine);
	if (code)
		return code;
	capture.from = capture.machine.fd;
	if (!root_exists(capture.from, "sys/bus/pci/devices"))
		return complain(EXIT_CANNOT_RUN, "capture: %s: there is none",
				machine_path(&capture.machine, "sys/bus/pci/devices"));
	code = make_target(&capture, directory);
	if (code)
		return code;
	capture_pci(&capture);
	capture_iommu(&capture);
	capture_displays(&capture);
	capture_modules(&capture);
	capture_proc(&capture);
	capture_configuration(&capture);
	capture_old_settings(&capture);
	if (capture.error)
		return complain(EXIT_CANNOT_RUN, "capture: %s: not complete: %s", directory, strerror(capture.error));
	tell(&capture, directory);
	return EXIT_FINE;
}
