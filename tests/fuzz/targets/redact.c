/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is any text of a machine, of which "vfio-early capture" keeps only what is known to be needed. */
#include "../fuzz.h"

#include "../../../early/host/commands/capture/redact.h"

#include <assert.h>
#include <string.h>

typedef struct text redaction(const char *text, size_t length);

/* What was made for nobody to be found in has nothing in it that a second time takes out. */
static void check(redaction *redact, const char *text, size_t length)
{
	struct text once = redact(text, length), twice;

	/* bytes behind a NUL and quotes in quotes, which are in none of these texts, may go the second time */
	if (!once.length || memchr(text, '\0', length) || strstr(text, "\"\""))
		return;
	twice = redact(once.bytes, once.length);
	assert(twice.length == once.length && !memcmp(twice.bytes, once.bytes, once.length));
}

static struct text redact_words(const char *text, size_t length)
{
	static const char *names[] = { "vfio_pci", "vfio_iommu_type1" };
	static const struct strings modules = { names, 2 };

	return redact_cmdline(text, length, &modules);
}

void one_input(const char *bytes, size_t length)
{
	static redaction *const all[] = {
		redact_words, redact_configuration, redact_modprobe, redact_unraid, redact_manifest,
		redact_kernel_config, redact_uevent, redact_cpuinfo, redact_interrupts, redact_iomem,
	};
	const char *text = keep_bytes(bytes, length);	/* as root_read() gives it */
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		check(all[i], text, length);
	redact_version(text, length);
}
