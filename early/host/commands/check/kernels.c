/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of every installed kernel: has it the modules, and its image the configuration? */
#include "checks.h"

#include "../../image/content.h"
#include "../../image/images.h"
#include "../../machine/names.h"
#include "../../../core/record.h"
#include "../../../core/refusal.h"
#include "../../../core/text.h"

#include <string.h>

static void check_modules(struct checking *checking, const struct image *image, const struct content *content,
			  int error)
{
	const char *check = text_of("kernel %s", image->kernel);

	if (error)
		findings_add(&checking->findings, LEVEL_FAIL, check, text_of("depmod %s", image->kernel),
			     "the index of its modules cannot be read: %s", strerror(-error));
	for_each(name, &content->modules.missing)
		findings_add(&checking->findings, LEVEL_FAIL, check, "install the kernel's package of further modules, or another kernel",
			     "has no module %s", *name);
}

static const char *how_to_rebuild(const struct checking *checking, const struct image *image)
{
	const char *command = rebuild_command(checking->machine, image->kernel);

	return command ? text_of("sudo %s", command) : "rebuild its image";
}

/* Details, such as the names of mount points, do not matter to the boot. */
static bool is_same_use(const char *noted, const struct host_use *use)
{
	const char *reason = record_value(noted, "reason"), *name = record_value(noted, "address");

	return text_same(reason, refusal_name(use->reason)) && text_same(record_value(noted, "path"), use->path) &&
	       text_same(name, use->unknown ? "unknown" : use->name ? use->name : "-");
}

/* What an image does not know to be used, or NULL. */
static const struct host_use *unknown_use(const struct image *image, const struct host_uses *uses)
{
	for_each(use, uses) {
		bool known = false;

		for_each(noted, &image->uses)
			known |= is_same_use(*noted, use);
		if (!known)
			return use;
	}
	return NULL;
}

static void check_image(struct checking *checking, const struct image *image, const struct content *content)
{
	const char *check = text_of("image %s", image->kernel), *fix = how_to_rebuild(checking, image);
	const struct host_use *use = unknown_use(image, &checking->rehearsal.host_uses);
	struct findings *findings = &checking->findings;

	if (checking->trial)
		findings_add(findings, LEVEL_WARN, check, "vfio-early enable does that", "has to be rebuilt for this");
	else if (!image->stamp)
		findings_add(findings, LEVEL_FAIL, check, fix, "was built without vfio-early, or before it was installed");
	else if (!content->stamp)
		findings_add(findings, LEVEL_WARN, check, "sudo vfio-early check", "cannot be compared with what this user may not read");
	else if (strcmp(image->stamp, content->stamp))
		findings_add(findings, LEVEL_FAIL, check, fix, "is older than the configuration");
	else if (!image->finished)
		findings_add(findings, LEVEL_FAIL, check, fix, "/%s is older than the last attempt to build it", image->file);
	else if (use)
		findings_add(findings, LEVEL_WARN, check, fix, "does not know that the host uses %s (%s)",
			     use->name ? address_shown(use->name) : "its disks", refusal_name(use->reason));
	else
		findings_add(findings, LEVEL_PASS, check, NULL, "has the configuration (%s)", image->by ? image->by : "?");
}

void check_kernels(struct checking *checking)
{
	struct images images;

	if (!checking->rehearsal.boot.config.requests.count)
		return;
	images_find(checking->machine, &images);
	for_each(image, &images) {
		struct content content;
		int error = content_of(checking->machine, image->kernel, &content);

		check_modules(checking, image, &content, error);
		if (!error)
			check_image(checking, image, &content);
	}
	if (!images.count && checking->machine->live)
		findings_add(&checking->findings, LEVEL_FAIL, "kernel", NULL, "/lib/modules has no kernel");
}
