/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of the boot against the live system and the configuration. */
#include "verification.h"

#include "../../image/builders.h"
#include "../../image/configuration.h"
#include "../../image/content.h"
#include "../../machine/device_state.h"
#include "../../machine/names.h"
#include "../../../core/address.h"
#include "../../../core/config.h"
#include "../../../core/decide.h"
#include "../../../core/errors.h"
#include "../../../core/inventory.h"
#include "../../../core/record.h"
#include "../../../core/root.h"
#include "../../../core/stages.h"
#include "../../../core/text.h"
#include "../../../core/viability.h"

#include <stdlib.h>
#include <string.h>

struct verifying {
	const struct machine *machine;
	struct verification *found;
	struct content content;		/* of an image that would be built now, if is_known */
	bool is_known;
	struct images images;
	const char *rebuild;		/* "sudo update-initramfs ... && sudo reboot" */
};

static void add(struct verifying *verifying, enum level level, const char *check, const char *fix, const char *text)
{
	findings_add(&verifying->found->findings, level, check, fix, "%s", text);
}

/* A failure of the live system, not of the boot: "verify --wait" looks again, since it may pass. */
static void add_unsettled(struct verifying *verifying, const char *check, const char *fix, const char *text)
{
	verifying->found->unsettled++;
	add(verifying, LEVEL_FAIL, check, fix, text);
}

/* Whether anybody wanted devices bound: also by a line with a mistake, or in a file that cannot be read. */
static bool asks_or_tries(const struct machine *machine, const struct content *content)
{
	struct config config = { 0 };
	struct manifest manifest = { 0 };
	struct cmdline cmdline = read_cmdline(machine->fd, &config.errors);

	for_each(ids, &content->modules.ids)
		*list_add(&manifest.ids) = *ids;
	configuration_read(machine, &config);
	config_read_cmdline(machine->fd, &cmdline, &config);
	config_read_ids(&cmdline, &manifest, &config);
	return config.requests.count || config.errors.count;
}

/* ---- was there a boot, and did it go as asked? ---- */

/* Fit to be shown: nothing says that the log has not been tampered with. */
static const char *value_or(const struct log_record *record, const char *key, const char *otherwise)
{
	const char *value = record_value(record->rest, key);

	return value ? text_shown(value, strlen(value)) : otherwise;
}

static void verify_absence(struct verifying *verifying)
{
	const char *kernel = verifying->machine->kernel;

	if (verifying->found->configured)
		add(verifying, LEVEL_FAIL, "boot", verifying->rebuild,
		    text_of("no log: the booted image%s%s has no vfio-early", kernel ? " " : "", kernel ? kernel : ""));
	else
		add(verifying, LEVEL_PASS, "boot", NULL, "nothing is configured");
}

static void verify_status(struct verifying *verifying)
{
	const struct boot_log *log = &verifying->found->log;
	const struct log_record *first = log->records.items, *last = first + log->records.count - 1;
	const char *status = value_or(last, "status", "?"), *kernel = value_or(first, "kernel", "?");
	unsigned long us = strtoul(value_or(last, "us", "0"), NULL, 10);
	const char *counts = text_of("%s, %s bound, %s already, %lu.%lu ms", kernel, value_or(last, "bound", "?"),
				     value_or(last, "already", "?"), us / 1000, us % 1000 / 100);

	if (record_value(last->rest, "planned"))
		add(verifying, LEVEL_FAIL, "boot", "reboot without vfio.early=dry-run", "was a dry run: nothing was bound");
	else if (!strcmp(status, "ok"))
		add(verifying, LEVEL_PASS, "boot", NULL, counts);
	else if (!strcmp(status, "nothing"))
		add(verifying, LEVEL_PASS, "boot", NULL, "nothing was asked for");
	else if (!strcmp(status, "off"))
		add(verifying, verifying->found->configured ? LEVEL_FAIL : LEVEL_PASS, "boot",
		    verifying->found->configured ? "reboot without it" : NULL,
		    text_of("bound nothing: %s", value_or(last, "why", "off")));
	else
		add(verifying, LEVEL_FAIL, "boot", NULL, text_of("%s: %s", status, counts));
	if (verifying->machine->kernel && strcmp(kernel, verifying->machine->kernel))
		add(verifying, LEVEL_FAIL, "log", "reboot", text_of("is of another kernel: %s", kernel));
}

/* ---- the records, one by one ---- */

static void verify_bound(struct verifying *verifying, const char *address, const char *driver)
{
	int root = verifying->machine->fd;
	const char *now = root_link_name(root, text_of("sys/bus/pci/devices/%s/driver", address));

	struct pci_address parsed;

	if (!address_of_name(address, &parsed))
		add(verifying, LEVEL_FAIL, "log", NULL, text_of("has no address of a device: %s", address));
	else if (!root_exists(root, text_of("sys/bus/pci/devices/%s", address)))
		add_unsettled(verifying, address_shown(address), NULL, "is gone since the boot");
	else if (!text_same(now, driver))
		add_unsettled(verifying, address_shown(address), "set managed='no' in the VM, or find who rebound it",
		    text_of("is on %s now; the boot had left it on %s", now ? now : "no driver", driver));
	else
		add(verifying, LEVEL_PASS, address_shown(address), NULL, text_of("%s, no host driver has it", driver));
}

static void verify_device(struct verifying *verifying, const struct log_record *record)
{
	const char *result = value_or(record, "result", "?"), *address = value_or(record, "address", "?");
	bool optional = text_same(boot_log_value(&verifying->found->log, "result", "status"), "ok");

	if (!strcmp(result, "bound") || !strcmp(result, "already"))
		verify_bound(verifying, address, value_or(record, "after", "?"));
	else if (!strcmp(result, "absent"))
		add(verifying, optional ? LEVEL_WARN : LEVEL_FAIL, "match", "see: vfio-early check",
		    text_of("%s: %s was not there", value_or(record, "for", "?"), value_or(record, "select", "?")));
	else if (!strcmp(result, "failed"))
		add(verifying, LEVEL_FAIL, address_shown(address), text_of("see what the kernel says: dmesg | grep %s", address_shown(address)),
		    text_of("was not bound: %s failed with %s", value_or(record, "step", "?"), value_or(record, "errno", "?")));
	else if (!strcmp(result, "returned"))
		add(verifying, LEVEL_FAIL, address_shown(address), NULL, "was returned to the host: its group failed");
}

/* Whether VFIO would give the group to somebody now. */
static void verify_viable(struct verifying *verifying, const char *id)
{
	struct inventory inventory;
	struct devices members = { 0 };

	inventory_open(verifying->machine->fd, verifying->machine->kernel, &inventory);
	if (!inventory_group(&inventory, id, &members)) {
		add_unsettled(verifying, text_of("group %s", id), NULL, "is gone since the boot");
		return;
	}
	for_each(member, &members)
		if (device_serves_vfio(verifying->machine->fd, *member)) {
			add(verifying, LEVEL_WARN, text_of("group %s", id), NULL,
			    text_of("%s stays with %s, which hands it to VMs itself", address_shown((*member)->name),
				    (*member)->driver));
		} else if (!driver_keeps_viable(*member, (*member)->driver, inventory.kernel)) {
			add_unsettled(verifying, text_of("group %s", id),
			    text_of("unbind %s, or find who bound it", address_shown((*member)->name)),
			    text_of("no VM can use it: %s is on %s", address_shown((*member)->name), (*member)->driver));
			return;
		}
	add(verifying, LEVEL_PASS, text_of("group %s", id), NULL, "usable by a VM");
}

static void verify_group(struct verifying *verifying, const struct log_record *record)
{
	const char *result = value_or(record, "result", "?"), *id = value_or(record, "id", "-");

	if (!strcmp(result, "viable"))
		verify_viable(verifying, id);
	else if (!strcmp(result, "refused"))
		add(verifying, LEVEL_FAIL, value_or(record, "refusal", "refused"), value_or(record, "remedy", NULL),
		    text_of("group %s was not taken, because of %s", id, value_or(record, "because", "?")));
}

static void verify_records(struct verifying *verifying)
{
	for_each(record, &verifying->found->log.records) {
		if (!strcmp(record->event, "error"))
			add(verifying, LEVEL_FAIL, "configuration", NULL,
			    text_of("%s: %s", value_or(record, "at", "?"), value_or(record, "text", "?")));
		else if (!strcmp(record->event, "warning"))
			add(verifying, LEVEL_WARN, "boot", NULL, value_or(record, "text", "?"));
		else if (!strcmp(record->event, "device"))
			verify_device(verifying, record);
		else if (!strcmp(record->event, "group"))
			verify_group(verifying, record);
	}
}

/* ---- has anything changed since? ---- */

/* The running kernel's image; NULL: there is none. */
static const struct image *next_image(const struct verifying *verifying)
{
	for_each(image, &verifying->images)
		if (text_same(image->kernel, verifying->machine->kernel))
			return image;
	return NULL;
}

static void verify_stamp(struct verifying *verifying)
{
	const char *booted = boot_log_value(&verifying->found->log, "vfio-early", "stamp");
	const struct image *next = next_image(verifying);

	if (!booted || !verifying->is_known)
		return;
	if (!verifying->content.stamp) {
		add(verifying, LEVEL_WARN, "configuration", "sudo vfio-early verify", "is not for this user to read");
		return;
	}
	if (!strcmp(booted, verifying->content.stamp))
		return;
	verifying->found->reboot_pending = true;
	if (next && next->finished && text_same(next->stamp, verifying->content.stamp))
		add(verifying, LEVEL_WARN, "configuration", "reboot", "changed after this boot: reboot pending");
	else
		add(verifying, LEVEL_WARN, "configuration", verifying->rebuild, "changed since the image was built");
}

static const char *how_to_rebuild(const struct verifying *verifying)
{
	const struct image *image = next_image(verifying);
	struct rebuild rebuild = rebuild_of(verifying->machine, &verifying->images.booting, image);

	return rebuild.command ? text_of("%s && sudo reboot", rebuild_shown(&rebuild)) :
	       text_of("%s, and reboot", rebuild_shown(&rebuild));
}

void verify_machine(const struct machine *machine, struct verification *found)
{
	struct verifying verifying = { .machine = machine, .found = found };

	*found = (struct verification) { 0 };
	images_find(machine, &verifying.images);
	verifying.rebuild = how_to_rebuild(&verifying);
	verifying.is_known = machine->kernel && !content_of(machine, machine->kernel, &verifying.content);
	found->configured = asks_or_tries(machine, &verifying.content);
	boot_log_read(machine, &found->log);
	if (!found->log.found) {
		verify_absence(&verifying);
	} else if (found->log.problem) {
		add(&verifying, LEVEL_FAIL, "log", NULL, text_of("/" BOOT_LOG " %s", found->log.problem));
	} else {
		verify_status(&verifying);
		verify_records(&verifying);
		verify_stamp(&verifying);
	}
}
