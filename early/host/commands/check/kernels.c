/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of every installed kernel: has it the modules, and its image the configuration? */
#include "checks.h"

#include "../../image/builders.h"
#include "../../image/content.h"
#include "../../machine/names.h"
#include "../../../core/record.h"
#include "../../../core/refusal.h"
#include "../../../core/root.h"
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

/* An image has the configuration: is it the one that boots? */
static void check_place(struct findings *findings, const char *check, const struct booting *booting,
			const struct image *image)
{
	const char *file = image->file ? text_of("/%s", image->file) : "what was built last";
	const char *fix = "see that it is what the boot loader loads; after the reboot: vfio-early verify";

	if (image->proved || (image->file && image->place != PLACE_USUAL))
		findings_add(findings, LEVEL_PASS, check, NULL, "has the configuration (%s)", image->by ? image->by : "?");
	else if (image->place == PLACE_BOOTED)
		findings_add(findings, LEVEL_WARN, check, fix, "%s has the configuration, but this boot came from %s, which "
			     "cannot be seen here", file, booting->named);
	else
		findings_add(findings, LEVEL_WARN, check, fix, "%s has the configuration, but nothing tells that it is what boots",
			     file);
}

static void check_content(struct checking *checking, const struct images *images, const struct image *image,
			  const struct content *content)
{
	const char *check = text_of("image %s", image->kernel), *fix = remedy_of(checking->machine, &images->booting, image);
	const struct host_use *use = image->uses_known ? unknown_use(image, &checking->rehearsal.host_uses) : NULL;
	struct findings *findings = &checking->findings;
	const char *from = "";

	if (image->file && image->place != PLACE_USUAL)
		from = text_of("%s /%s, which ", image->place == PLACE_BOOTED ? "this boot came from" : "its entry has", image->file);
	if (image->elsewhere && !image->proved)
		findings_add(findings, LEVEL_FAIL, check, fix, "%sis not /%s, the one that was built with vfio-early", from,
			     image->elsewhere);
	else if (!image->stamp)
		findings_add(findings, LEVEL_FAIL, check, fix, "%swas built without vfio-early, or before it was installed",
			     from);
	else if (!content->stamp)
		findings_add(findings, LEVEL_WARN, check, "sudo vfio-early check",
			     "cannot be compared with what this user may not read");
	else if (strcmp(image->stamp, content->stamp))
		findings_add(findings, LEVEL_FAIL, check, fix, "%sis older than the configuration", from);
	else if (!image->finished)
		findings_add(findings, LEVEL_FAIL, check, fix, "/%s is older than the last attempt to build it", image->file);
	else if (use)
		findings_add(findings, LEVEL_WARN, check, fix, "does not know that the host uses %s (%s)",
			     use->name ? address_shown(use->name) : "its disks", refusal_name(use->reason));
	else
		check_place(findings, check, &images->booting, image);
}

static void check_image(struct checking *checking, const struct images *images, const struct image *image,
			const struct content *content)
{
	struct rebuild rebuild = rebuild_of(checking->machine, &images->booting, image);

	if (checking->trial)
		findings_add(&checking->findings, LEVEL_WARN, text_of("image %s", image->kernel),
			     rebuild.runs ? "vfio-early enable does that" : rebuild_shown(&rebuild), "has to be rebuilt for this");
	else
		check_content(checking, images, image, content);
}

/* Of a system that was not booted here nobody can tell it. */
static void check_booting(struct checking *checking, const struct booting *booting)
{
	const char *from = booting->images.count ? text_of("/%s", strings_join(&booting->images, " or /")) : booting->named;

	if (from)
		findings_add(&checking->findings, LEVEL_PASS, "image", NULL, "this boot came from %s (%s)", from,
			     booting->evidence);
	else
		findings_add(&checking->findings, LEVEL_WARN, "image", "see that the boot loader loads what is built",
			     "which one this machine boots cannot be told: %s", booting->evidence);
}

void check_kernels(struct checking *checking)
{
	struct images images;

	if (!checking->rehearsal.boot.config.requests.count)
		return;
	images_find(checking->machine, &images);
	if (images.count)
		check_booting(checking, &images.booting);
	for_each(image, &images) {
		struct content content;
		int error = content_of(checking->machine, image->kernel, &content);

		if (image == images.items || !text_same(image[-1].kernel, image->kernel))
			check_modules(checking, image, &content, error);
		if (!error)
			check_image(checking, &images, image, &content);
	}
	if (!images.count && checking->machine->live)
		findings_add(&checking->findings, LEVEL_FAIL, "kernel", NULL, "/lib/modules has no kernel");
}
