/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What verify found, for the text file collector of node-exporter. */
#include "verification.h"

#include "../../machine/write.h"
#include "../../../core/text.h"

#include <stdlib.h>
#include <string.h>

static void gauge(struct text *text, const char *name, const char *help)
{
	text_print(text, "# HELP vfio_early_%s %s\n# TYPE vfio_early_%s gauge\n", name, help, name);
}

static void add_devices(struct text *text, const struct boot_log *log)
{
	static const char *const results[] = { "bound", "already", "refused", "failed", "absent" };
	size_t i;

	gauge(text, "devices", "Devices by what the boot made of them.");
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		const char *value = boot_log_value(log, "result", results[i]);

		text_print(text, "vfio_early_devices{result=\"%s\"} %lu\n", results[i], value ? strtoul(value, NULL, 10) : 0);
	}
}

static void add_duration(struct text *text, const struct boot_log *log)
{
	const char *value = boot_log_value(log, "result", "us");
	unsigned long us = value ? strtoul(value, NULL, 10) : 0;
	char fraction[7] = "000000";
	int i;

	if (!value)
		return;
	gauge(text, "boot_duration_seconds", "How long vfio-early-boot took.");
	for (i = 5; i >= 0; i--, us /= 10)
		fraction[i] = (char)('0' + us % 10);
	text_print(text, "vfio_early_boot_duration_seconds %lu.%s\n", us, fraction);
}

int metrics_write(const struct verification *verification, const char *file)
{
	size_t failures = findings_count(&verification->findings, LEVEL_FAIL);
	struct text text = { 0 };

	gauge(&text, "ok", "Whether verify found nothing wrong.");
	text_print(&text, "vfio_early_ok %u\n", !failures);
	gauge(&text, "findings", "What verify found, by level.");
	text_print(&text, "vfio_early_findings{level=\"fail\"} %zu\nvfio_early_findings{level=\"warn\"} %zu\n", failures,
		   findings_count(&verification->findings, LEVEL_WARN));
	gauge(&text, "reboot_pending", "Whether the configuration has changed since the boot.");
	text_print(&text, "vfio_early_reboot_pending %u\n", verification->reboot_pending);
	add_devices(&text, &verification->log);
	add_duration(&text, &verification->log);
	return write_named(file, text.bytes, text.length);
}
