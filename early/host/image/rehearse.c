/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The next boot, decided today: the boot's own code on a cold view of the machine. */
#include "rehearse.h"
#include "configuration.h"
#include "content.h"
#include "../machine/maker.h"
#include "../machine/match.h"

#include "../machine/device_state.h"
#include "../../core/config.h"
#include "../../core/decide.h"
#include "../../core/errors.h"
#include "../../core/device.h"
#include "../../core/inventory.h"
#include "../../core/manifest.h"
#include "../../core/request.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <string.h>

#define ARGUMENT "argument "

bool driver_is_built_in(int root, const char *driver)
{
	/* what is built in may have a link, too, but only a module has a state */
	return !root_exists(root, text_of("sys/bus/pci/drivers/%s/module/initstate", driver));
}

/* A disk behind VMD comes after us unless vmd is built in, a virtual function always: it is asked for in sysfs. */
static bool is_late(struct inventory *inventory, const struct device *device)
{
	struct device *maker = maker_of(inventory, device);

	if (is_virtual(inventory, device))
		return true;
	return maker && (!maker->driver || !driver_is_built_in(inventory->root, maker->driver));
}

static struct device *copy_of(const struct device *device)
{
	struct device *copy = keep(sizeof(*copy));

	*copy = *device;
	return copy;
}

/* What has the device before any initramfs: a driver that is built in and waits for it. */
static const char *driver_at_boot(const struct inventory *inventory, const struct device *device)
{
	/* vfio drivers wait for nothing: an override of this boot gave it to them */
	if (!device->driver || strstr(device->driver, "vfio") || !driver_is_built_in(inventory->root, device->driver))
		return NULL;
	return device->driver;
}

/* Loads all of the inventory, so that the stages find there what they would read from sysfs, as it will be. */
static void make_cold(struct rehearsal *rehearsal)
{
	struct inventory *inventory = &rehearsal->boot.inventory;
	struct devices there = { 0 };

	inventory_walk(inventory);
	for_each(device, &inventory->devices) {
		device_detail(inventory->root, *device);
		*list_add(&rehearsal->now) = copy_of(*device);
	}
	for_each(device, &inventory->devices)
		*list_add(is_late(inventory, *device) ? &rehearsal->late : &there) = *device;
	inventory->devices = there;
	inventory->hidden = rehearsal->late;
	for_each(device, &inventory->devices) {
		(*device)->driver = driver_at_boot(inventory, *device);
		(*device)->silent &= !device_is_off(inventory->root, *device);
	}
}

static void read_selectors(struct config *config, char *const *selectors, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct where at = { .source = text_of(ARGUMENT "%zu", i + 1), .column = 1 };

		/* in a file this would be an empty line; here it is a variable that is not set */
		if (!selectors[i][strspn(selectors[i], " \t")])
			errors_add(&config->errors, at, "an empty selector: which device? See vfio-early list");
		request_parse(config, at, selectors[i], strlen(selectors[i]), " \t");
	}
}

bool is_argument(const struct where *at)
{
	return text_begins(at->source, ARGUMENT);
}

/* What the image of the running kernel would carry if it were built now; what a tree cannot tell, its image may have. */
static struct manifest next_manifest(const struct machine *machine, const struct host_uses *uses)
{
	struct manifest manifest = { 0 };
	struct content content = { 0 };
	int error = -ENOENT;

	manifest_read(machine->fd, &manifest, &(struct errors) { 0 });
	if (machine->kernel)
		error = content_of(machine, machine->kernel, &content);
	if (!error) {
		manifest.stamp = content.stamp;
		manifest.intel_iommu = content.intel_iommu;
		manifest.found = true;
		manifest.modules.count = manifest.ids.count = 0;
		for_each(item, &content.modules.files)
			*list_add(&manifest.modules) = item->module;
		for_each(ids, &content.modules.ids)
			*list_add(&manifest.ids) = *ids;
	}
	if (machine->kernel && (machine->live || root_exists(machine->fd, "proc/self/mountinfo"))) {
		manifest.knows_uses = true;
		manifest.uses = *uses;
	}
	manifest.kernel = machine->kernel;
	return manifest;
}

void rehearse(const struct machine *machine, char *const *selectors, size_t count, struct rehearsal *rehearsal)
{
	struct boot *boot = &rehearsal->boot;
	struct config *config = &boot->config;

	*rehearsal = (struct rehearsal) { 0 };
	boot->root = machine->fd;
	boot->kernel = machine->kernel;
	config->timeout = TIMEOUT_DEFAULT;
	boot->cmdline = read_cmdline(machine->fd, &config->errors);
	uses_collect(machine, &rehearsal->uses);
	uses_for_guard(machine, &rehearsal->uses, &rehearsal->host_uses);
	boot->manifest = next_manifest(machine, &rehearsal->host_uses);
	if (text_same(boot->manifest.by, BUILDER_CAPTURE) && !root_exists(machine->fd, "proc/self/mountinfo"))
		uses_recall(&boot->manifest.uses, &rehearsal->uses);
	configuration_read(machine, config);
	read_selectors(config, selectors, count);
	config_read_cmdline(machine->fd, &boot->cmdline, config);
	if (config->recovery) {
		rehearsal->recovery = config->off_because;
		config->recovery = false;
		config->mode = MODE_BIND;
	}
	config_read_ids(&boot->cmdline, &boot->manifest, config);
	inventory_open(machine->fd, machine->kernel, &boot->inventory);
	make_cold(rehearsal);
	decide(boot);
	rehearsal->no_iommu = no_iommu_explained(machine, &boot->decision.iommu);
}

struct device *rehearsal_now(const struct rehearsal *rehearsal, const char *name)
{
	for_each(device, &rehearsal->now)
		if (!strcmp((*device)->name, name))
			return *device;
	return NULL;
}

struct devices rehearsal_late(const struct rehearsal *rehearsal, const struct request *request)
{
	struct devices named = { 0 };

	for_each(device, &rehearsal->late)
		if (request_names(request, *device))
			*list_add(&named) = *device;
	return named;
}

bool rehearsal_takes(const struct rehearsal *rehearsal, const struct device *device)
{
	for_each(group, &rehearsal->boot.decision.groups)
		for_each(member, &group->members)
			if (!group->refusals && member->role == ROLE_TAKE && !strcmp(member->device->name, device->name))
				return true;
	return false;
}

enum exit_code rehearsal_usage(const char *command, const struct rehearsal *rehearsal)
{
	enum exit_code code = EXIT_FINE;

	for_each(error, &rehearsal->boot.config.errors)
		if (is_argument(&error->at))
			code = complain(EXIT_USAGE, "%s: %s", command, error->text);
	return code;
}
