/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early import: what other tools were told, as our configuration: each device by its path and its ID. */
#include "commands.h"
#include "options.h"

#include "../machine/machine.h"
#include "../machine/match.h"
#include "../machine/write.h"
#include "../settings/old_settings.h"
#include "../../core/config.h"
#include "../../core/device.h"
#include "../../core/inventory.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define NAME "50-import.conf"
#define PATH CONFIG_DIRECTORY "/" NAME

struct options {
	const char *root;
	bool apply;
};

struct import {
	struct machine machine;
	struct inventory inventory;
	struct old_settings old;
	struct devices chosen;
	struct text text;		/* the configuration */
	enum exit_code code;
};

static const char help[] =
	"Usage: vfio-early import [--apply] [--root DIR]\n"
	"\n"
	"Finds the settings by which devices are given away without vfio-early, and\n"
	"prints a configuration that names the same devices by their path and ID. It\n"
	"reads ids= of vfio-pci and pci-stub and hide= of xen-pciback (on the kernel\n"
	"command line, in modprobe.d, in the lists of modules of initramfs-tools and\n"
	"modules-load.d), install lines and the scripts that they or an image run (no\n"
	"more than the addresses and IDs that stand in them), driverctl, dpdk.service,\n"
	"Unraid's vfio-pci.cfg, and the guests of libvirt and Proxmox VE.\n"
	"\n"
	"  --apply     write it to /" PATH ",\n"
	"              and say which of the old settings to remove\n"
	"  --root DIR  look at the system below DIR\n"
	"\n"
	"Exit code: 0, 1 something could not be translated, 2 wrong usage, 3 cannot run.\n";

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, struct options *options)
{
	static const struct option known[] = {
		{ "apply", no_argument, NULL, 'a' }, { "root", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = next_option("import", count, arguments, "", known)) != -1) {
		switch (which) {
		case 'a':
			options->apply = true;
			break;
		case 'r':
			options->root = optarg;
			break;
		case 'h':
			say_lines(help);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind < count)
		return complain(EXIT_USAGE, "import: not an option: %s", arguments[optind]);
	return -1;
}

/* ---- the configuration ---- */

static struct devices matching(struct import *import, const struct selector *what)
{
	struct devices found = { 0 };

	for_each(device, &import->inventory.devices)
		if (selector_names(what, *device))
			*list_add(&found) = *device;
	return found;
}

static void add_device(struct import *import, struct device *device)
{
	const char *id = text_of("%04x:%04x", device->id.vendor, device->id.device);

	for_each(chosen, &import->chosen)
		if (*chosen == device) {
			text_print(&import->text, "# %s: see above\n", device->name);
			return;
		}
	if (device_is_bridge(device)) {
		text_print(&import->text, "# %s %s: a bridge, which stays with the host\n", device->name, id);
		return;
	}
	*list_add(&import->chosen) = device;
	text_print(&import->text, "%s %s\t# %s\n", device->path ? device->path : device->name, id, device->name);
}

static void add_devices(struct import *import, const struct old_device *old)
{
	struct devices found = matching(import, &old->what);

	if (!found.count && old->line)
		text_print(&import->text, "#%s\t# is not there now\n", old->line);
	else if (!found.count)
		text_print(&import->text, "# %s: no such device is there now\n", old->text);
	if (found.count > 1 && old->what.place == PLACE_ANY)
		text_print(&import->text, "# %zu devices have the ID %s, and the old setting takes all of them:\n",
			   found.count, old->text);
	for_each(device, &found)
		add_device(import, *device);
}

static void add_setting(struct import *import, const struct old_setting *setting)
{
	text_print(&import->text, "\n# %s: %s\n", setting->at, setting->text);
	if (setting->overruled_by) {
		text_print(&import->text, "# (without effect: that of %s counts)\n", setting->overruled_by);
		return;
	}
	for_each(part, &setting->unclear) {
		text_print(&import->text, "# cannot be translated: %s\n", *part);
		import->code = complain(EXIT_PROBLEM, "import: %s: cannot be translated: %s", setting->at, *part);
	}
	for_each(device, &setting->devices)
		add_devices(import, device);
}

static void read_machine(struct import *import)
{
	inventory_open(import->machine.fd, import->machine.kernel, &import->inventory);
	inventory_walk(&import->inventory);
	for_each(device, &import->inventory.devices)
		device_detail(import->inventory.root, *device);
	old_settings_find(&import->machine, &import->old);
	for_each(file, &import->old.unreadable)
		import->code = complain(EXIT_PROBLEM, "import: %s", *file);
	text_print(&import->text, "# Written by vfio-early import. The siblings in a device's IOMMU group come with it.\n");
	for_each(setting, &import->old.list)
		if (setting->kind == OLD_ORDER)
			text_print(&import->text, "\n# %s: %s\n# names no device by itself\n", setting->at, setting->text);
		else
			add_setting(import, setting);
	old_settings_find_blacklists(&import->machine, &import->chosen, &import->old);
}

/* ---- writing it ---- */

static bool is_same(int root, const struct text *text)
{
	const char *content;
	size_t length;

	return !root_read(root, PATH, CONFIG_SIZE_MAX, &content, &length) && length == text->length &&
	       !memcmp(content, text->bytes, length);
}

static enum exit_code put_in_place(const struct import *import)
{
	const char *path = machine_path(&import->machine, PATH);
	int error;

	if (is_same(import->machine.fd, &import->text)) {
		say("%s already says all of it.\n", path);
		return EXIT_FINE;
	}
	if (root_exists(import->machine.fd, PATH))
		return complain(EXIT_CANNOT_RUN, "import: %s is there with other content: "
				"remove it first, or rename it if you have changed it", path);
	error = write_ours(&import->machine, PATH, import->text.bytes, import->text.length);
	if (error)
		return complain(EXIT_CANNOT_RUN, "import: %s: %s", path, strerror(-error));
	say("Wrote %s: %zu device%s.\n", path, import->chosen.count, import->chosen.count == 1 ? "" : "s");
	return EXIT_FINE;
}

static void print_removals(const struct import *import)
{
	say("\nRemove the old settings now:\n");
	for_each(setting, &import->old.list)
		if (setting->how_to_remove)
			say("  %s\n", setting->how_to_remove);
	say("\nNext: vfio-early check\n");
}

static enum exit_code apply(const struct import *import)
{
	enum exit_code code;

	if (!import->chosen.count) {
		say("None of the devices of the old settings is there now: nothing to write.\n");
		return import->code;
	}
	code = put_in_place(import);
	if (code)
		return code;
	print_removals(import);
	return import->code;
}

static void say_text_and_next(const struct import *import)
{
	say_lines(import->text.bytes);
	say("\n# Next: vfio-early import --apply\n");
}

int command_import(int count, char **arguments)
{
	struct options options = { 0 };
	struct import import = { 0 };
	int code = read_options(count, arguments, &options);

	if (code >= 0)
		return code;
	code = machine_open("import", options.root, NULL, &import.machine);
	if (code)
		return code;
	inventory_open(import.machine.fd, NULL, &import.inventory);
	if (!inventory_has_bus(&import.inventory))
		return complain(EXIT_CANNOT_RUN, "import: %s: there is none", machine_path(&import.machine, "sys/bus/pci"));
	read_machine(&import);
	if (!import.old.list.count)
		say("# No settings of other tools were found.\n");
	else if (options.apply)
		import.code = apply(&import);
	else
		say_text_and_next(&import);
	return import.code;
}
