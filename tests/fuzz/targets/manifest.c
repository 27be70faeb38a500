/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is the manifest of the image: who made it, modules in load order, IDs of modprobe.d. */
#include "../fuzz.h"

#include "../../../early/core/config.h"
#include "../../../early/core/manifest.h"
#include "../../../early/core/modules_to_load.h"
#include "../../../early/core/report.h"

#include <assert.h>
#include <string.h>

void one_input(const char *bytes, size_t length)
{
	struct boot boot = { .root = TREE };
	struct manifest *manifest = &boot.manifest;
	struct report said;
	size_t listed = 0, wanted = 0;
	struct modules modules;

	tree_file(MANIFEST_FILE, bytes, length);
	manifest_read(TREE, manifest, &boot.config.errors);
	config_read_ids(&boot.cmdline, manifest, &boot.config);
	modules = modules_to_load(&boot);
	for_each(module, &modules.to_load) {
		/* nothing of it leaves lib/modules/VERSION */
		assert(*module->path != '/' && !strstr(module->path, ".."));
		listed += !module->for_iommu;
	}
	for_each(module, &manifest->modules)
		wanted += !module->for_iommu;
	assert(listed == wanted + (manifest->found ? 0 : 2));
	said = report(&boot, NULL);
	check_log(said.text.bytes, said.text.length);
}
