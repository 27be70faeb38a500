/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mktree DESCRIPTION... DIR: makes a root tree out of the text description of
 * a machine, as the kernel shows it below /sys and /proc. Several descriptions
 * are read as one; "-" is standard input. A line is empty, "# comment", or
 *
 *   GROUP ADDRESS CLASS ID REV DRIVER PARENT [KEY=VALUE...]
 *	a PCI function. "-" for no group, revision or driver, and for a parent
 *	that is a root bus. The parent of a root bus behind a controller (VMD)
 *	is written 0000:00:0e.0/pci10000:e0. Class has 4 or 6 digits. Keys:
 *	sub=VVVV:DDDD, header=N, override=NAME, pcie=TYPE (a bridge is a port if
 *	it does not say another, or none), stream=NAME (what has the same one is
 *	one to the IOMMU; at-probe only), and any other is an attribute.
 *   member GROUP NAME [DRIVER]	a platform device in a group
 *   group N region TEXT...		a line of reserved_regions
 *   group N name TEXT			the name of a group, else there is none
 *   iommu KIND [off] [no-remap] [at-probe] [not-ready]
 *	intel, amd, smmu, virtio, power or none; off and none: devices have no
 *	groups; at-probe: only functions with a driver have one yet, the simulated
 *	kernel knows the others from sim.groups/ADDRESS; not-ready: the driver of
 *	the IOMMU is no part of the kernel (sim.iommu has the unit that it makes)
 *   cpu KIND				intel, amd, arm, power, vm; else as the IOMMU
 *   builtin NAME...			drivers that are no modules (pcieport, shpchp are)
 *   driver NAME [MODULE]		a driver that is registered and has no device
 *   kernel RELEASE			default 6.12.107+deb13-amd64
 *   cmdline TEXT...			/proc/cmdline
 *   file PATH				its lines follow, each behind a tab
 *   link PATH TARGET, dir PATH, remove PATH
 *					done last, in this order
 *
 * The tables in tests/machines are such descriptions.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_WORDS 32
#define MAX_DEVICES 4096
#define MAX_LATER 1024
#define MAX_NAMES 64
#define PCIE_ROOT_PORT 4
#define PCIE_DOWNSTREAM 6
#define CAPABILITY 0x40			/* where that of PCI Express stands */

struct device {
	const char *group, *address, *id, *driver, *parent;
	unsigned vendor, product, subvendor, subproduct, class, revision, header;
	const char *override, *stream;
	int pcie;			/* device/port type, -1: conventional */
	const char *attributes[MAX_WORDS];
	unsigned attribute_count;
	const char *real;		/* below sys/ */
	bool multifunction;
};

/* A line that is carried out once the devices are known. */
struct later {
	const char *words[3], *rest;
};

static struct device devices[MAX_DEVICES];
static unsigned device_count;
static struct later laters[MAX_LATER];
static unsigned later_count;
static const char *builtin[MAX_NAMES] = { "pcieport", "shpchp" };
static unsigned builtin_count = 2;
static const char *release = "6.12.107+deb13-amd64", *cmdline = "BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro quiet";
static const char *iommu, *cpu;
static bool iommu_off, no_remap, groups_at_probe, iommu_not_ready;
static const char *source = "mktree";
static unsigned line_number;

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%u: ", source, line_number);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* Texts live as long as the program, which ends as soon as the tree stands. */
struct kept {
	struct kept *next;
	char text[];
};

__attribute__((format(printf, 1, 2)))
static char *make_text(const char *format, ...)
{
	static struct kept *all;
	struct kept *kept;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	kept = malloc(sizeof(*kept) + (size_t)length + 1);
	if (!kept)
		die("out of memory");
	va_start(arguments, format);
	vsprintf(kept->text, format, arguments);
	va_end(arguments);
	kept->next = all;
	all = kept;
	return kept->text;
}

/* ---- files ---- */

static void make_directory(const char *path)
{
	char *copy = make_text("%s", path), *slash;

	for (slash = copy; *slash; slash++) {
		if (*slash != '/')
			continue;
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	if (mkdir(copy, 0755) && errno != EEXIST)
		die("%s: %s", path, strerror(errno));
}

static void make_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash)
		make_directory(make_text("%.*s", (int)(slash - path), path));
}

static FILE *open_file(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (!file) {
		make_parent(path);
		file = fopen(path, mode);
	}
	if (!file)
		die("%s: %s", path, strerror(errno));
	return file;
}

__attribute__((format(printf, 2, 3)))
static void put(const char *path, const char *format, ...)
{
	FILE *file = open_file(path, "w");
	va_list arguments;

	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fclose(file);
}

static void append(const char *path, const char *text)
{
	FILE *file = open_file(path, "a");

	fputs(text, file);
	fclose(file);
}

static void make_link(const char *path, const char *target)
{
	if (!symlink(target, path) || errno == EEXIST)
		return;
	make_parent(path);
	if (symlink(target, path))
		die("%s: %s", path, strerror(errno));
}

/* The "../" that lead from the directory at path up to sys/; path is below sys/. */
static const char *up(const char *path)
{
	char *dots = make_text("../");

	for (; *path; path++)
		if (*path == '/')
			dots = make_text("%s../", dots);
	return dots;
}

/* ---- reading ---- */

static unsigned hex(const char *text, size_t length)
{
	char *end;
	unsigned long value = strtoul(text, &end, 16);

	if ((size_t)(end - text) != length)
		die("%zu hex digits expected: %s", length, text);
	return (unsigned)value;
}

static void read_id(const char *text, unsigned *vendor, unsigned *product)
{
	if (strlen(text) != 9 || text[4] != ':')
		die("no ID: %s", text);
	*product = hex(text + 5, 4);
	*vendor = hex(make_text("%.4s", text), 4);
}

static bool is_address(const char *word)
{
	const char *colon = strchr(word, ':');

	return colon && colon - word >= 4 && strlen(colon) == 8 && colon[3] == ':' && colon[6] == '.';
}

static const char *unless_dash(const char *word)
{
	return strcmp(word, "-") ? word : NULL;
}

static unsigned header_of_class(unsigned class)
{
	switch (class >> 8) {
	case 0x0604:
	case 0x0609:
		return 1;
	case 0x0607:
		return 2;
	default:
		return 0;
	}
}

static void read_key(struct device *device, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		die("KEY=VALUE expected: %s", word);
	*value++ = '\0';
	if (!strcmp(word, "sub")) {
		read_id(value, &device->subvendor, &device->subproduct);
	} else if (!strcmp(word, "header")) {
		device->header = hex(value, 1);
	} else if (!strcmp(word, "override")) {
		device->override = value;
	} else if (!strcmp(word, "stream")) {
		device->stream = value;
	} else if (!strcmp(word, "pcie")) {
		device->pcie = strcmp(value, "none") ? (int)hex(value, 1) : -1;
	} else {
		device->attributes[device->attribute_count++] = make_text("%s", word);
		device->attributes[device->attribute_count++] = value;
	}
}

static void read_device(char **words, unsigned count)
{
	struct device *device = &devices[device_count++];
	unsigned i;

	if (count < 7 || device_count == MAX_DEVICES)
		die("GROUP ADDRESS CLASS ID REV DRIVER PARENT expected");
	device->group = unless_dash(words[0]);
	device->address = words[1];
	device->class = hex(words[2], strlen(words[2]));
	if (strlen(words[2]) == 4)
		device->class <<= 8;
	read_id(words[3], &device->vendor, &device->product);
	device->revision = unless_dash(words[4]) ? hex(words[4], 2) : 0;
	device->driver = unless_dash(words[5]);
	device->parent = unless_dash(words[6]);
	device->header = header_of_class(device->class);
	device->pcie = device->header != 1 ? 0 : device->parent ? PCIE_DOWNSTREAM : PCIE_ROOT_PORT;
	for (i = 7; i < count; i++)
		read_key(device, words[i]);
}

static void keep_for_later(char **words, unsigned count, const char *rest)
{
	struct later *later = &laters[later_count++];
	unsigned i;

	if (later_count == MAX_LATER)
		die("too many lines");
	for (i = 0; i < 3 && i < count; i++)
		later->words[i] = words[i];
	later->rest = rest;
}

static void read_iommu(char **words, unsigned count)
{
	unsigned i;

	iommu = words[1];
	iommu_off = !strcmp(iommu, "none");
	no_remap = false;
	for (i = 2; i < count; i++) {
		if (!strcmp(words[i], "off"))
			iommu_off = true;
		else if (!strcmp(words[i], "no-remap"))
			no_remap = true;
		else if (!strcmp(words[i], "at-probe"))
			groups_at_probe = true;
		else if (!strcmp(words[i], "not-ready"))
			iommu_not_ready = true;
		else
			die("off, no-remap, at-probe or not-ready expected: %s", words[i]);
	}
}

/* What stands behind the first n words of a line. */
static const char *behind(const char *line, unsigned n)
{
	while (n--) {
		line += strcspn(line, " \t");
		line += strspn(line, " \t");
	}
	return line;
}

static void read_line(char *line)
{
	static const struct { const char *name; unsigned words, rest; } known[] = {
		{ "member", 3, 3 }, { "group", 4, 3 }, { "driver", 2, 2 }, { "file", 2, 2 },
		{ "link", 3, 2 }, { "dir", 2, 2 }, { "remove", 2, 2 },
	};
	char *words[MAX_WORDS], *copy = make_text("%s", line), *word;
	unsigned count = 0, i;

	for (word = strtok(line, " \t"); word && count < MAX_WORDS; word = strtok(NULL, " \t"))
		words[count++] = word;
	if (!count || *words[0] == '#')
		return;
	if (count > 1 && is_address(words[1]))
		return read_device(words, count);
	if (count > 1 && !strcmp(words[0], "iommu"))
		return read_iommu(words, count);
	if (count > 1 && !strcmp(words[0], "cpu")) {
		cpu = words[1];
		return;
	}
	if (count > 1 && !strcmp(words[0], "kernel")) {
		release = words[1];
		return;
	}
	if (!strcmp(words[0], "cmdline")) {
		cmdline = behind(copy, 1);
		return;
	}
	if (!strcmp(words[0], "builtin")) {
		for (i = 1; i < count && builtin_count < MAX_NAMES; i++)
			builtin[builtin_count++] = words[i];
		return;
	}
	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(words[0], known[i].name) || count < known[i].words)
			continue;
		keep_for_later(words, count, behind(copy, known[i].rest));
		return;
	}
	die("what is this: %s", copy);
}

static void read_description(const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;
	struct later *open = NULL;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	source = path;
	line_number = 0;
	if (!file)
		die("%s", strerror(errno));
	while ((length = getline(&line, &size, file)) > 0) {
		line_number++;
		/* the content of a file */
		if (open && *line == '\t') {
			open->rest = make_text("%s%s", open->rest, line + 1);
			continue;
		}
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		read_line(make_text("%s", line));
		open = NULL;
		if (later_count && !strncmp(line, "file ", 5)) {
			open = &laters[later_count - 1];
			open->rest = "";
		}
	}
	free(line);
	if (file != stdin)
		fclose(file);
}

/* ---- the tree ---- */

static struct device *find_device(const char *address, size_t length)
{
	unsigned i;

	for (i = 0; i < device_count; i++)
		if (strlen(devices[i].address) == length && !strncmp(devices[i].address, address, length))
			return &devices[i];
	die("no such device: %.*s", (int)length, address);
}

/* devices/pci0000:00/0000:00:01.0/0000:01:00.0 */
static const char *real_of(struct device *device)
{
	size_t length;

	if (device->real)
		return device->real;
	if (!device->parent) {
		device->real = make_text("devices/pci%.*s/%s", (int)(strlen(device->address) - 5), device->address,
					 device->address);
		return device->real;
	}
	length = strcspn(device->parent, "/");
	device->real = make_text("%s%s/%s", real_of(find_device(device->parent, length)), device->parent + length,
				 device->address);
	return device->real;
}

static bool is_builtin(const char *driver)
{
	unsigned i;

	for (i = 0; i < builtin_count; i++)
		if (!strcmp(builtin[i], driver))
			return true;
	return false;
}

static const char *module_of(const char *driver)
{
	char *name, *c;

	if (!strcmp(driver, "xhci_hcd"))
		return "xhci_pci";
	if (!strcmp(driver, "i801_smbus"))
		return "i2c_i801";
	name = make_text("%s", driver);
	for (c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

static void make_driver(const char *bus, const char *driver, const char *module)
{
	const char *directory = make_text("sys/bus/%s/drivers/%s", bus, driver);

	if (!access(directory, F_OK))
		return;
	put(make_text("%s/bind", directory), "%s", "");
	put(make_text("%s/unbind", directory), "%s", "");
	if (is_builtin(driver))
		return;
	put(make_text("sys/module/%s/initstate", module), "live\n");
	make_link(make_text("%s/module", directory), make_text("../../../../module/%s", module));
}

static void make_group(const char *group)
{
	const char *directory = make_text("sys/kernel/iommu_groups/%s", group);

	if (!access(directory, F_OK))
		return;
	make_directory(make_text("%s/devices", directory));
	put(make_text("%s/type", directory), "DMA-FQ\n");
	put(make_text("%s/reserved_regions", directory), "0x00000000fee00000 0x00000000feefffff msi\n");
}

/* Links both ways between a device (real path below sys/), its group and its driver. */
static void tie(const char *real, const char *bus, const char *group, const char *driver)
{
	const char *name = strrchr(real, '/') + 1;

	make_link(make_text("sys/%s/subsystem", real), make_text("%sbus/%s", up(real), bus));
	if (group && groups_at_probe && !driver && !strcmp(bus, "pci")) {
		put(make_text("sim.groups/%s", name), "%s", group);
	} else if (group && !iommu_off) {
		make_group(group);
		make_link(make_text("sys/%s/iommu_group", real), make_text("%skernel/iommu_groups/%s", up(real), group));
		make_link(make_text("sys/kernel/iommu_groups/%s/devices/%s", group, name),
			  make_text("../../../../%s", real));
	}
	if (driver) {
		make_driver(bus, driver, module_of(driver));
		make_link(make_text("sys/%s/driver", real), make_text("%sbus/%s/drivers/%s", up(real), bus, driver));
		make_link(make_text("sys/bus/%s/drivers/%s/%s", bus, driver, name),
			  make_text("../../../../%s", real));
	}
}

/* The configuration space as far as conventional devices have one. */
static void make_config(const struct device *device, const char *directory)
{
	unsigned char bytes[256] = {
		[0x00] = device->vendor & 0xff, device->vendor >> 8, device->product & 0xff, device->product >> 8,
		[0x08] = device->revision, device->class & 0xff, device->class >> 8 & 0xff, device->class >> 16,
		[0x0e] = device->header | (device->multifunction ? 0x80 : 0),
	};
	FILE *file = open_file(make_text("%s/config", directory), "w");

	if (!device->header) {
		bytes[0x2c] = device->subvendor & 0xff;
		bytes[0x2d] = device->subvendor >> 8;
		bytes[0x2e] = device->subproduct & 0xff;
		bytes[0x2f] = device->subproduct >> 8;
	}
	if (device->pcie >= 0) {
		bytes[0x34] = CAPABILITY;
		bytes[CAPABILITY] = 0x10;
		bytes[CAPABILITY + 2] = (unsigned char)(device->pcie << 4 | 2);
	}
	fwrite(bytes, sizeof(bytes), 1, file);
	fclose(file);
}

static void make_uevent(const struct device *d, const char *directory)
{
	const char *modalias = make_text("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", d->vendor, d->product,
					 d->subvendor, d->subproduct, d->class >> 16, d->class >> 8 & 0xff,
					 d->class & 0xff);

	put(make_text("%s/uevent", directory),
	    "%s%s%sPCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\nMODALIAS=%s\n",
	    d->driver ? "DRIVER=" : "", d->driver ? d->driver : "", d->driver ? "\n" : "", d->class, d->vendor,
	    d->product, d->subvendor, d->subproduct, d->address, modalias);
	put(make_text("%s/modalias", directory), "%s\n", modalias);
}

static void make_device(struct device *device)
{
	const char *real = real_of(device), *directory = make_text("sys/%s", real);
	unsigned i;

	make_directory(directory);
	make_link(make_text("sys/bus/pci/devices/%s", device->address), make_text("../../../%s", real));
	put(make_text("%s/class", directory), "0x%06x\n", device->class);
	put(make_text("%s/vendor", directory), "0x%04x\n", device->vendor);
	put(make_text("%s/device", directory), "0x%04x\n", device->product);
	put(make_text("%s/subsystem_vendor", directory), "0x%04x\n", device->subvendor);
	put(make_text("%s/subsystem_device", directory), "0x%04x\n", device->subproduct);
	put(make_text("%s/revision", directory), "0x%02x\n", device->revision);
	put(make_text("%s/driver_override", directory), "%s\n", device->override ? device->override : "(null)");
	make_config(device, directory);
	make_uevent(device, directory);
	for (i = 0; i < device->attribute_count; i += 2)
		put(make_text("%s/%s", directory, device->attributes[i]), "%s\n", device->attributes[i + 1]);
	if (device->stream)
		put(make_text("sim.streams/%s", device->address), "%s", device->stream);
	tie(real, "pci", device->group, device->driver);
}

static void mark_multifunction(void)
{
	unsigned i, j;

	for (i = 0; i < device_count; i++)
		for (j = 0; j < device_count; j++)
			if (i != j && !strncmp(devices[i].address, devices[j].address, strlen(devices[i].address) - 1))
				devices[i].multifunction = true;
}

/* Without a word on it, an IOMMU that fits to the vendor of the first device. */
static void guess_iommu(void)
{
	unsigned vendor = device_count ? devices[0].vendor : 0;

	if (!iommu)
		iommu = vendor == 0x1022 ? "amd" : vendor == 0x1014 ? "power" : "intel";
}

static void make_iommu(void)
{
	static const struct { const char *kind, *table, *unit; } kinds[] = {
		{ "intel", "DMAR", "dmar0" }, { "amd", "IVRS", "ivhd0" },
		{ "smmu", "IORT", "smmu3.0x0000000009050000" }, { "virtio", "VIOT", "0000:00:01.0" },
		{ "power", NULL, NULL }, { "none", NULL, NULL },
	};
	unsigned i;

	make_directory("sys/firmware/acpi/tables");
	make_directory("sys/class/iommu");
	make_directory("sys/kernel/iommu_groups");
	for (i = 0; strcmp(kinds[i].kind, iommu); i++)
		if (i + 1 == sizeof(kinds) / sizeof(*kinds))
			die("no such IOMMU: %s", iommu);
	if (kinds[i].table)
		put(make_text("sys/firmware/acpi/tables/%s", kinds[i].table), "%s", kinds[i].table);
	if (!kinds[i].unit || iommu_off)
		return;
	if (iommu_not_ready) {
		put("sim.iommu", "%s", kinds[i].unit);
		return;
	}
	make_directory(make_text("sys/devices/virtual/iommu/%s", kinds[i].unit));
	make_link(make_text("sys/class/iommu/%s", kinds[i].unit),
		  make_text("../../devices/virtual/iommu/%s", kinds[i].unit));
}

static void make_proc(void)
{
	bool remaps = !iommu_off && !no_remap && (!strcmp(iommu, "intel") || !strcmp(iommu, "amd"));
	const char *prefix = remaps ? "IR-" : "";

	if (!cpu)
		cpu = !strcmp(iommu, "smmu") ? "arm" : !strcmp(iommu, "none") || !strcmp(iommu, "virtio") ? "intel" : iommu;
	put("proc/cmdline", "%s\n", cmdline);
	put("proc/sys/kernel/osrelease", "%s\n", release);
	put("proc/version", strstr(release, "deb") || strstr(release, "amd64") ?
	    "Linux version %s (debian-kernel@lists.debian.org) (gcc (Debian 14.2.0-19)) #1 SMP Debian 6.12.107-1\n" :
	    "Linux version %s (build@example.org) (gcc 15.2.1) #1 SMP\n", release);
	if (!strcmp(cpu, "arm"))
		put("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n");
	else if (!strcmp(cpu, "power"))
		put("proc/cpuinfo", "processor\t: 0\ncpu\t\t: POWER9, altivec supported\n");
	else
		put("proc/cpuinfo", "processor\t: 0\nvendor_id\t: %s\nmodel name\t: a processor\nflags\t\t: fpu vme%s lm\n",
		    strcmp(cpu, "amd") ? "GenuineIntel" : "AuthenticAMD", strcmp(cpu, "vm") ? "" : " hypervisor");
	if (!strcmp(cpu, "arm") || !strcmp(cpu, "power"))
		put("proc/interrupts", "           CPU0\n 11:         35  GICv3  27 Level     arch_timer\n"
		    " 24:          1  ITS-MSI 163840 Edge      eth0\n");
	else
		put("proc/interrupts", "           CPU0\n  0:         35  %sIO-APIC    2-edge      timer\n"
		    " 24:          1  %sPCI-MSI 163840-edge      eth0\nNMI:          0  Non-maskable interrupts\n",
		    prefix, prefix);
}

static void carry_out(const struct later *later)
{
	const char *const *w = later->words, *rest = later->rest;

	if (!strcmp(w[0], "member")) {
		const char *real = make_text("devices/platform/%s", w[2]);

		make_directory(make_text("sys/%s", real));
		put(make_text("sys/%s/uevent", real), "MODALIAS=platform:%s\n", w[2]);
		make_link(make_text("sys/bus/platform/devices/%s", w[2]), make_text("../../../%s", real));
		tie(real, "platform", w[1], *rest ? rest : NULL);
	} else if (!strcmp(w[0], "group")) {
		make_group(w[1]);
		if (!strcmp(w[2], "region"))
			append(make_text("sys/kernel/iommu_groups/%s/reserved_regions", w[1]), make_text("%s\n", rest));
		else
			put(make_text("sys/kernel/iommu_groups/%s/%s", w[1], w[2]), "%s\n", rest);
	} else if (!strcmp(w[0], "driver")) {
		make_driver("pci", w[1], *rest ? rest : module_of(w[1]));
	} else if (!strcmp(w[0], "file")) {
		put(w[1], "%s", rest);
	} else if (!strcmp(w[0], "link")) {
		remove(w[1]);
		make_link(w[1], rest);
	} else if (!strcmp(w[0], "dir")) {
		make_directory(w[1]);
	} else if (system(make_text("rm -rf -- '%s'", w[1]))) {
		die("cannot remove %s", w[1]);
	}
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: mktree DESCRIPTION... DIR\n");
		return 2;
	}
	for (i = 1; i < argc - 1; i++)
		read_description(argv[i]);
	source = argv[argc - 1];
	line_number = 0;
	make_directory(argv[argc - 1]);
	if (chdir(argv[argc - 1]))
		die("%s", strerror(errno));
	guess_iommu();
	mark_multifunction();
	make_directory("etc");
	make_directory("run");
	put("dev/kmsg", "%s", "");
	put("sys/bus/pci/drivers_probe", "%s", "");
	make_directory("sys/bus/pci/devices");
	make_driver("pci", "pcieport", "pcieport");
	make_iommu();
	make_proc();
	for (i = 0; i < (int)device_count; i++)
		make_device(&devices[i]);
	for (i = 0; i < (int)later_count; i++)
		carry_out(&laters[i]);
	return 0;
}
