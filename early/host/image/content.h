/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONTENT_H
#define VFIO_EARLY_CONTENT_H

#include "modules.h"

#include "../machine/machine.h"

/* What belongs into the image of one kernel. */
#define BUILDER_CAPTURE "capture"	/* of the manifest in a captured tree: it says what the host used then */

struct content {
	const char *kernel;
	struct config config;		/* of the files, with its errors */
	struct strings files;		/* configuration files, below the root */
	struct module_list modules;
	const char *intel_iommu;	/* the kernel's default: "on", "off", or NULL if not known */
	const char *stamp;		/* fingerprint of configuration and module options; NULL: not for this user */
};

/*
 * 0, or -errno where the index of the kernel's modules cannot be read: then
 * all is there but the modules.
 */
int content_of(const struct machine *machine, const char *kernel, struct content *content);

/* Whether the image would have something to bind: lines of the configuration, or ids= of modprobe.d. */
bool content_asks_for_devices(const struct content *content);

/*
 * What the boot program reads of it and of what the host uses, as the records
 * of a manifest that builder (NULL: nobody) has asked for. Kept.
 */
const char *content_records(const struct content *content, const struct host_uses *uses, const char *builder);

#endif
