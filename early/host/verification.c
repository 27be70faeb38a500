/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of the boot against the live system and the configuration. */
#include "verification.h"
#include "content.h"
#include "images.h"
#include "rehearse.h"

#include "../core/config.h"
#include "../core/decide.h"
#include "../core/faults.h"
#include "../core/inventory.h"
#include "../core/record.h"
#include "../core/root.h"
#include "../core/stages.h"
#include "../core/text.h"

#include <stdlib.h>
#include <string.h>

struct verifying {
	const struct machine *machine;
	struct verification *found;
	struct content content;		/* of an image that would be built now */
	const char *rebuild;		/* "sudo update-initramfs ... && reboot" */
};

static void add(struct verifying *verifying, enum level level, const char *check, const char *fix, const char *text)
{
	findings_add(&verifying->found->findings, level, check, fix, "%s", text);
}

static bool is_configured(const struct machine *machine, const struct content *content)
{
	struct config config = { 0 };
	struct manifest manifest = { 0 };
	struct cmdline cmdline = read_cmdline(machine->fd, &config.faults);

	for_each(ids, &content->modules.ids)
		*list_add(&manifest.ids) = *ids;
	config_read_files(machine->config_fd, &config);
	config_read_cmdline(machine->fd, &cmdline, &config);
	config_read_ids(&cmdline, &manifest, &config);
	return config.requests.count;
}

/* ---- was there a boot, and did it go as asked? ---- */

static void verify_absence(struct verifying *verifying)
{
	if (verifying->found->configured)
		add(verifying, LEVEL_FAIL, "boot", verifying->rebuild,
		    text_of("no log: the booted image %s has no vfio-early", verifying->machine->kernel));
	else
		add(verifying, LEVEL_PASS, "boot", NULL, "nothing is configured");
}

static void verify_status(struct verifying *verifying)
{
	const struct boot_log *log = &verifying->found->log;
	const char *status = boot_log_value(log, "result", "status"), *us = boot_log_value(log, "result", "us");
	const char *kernel = boot_log_value(log, "vfio-early", "kernel"), *why = boot_log_value(log, "result", "why");
	unsigned long time = us ? strtoul(us, NULL, 10) : 0;
	const char *counts = text_of("%s, %s bound, %s already, %lu.%lu ms", kernel ? kernel : "?",
				     boot_log_value(log, "result", "bound"), boot_log_value(log, "result", "already"),
				     time / 1000, time % 1000 / 100);

	if (!strcmp(status, "ok"))
		add(verifying, LEVEL_PASS, "boot", NULL, counts);
	else if (!strcmp(status, "nothing"))
		add(verifying, LEVEL_PASS, "boot", NULL, "nothing was asked for");
	else if (!strcmp(status, "off"))
		add(verifying, verifying->found->configured ? LEVEL_FAIL : LEVEL_PASS, "boot",
		    verifying->found->configured ? "reboot without it" : NULL,
		    text_of("bound nothing: %s", why ? why : "off"));
	else
		add(verifying, LEVEL_FAIL, "boot", NULL, text_of("%s: %s", status, counts));
	if (kernel && verifying->machine->kernel && strcmp(kernel, verifying->machine->kernel))
		add(verifying, LEVEL_FAIL, "log", "reboot", text_of("is of another kernel: %s", kernel));
}

/* ---- the records, one by one ---- */

static const char *value_or(const struct log_record *record, const char *key, const char *otherwise)
{
	const char *value = record_value(record->rest, key);

	return value ? value : otherwise;
}

static const char *short_name(const char *address)
{
	return text_begins(address, "0000:") ? address + strlen("0000:") : address;
}

static void verify_bound(struct verifying *verifying, const char *address, const char *driver)
{
	int root = verifying->machine->fd;
	const char *now = root_link_name(root, text_of("sys/bus/pci/devices/%s/driver", address));

	if (!root_exists(root, text_of("sys/bus/pci/devices/%s", address)))
		add(verifying, LEVEL_FAIL, short_name(address), NULL, "is gone since the boot");
	else if (!text_same(now, driver))
		add(verifying, LEVEL_FAIL, short_name(address), "set managed='no' in the VM, or find who rebound it",
		    text_of("is on %s now; the boot had left it on %s", now ? now : "no driver", driver));
	else
		add(verifying, LEVEL_PASS, short_name(address), NULL, text_of("%s, no host driver has it", driver));
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
		add(verifying, LEVEL_FAIL, short_name(address), NULL,
		    text_of("was not bound: %s failed with %s", value_or(record, "step", "?"), value_or(record, "errno", "?")));
	else if (!strcmp(result, "returned"))
		add(verifying, LEVEL_FAIL, short_name(address), NULL, "was returned to the host: its group failed");
}

/* Whether VFIO would give the group to somebody now. */
static void verify_viable(struct verifying *verifying, const char *id)
{
	struct inventory inventory;
	struct devices members = { 0 };

	inventory_open(verifying->machine->fd, verifying->machine->kernel, &inventory);
	if (!inventory_group(&inventory, id, &members)) {
		add(verifying, LEVEL_FAIL, text_of("group %s", id), NULL, "is gone since the boot");
		return;
	}
	for_each(member, &members)
		if (!driver_keeps_viable(*member, (*member)->driver, inventory.kernel)) {
			add(verifying, LEVEL_FAIL, text_of("group %s", id),
			    text_of("unbind %s, or find who bound it", short_name((*member)->name)),
			    text_of("no VM can use it: %s is on %s", short_name((*member)->name), (*member)->driver));
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
		add(verifying, LEVEL_FAIL, value_or(record, "refusal", "refused"), record_value(record->rest, "remedy"),
		    text_of("group %s was not taken, because of %s", id, value_or(record, "because", "?")));
}

static void verify_records(struct verifying *verifying)
{
	for_each(record, &verifying->found->log.records) {
		if (!strcmp(record->event, "error"))
			add(verifying, LEVEL_FAIL, "configuration", NULL,
			    text_of("%s: %s", value_or(record, "at", "?"), value_or(record, "text", "?")));
		else if (!strcmp(record->event, "device"))
			verify_device(verifying, record);
		else if (!strcmp(record->event, "group"))
			verify_group(verifying, record);
	}
}

/* ---- has anything changed since? ---- */

static const char *stamp_of_next_image(const struct machine *machine)
{
	struct images images;

	images_find(machine, &images);
	for_each(image, &images)
		if (text_same(image->kernel, machine->kernel) && image->finished)
			return image->stamp;
	return NULL;
}

static void verify_stamp(struct verifying *verifying)
{
	const char *booted = boot_log_value(&verifying->found->log, "vfio-early", "stamp");

	if (!booted || !verifying->content.stamp || !strcmp(booted, verifying->content.stamp))
		return;
	verifying->found->reboot_pending = true;
	if (text_same(stamp_of_next_image(verifying->machine), verifying->content.stamp))
		add(verifying, LEVEL_WARN, "configuration", "reboot", "changed after this boot: reboot pending");
	else
		add(verifying, LEVEL_WARN, "configuration", verifying->rebuild, "changed since the image was built");
}

void verify_machine(const struct machine *machine, struct verification *found)
{
	struct verifying verifying = { .machine = machine, .found = found };
	const char *command = machine->kernel ? rebuild_command(machine, machine->kernel) : NULL;

	*found = (struct verification) { 0 };
	verifying.rebuild = command ? text_of("sudo %s && sudo reboot", command) : "rebuild the image, and reboot";
	if (!machine->kernel || content_of(machine, machine->kernel, &verifying.content))
		verifying.content.stamp = NULL;
	found->configured = is_configured(machine, &verifying.content);
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
