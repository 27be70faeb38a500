/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of a machine, line by line, to texts that tell nothing about its owner. */
#include "redact.h"

#include "../../../core/address.h"
#include "../../../core/cmdline.h"
#include "../../../core/memory.h"
#include "../../../core/record.h"

#include <string.h>

/* ---- how a text is taken apart ---- */

static size_t line_length(const char *text, size_t length, bool continued)
{
	const char *stop = memchr(text, '\n', length), *end = text + length;

	/* the last line has none that continues it */
	while (continued && stop && stop > text && stop[-1] == '\\' && stop + 1 < end)
		stop = memchr(stop + 1, '\n', (size_t)(end - stop - 1));
	return (size_t)((stop ? stop : end) - text);
}

static size_t count_ends(const char *text, size_t length)
{
	size_t count = 0;

	while (length--)
		count += *text++ == '\n';
	return count;
}

static bool is_needed(const struct redaction *redaction, const char *line)
{
	const char *const *beginning = redaction->beginnings;

	while (*beginning && !text_begins(line, *beginning))
		beginning++;
	return *beginning || beginning == redaction->beginnings;
}

static void add_form(struct text *kept, const struct redaction *redaction, const char *line, size_t length)
{
	if (!is_needed(redaction, line))
		return;
	if (redaction->add_form)
		redaction->add_form(kept, line, length);
	else
		text_print(kept, "%s", line);
}

struct text redact(const struct redaction *redaction, const char *text, size_t length)
{
	const char *end = redaction->end ? memmem(text, length, redaction->end, strlen(redaction->end)) : NULL;
	struct text kept = { 0 };
	size_t at, size, before, ends;
	bool any = false;

	if (end)
		length = (size_t)(end - text);
	for (at = 0; at < length; at += size + 1) {
		size = line_length(text + at, length - at, redaction->continued);
		before = kept.length;
		add_form(&kept, redaction, keep_bytes(text + at, size), size);
		any |= kept.length > before;
		ends = !redaction->numbered ? kept.length > before :
		       1 + count_ends(text + at, size) - count_ends(kept.bytes + before, kept.length - before);
		while (ends--)
			text_print(&kept, "\n");
	}
	return any ? kept : (struct text) { 0 };
}

/* ---- configuration ---- */

/*
 * As early/core/config_files.c has it, a comment begins at the start of a line or behind a blank; behind a byte that
 * is no part of a configuration, too: nothing else is read of such a line.
 */
static size_t comment_of(const char *line, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (line[i] == '#' && (!i || line[i - 1] <= ' ' || line[i - 1] >= 0x7f))
			return i + 1;
	return length;
}

static void add_configuration(struct text *kept, const char *line, size_t length)
{
	text_add(kept, line, comment_of(line, length));
}

const struct redaction redact_configuration = { .add_form = add_configuration, .numbered = true };
const struct redaction redact_unraid = { .beginnings = { "BIND=" }, .add_form = add_configuration, .numbered = true };

static bool is_about_modules(const char *line)
{
	struct cmdline words = cmdline_parse(line, strlen(line));
	const char *command = words.count > 1 ? words.items[0].name : "", *module;

	if (!strcmp(command, "softdep") || !strcmp(command, "blacklist"))
		return true;
	if (strcmp(command, "options"))
		return false;
	module = words.items[1].name;
	return text_begins(module, "vfio") || list_has("pci-stub,xen-pciback,pciback", module);
}

static void add_modprobe(struct text *kept, const char *line, size_t length)
{
	const char *form = keep_bytes(line, comment_of(line, length));

	if (is_about_modules(form))
		text_print(kept, "%s", form);
}

const struct redaction redact_modprobe = { .add_form = add_modprobe, .numbered = true, .continued = true };

static void add_first_word(struct text *kept, const char *line, size_t length)
{
	(void)length;
	text_add(kept, line, strcspn(line, " \t\r"));
}

const struct redaction redact_driverctl = { .add_form = add_first_word, .end = "\n" };

/*
 * What early/core/manifest.c reads but for the details, which are mount points, interfaces and addresses; and the log
 * of a boot but for the texts of mistakes, which may be anything that stood in a line.
 */
static const struct {
	const char *event, *keys[16];
} records[] = {
	{ "manifest", { "version", "kernel", "by", "stamp", "intel-iommu" } },
	{ "module", { "path", "options" } },
	{ "ids", { "list", "at" } },
	{ "use", { "reason", "address", "path", "id" } },
	{ "vfio-early", { "version", "kernel", "by", "stamp" } },
	{ "error", { "at" } },
	{ "iommu", { "state", "kind", "cause", "remedy" } },
	{ "device", { "address", "path", "id", "class", "select", "group", "for", "holds", "why", "now-at", "before", "after",
		      "errno", "step", "result" } },
	{ "group", { "id", "result", "refusal", "because", "remedy" } },
	{ "warning", { "text" } },
	{ "result", { "status", "why", "bound", "already", "refused", "failed", "absent", "us", "planned" } },
};

static void add_values(struct text *kept, const char *rest, const char *const *key)
{
	for (; *key; key++) {
		const char *value = record_value(rest, *key);

		if (value)
			record_add(kept, *key, value);
	}
}

static void add_record(struct text *kept, const char *line, size_t length)
{
	const char *event, *rest;
	size_t i;

	if (!record_next(&line, line + length, &event, &rest))
		return;
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		if (!strcmp(records[i].event, event)) {
			record_begin(kept, event);
			add_values(kept, rest, records[i].keys);
		}
}

const struct redaction redact_records = { .add_form = add_record };

/* ---- the kernel's texts ---- */

const struct redaction redact_kernel_config = { .beginnings = { "CONFIG_INTEL_IOMMU_DEFAULT_ON" } };
const struct redaction redact_uevent = {
	.beginnings = { "DRIVER=", "PCI_CLASS=", "PCI_ID=", "PCI_SUBSYS_ID=", "PCI_SLOT_NAME=", "MODALIAS=" },
};

static void add_processor(struct text *kept, const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length);
	struct cmdline flags;

	if (!text_begins(line, "flags"))
		text_print(kept, "%s", line);
	if (!text_begins(line, "flags") || !colon)
		return;
	flags = cmdline_parse(colon + 1, strlen(colon + 1));
	text_print(kept, "flags\t\t:");
	for_each(flag, &flags)
		if (list_has("vmx,svm,hypervisor", flag->name))
			text_print(kept, " %s", flag->name);
}

const struct redaction redact_cpuinfo = {
	.beginnings = { "vendor_id\t", "flags\t" }, .add_form = add_processor, .end = "\n\n",
};

/* "24:  1  0  IR-PCI-MSI 163840-edge  eth0": what stands behind the counts, once. */
static void add_interrupt(struct text *kept, const char *line, size_t length)
{
	const char *form;

	(void)length;
	line += strspn(line, " \t");
	line += strspn(line, "0123456789");
	if (*line++ != ':')
		return;
	line += strspn(line, "0123456789 \t");
	form = text_of("0: %s", keep_bytes(line, strcspn(line, " \t")));
	if (strlen(form) > 3 && !(kept->length && strstr(kept->bytes, text_of("%s\n", form))))
		text_print(kept, "%s", form);
}

const struct redaction redact_interrupts = { .add_form = add_interrupt };

static void add_memory(struct text *kept, const char *line, size_t length)
{
	const char *name = strstr(line, " : ");
	struct pci_address address;

	(void)length;
	name = name ? name + strlen(" : ") : "";
	if (address_of_name(name, &address) || text_begins(name, "PCI Bus ") ||
	    list_has("BOOTFB,efifb,vesafb,simplefb", name))
		text_print(kept, "%s", line);
}

const struct redaction redact_iomem = { .add_form = add_memory };

static void add_version(struct text *kept, const char *line, size_t length)
{
	const char *release = line + strlen("Linux version ");

	(void)length;
	text_add(kept, line, (size_t)(release - line) + strcspn(release, " \t"));
	text_print(kept, "%s", strstr(line, "Debian") ? " Debian" : "");
}

const struct redaction redact_version = { .beginnings = { "Linux version " }, .add_form = add_version, .end = "\n" };
