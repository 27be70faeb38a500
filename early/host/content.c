/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs into an image: the configuration, the modules that it needs, and the stamp of both. */
#include "content.h"
#include "stamp.h"

#include "../core/config.h"
#include "../core/faults.h"
#include "../core/root.h"
#include "../core/text.h"

#include <string.h>

/* vfio-pci for the siblings, the drivers that are asked for, and what lets a VM start. */
static struct strings modules_wanted(const struct config *config)
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

int content_of(const struct machine *machine, const char *kernel, struct content *content)
{
	struct strings wanted;
	int error;

	*content = (struct content) { .kernel = kernel };
	config_read_files(machine->config_fd, &content->config);
	content->files = config_files(machine->config_fd, &(struct faults) { 0 });
	wanted = modules_wanted(&content->config);
	content->intel_iommu = intel_iommu_default(machine->fd, kernel);
	error = modules_resolve(machine->root, kernel, &wanted, &content->modules);
	content->stamp = stamp_of(machine->config_fd, &content->files, &content->modules);
	return error;
}
