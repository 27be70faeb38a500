/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the manifest of the image: modules in load order, IDs from modprobe.d, what the host uses, the stamp. */
#include "manifest.h"

#include "errno_name.h"
#include "errors.h"
#include "record.h"
#include "refusal.h"
#include "root.h"
#include "selector.h"
#include "text.h"

#include <errno.h>
#include <string.h>

#define MANIFEST_SIZE_MAX (1024ul * 1024)

static void add_module(struct manifest *manifest, const char *rest)
{
	const char *path = record_value(rest, "path"), *options = record_value(rest, "options");
	const char *purpose = record_value(rest, "for");

	/* a path must not lead out of lib/modules/VERSION */
	if (!path || *path == '/' || strstr(path, ".."))
		return;
	*list_add(&manifest->modules) = (struct module) {
		.path = path, .options = options ? options : "", .for_iommu = text_same(purpose, "iommu"),
	};
}

static void add_id_list(struct manifest *manifest, const char *rest)
{
	const char *list = record_value(rest, "list"), *at = record_value(rest, "at");

	if (!list)
		return;
	*list_add(&manifest->ids) = (struct id_list) { .list = list, .at = { .source = at ? at : "modprobe.d" } };
}

static bool selects(const char *word, struct selector *selector)
{
	return word && selector_parse(word, strlen(word), selector);
}

static void add_use(struct manifest *manifest, const char *rest)
{
	const char *reason = record_value(rest, "reason"), *name = record_value(rest, "address");
	struct host_use use = { .detail = record_value(rest, "detail") };
	struct selector id;

	manifest->knows_uses = true;
	use.reason = reason ? refusal_by_name(reason) : 0;
	if (!use.reason)
		return;			/* "nothing" */
	if (!name || strcmp(name, "-")) {
		use.name = name;
		use.path = record_value(rest, "path");
		/* an incomplete record counts as unknown, which protects more devices */
		use.unknown = !name || !selects(use.path, &use.place) ||
			      !selects(record_value(rest, "id"), &id) || !id.has_id;
		use.place.has_id = true;
		use.place.id = id.id;
	}
	*list_add(&manifest->uses) = use;
}

void manifest_read(int root, struct manifest *manifest, struct errors *errors)
{
	const char *content, *cursor, *event, *rest;
	size_t length;
	int error;

	error = root_read(root, MANIFEST_FILE, MANIFEST_SIZE_MAX, &content, &length);
	if (error == -ENOENT)
		return;
	if (error) {
		errors_add(errors, (struct where) { .source = "/" MANIFEST_FILE }, "cannot be read: %s",
			   errno_name(-error));
		return;
	}
	cursor = content;
	while (record_next(&cursor, content + length, &event, &rest)) {
		if (!strcmp(event, "manifest")) {
			manifest->found = true;
			manifest->kernel = record_value(rest, "kernel");
			manifest->by = record_value(rest, "by");
			manifest->stamp = record_value(rest, "stamp");
			manifest->intel_iommu = record_value(rest, "intel-iommu");
		} else if (!strcmp(event, "module")) {
			add_module(manifest, rest);
		} else if (!strcmp(event, "ids")) {
			add_id_list(manifest, rest);
		} else if (!strcmp(event, "use")) {
			add_use(manifest, rest);
		}
	}
}
