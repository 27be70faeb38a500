/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs into an image: the configuration, the modules that it needs, and the stamp of both. */
#include "content.h"
#include "configuration.h"
#include "stamp.h"

#include "../../core/config.h"
#include "../../core/errors.h"
#include "../../core/iommu.h"
#include "../../core/record.h"
#include "../../core/refusal.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

/* vfio-pci for the siblings, the drivers that are asked for, and what lets a VM start. */
static struct strings drivers_wanted(const struct config *config)
{
	struct strings names = { 0 };

	strings_add(&names, "vfio-pci");
	for_each(request, &config->requests)
		if (request->driver)
			strings_add(&names, request->driver);
	/* only a soft dependency of vfio, and not everywhere declared */
	strings_add(&names, "vfio_iommu_type1");
	return names;
}

/*
 * A virtual IOMMU (virtio-iommu) is the one whose driver may be a module: until
 * it is loaded, the probe of what it translates is deferred.
 */
static struct strings iommu_wanted(int root)
{
	struct strings names = { 0 }, units = { 0 };
	bool is_virtual = root_exists(root, "sys/firmware/acpi/tables/VIOT");

	root_list(root, "sys/class/iommu", &units);
	for_each(unit, &units)
		is_virtual |= iommu_unit_is_virtual(*unit);
	if (is_virtual) {
		strings_add(&names, "virtio_pci");
		strings_add(&names, "virtio_iommu");
	}
	return names;
}

/* The build option behind the default of intel_iommu=, where the kernel's configuration is at hand. */
static const char *intel_iommu_default(int root, const char *kernel)
{
	const char *places[] = { text_of("boot/config-%s", kernel), text_of("lib/modules/%s/config", kernel) };
	size_t i;

	for (i = 0; i < 2; i++)
		if (root_exists(root, places[i]))
			return root_contains(root, places[i], "CONFIG_INTEL_IOMMU_DEFAULT_ON=y") ||
			       root_contains(root, places[i], "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y") ?
			       "on" : "off";
	return NULL;
}

static void add_head(struct text *lines, const struct content *content, const char *builder)
{
	record_begin(lines, "manifest");
	record_add(lines, "version", VERSION);
	record_add(lines, "kernel", content->kernel);
	record_add(lines, "by", builder);
	record_add(lines, "stamp", content->stamp);
	if (content->intel_iommu)
		record_add(lines, "intel-iommu", content->intel_iommu);
	record_end(lines);
}

static void add_use(struct text *lines, const struct host_use *use)
{
	const struct pci_id *id = &use->place.id;

	record_begin(lines, "use");
	record_add(lines, "reason", refusal_name(use->reason));
	record_add(lines, "address", use->unknown ? "unknown" : use->name);
	if (use->name) {
		record_add(lines, "path", use->path);
		record_add(lines, "id", text_of("%04x:%04x", id->vendor, id->device));
	}
	if (use->detail)
		record_add(lines, "detail", use->detail);
	record_end(lines);
}

const char *content_records(const struct content *content, const struct host_uses *uses, const char *builder)
{
	struct text lines = { 0 };

	add_head(&lines, content, builder);
	for_each(item, &content->modules.files) {
		record_begin(&lines, "module");
		record_add(&lines, "path", item->module.path);
		if (*item->module.options)
			record_add(&lines, "options", item->module.options);
		if (item->module.for_iommu)
			record_add(&lines, "for", "iommu");
		record_end(&lines);
	}
	for_each(ids, &content->modules.ids) {
		record_begin(&lines, "ids");
		record_add(&lines, "list", ids->list);
		record_add(&lines, "at", ids->at.source);
		record_end(&lines);
	}
	for_each(use, uses)
		add_use(&lines, use);
	if (!uses->count)
		text_print(&lines, "use reason=nothing\n");
	return lines.bytes;
}

int content_of(const struct machine *machine, const char *kernel, struct content *content)
{
	struct strings drivers, iommu = iommu_wanted(machine->fd);
	int error;

	*content = (struct content) { .kernel = kernel };
	content->files = configuration_read(machine, &content->config);
	drivers = drivers_wanted(&content->config);
	content->intel_iommu = intel_iommu_default(machine->fd, kernel);
	error = modules_resolve(machine, kernel, &iommu, &drivers, &content->modules);
	content->stamp = stamp_of(machine->config_fd, &content->files, &content->modules);
	return error;
}

bool content_asks_for_devices(const struct content *content)
{
	return content->config.requests.count || content->modules.ids.count;
}
