/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is any text of a machine, of which "vfio-early capture" keeps only what is known to be needed. */
#include "../fuzz.h"

#include "../../../early/host/commands/capture/redact.h"

#include <assert.h>
#include <string.h>

/* What was made for nobody to be found in has nothing in it that a second time takes out. */
static void check(const struct redaction *redaction, const char *text, size_t length)
{
	struct text once = redact(redaction, text, length), twice;

	if (!once.length)
		return;
	twice = redact(redaction, once.bytes, once.length);
	assert(twice.length == once.length && !memcmp(twice.bytes, once.bytes, once.length));
}

static void check_words(const char *text, size_t length)
{
	static const char *names[] = { "vfio_pci", "vfio_iommu_type1", "nouveau" };
	static const struct strings modules = { names, 3 };
	struct text once = redact_cmdline(text, length, &modules);
	struct text twice = redact_cmdline(once.bytes, once.length, &modules);

	assert(twice.length == once.length && !memcmp(twice.bytes, once.bytes, once.length));
}

void one_input(const char *bytes, size_t length)
{
	static const struct redaction *const all[] = {
		&redact_configuration, &redact_modprobe, &redact_unraid, &redact_driverctl, &redact_records,
		&redact_kernel_config, &redact_uevent, &redact_cpuinfo, &redact_interrupts, &redact_iomem, &redact_version,
	};
	const char *text = keep_bytes(bytes, length);	/* as root_read() gives it */
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		check(all[i], text, length);
	check_words(text, length);
}
