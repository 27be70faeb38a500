/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of a machine to texts that tell nothing about its owner. */
#include "redact.h"

#include "../../../core/address.h"
#include "../../../core/cmdline.h"
#include "../../../core/memory.h"
#include "../../../core/root.h"

#include <ctype.h>
#include <string.h>

/* One line of a text, without its end. */
struct line {
	const char *at;
	size_t length;
};

static bool next_line(const char **cursor, const char *end, struct line *line)
{
	const char *stop;

	if (*cursor >= end)
		return false;
	stop = memchr(*cursor, '\n', (size_t)(end - *cursor));
	line->at = *cursor;
	line->length = (size_t)((stop ? stop : end) - *cursor);
	*cursor = stop ? stop + 1 : end;
	return true;
}

static bool begins(const struct line *line, const char *beginning)
{
	return line->length >= strlen(beginning) && !memcmp(line->at, beginning, strlen(beginning));
}

static bool begins_with_any(const struct line *line, const char *const *beginnings)
{
	for (; *beginnings; beginnings++)
		if (begins(line, *beginnings))
			return true;
	return false;
}

static void add_line(struct text *text, const struct line *line)
{
	text_add(text, line->at, line->length);
	text_add(text, "\n", 1);
}

static struct text lines_that_begin(const char *text, size_t length, const char *const *beginnings)
{
	const char *cursor = text;
	struct text kept = { 0 };
	struct line line;

	while (next_line(&cursor, text + length, &line))
		if (begins_with_any(&line, beginnings))
			add_line(&kept, &line);
	return kept;
}

static const char *trimmed(const struct line *line)
{
	size_t start = 0;

	while (start < line->length && isspace((unsigned char)line->at[start]))
		start++;
	return keep_bytes(line->at + start, line->length - start);
}

/* ---- the kernel command line ---- */

static bool is_hex(const char *text, size_t count)
{
	while (count--)
		if (!isxdigit((unsigned char)*text++))
			return false;
	return true;
}

/* The beginning of a UUID, or a MAC address. */
static bool names_one_thing(const char *text)
{
	size_t pairs;

	for (; *text; text++) {
		if (is_hex(text, 8) && text[8] == '-' && is_hex(text + 9, 4))
			return true;
		for (pairs = 0; pairs < 6 && is_hex(text + 3 * pairs, 2); pairs++)
			if (pairs < 5 && text[3 * pairs + 2] != ':' && text[3 * pairs + 2] != '-')
				break;
		if (pairs == 6)
			return true;
	}
	return false;
}

static bool is_parameter_of(const struct strings *modules, const char *name)
{
	const char *dot = strchr(name, '.');

	for_each(module, modules)
		if (dot && same_name(name, (size_t)(dot - name), *module))
			return true;
	return false;
}

static bool is_recovery(const struct kernel_word *word)
{
	if (word->value && list_has("systemd.unit,rd.systemd.unit", word->name))
		return text_begins(word->value, "rescue") || text_begins(word->value, "emergency");
	return list_has("s,S,1,-b,single,rescue,emergency,recovery,break,rd.break,init", word->name);
}

static bool is_needed(const struct kernel_word *word, const struct strings *modules)
{
	const char *name = word->name;

	if (word->value && names_one_thing(word->value))
		return false;
	if (is_recovery(word))
		return true;
	if (word->for_init)
		return false;
	return text_begins(name, "vfio") || strstr(name, "iommu") || text_begins(name, "pci") ||
	       text_begins(name, "xen-pciback.") || text_begins(name, "xen_pciback.") ||
	       text_begins(name, "rd.driver.") || list_has("modprobe.blacklist,module_blacklist,efi,elfcorehdr", name) ||
	       is_parameter_of(modules, name);
}

/* Where a word begins, with the quote before it. */
static size_t start_of(const struct kernel_word *word, const char *text)
{
	size_t start = word->column - 1;

	return start && text[start - 1] == '"' ? start - 1 : start;
}

static void put_word(char *line, const char *text, size_t length, const struct kernel_word *word)
{
	size_t start = start_of(word, text), end = word->column - 1 + strlen(word->name), slash;

	if (word->value)
		end = word->value_column - 1 + strlen(word->value);
	/* of a program only the name: its directory may be a person's */
	if (word->value && !strcmp(word->name, "init") && strchr(word->value, '/')) {
		slash = word->value_column - 1 + (size_t)(strrchr(word->value, '/') - word->value);
		memcpy(line + word->column - 1, text + word->column - 1, 5);
		memcpy(line + word->column + 4, text + slash, end - slash);
		return;
	}
	if (end < length && text[end] == '"')
		end++;
	memcpy(line + start, text + start, end - start);
}

struct text redact_cmdline(const char *text, size_t length, const struct strings *modules)
{
	struct text kept = { 0 };
	bool for_init = false;
	struct cmdline words;
	char *line;

	/* the newline is /proc's, and would stand in an open quote */
	if (length && text[length - 1] == '\n')
		length--;
	words = cmdline_parse(text, length);
	line = keep(length + 1);
	memset(line, ' ', length);
	for_each(word, &words) {
		if (!is_needed(word, modules))
			continue;
		put_word(line, text, length, word);
		/* the original has at least this before the first of them */
		if (word->for_init && !for_init)
			line[start_of(word, text) - 3] = line[start_of(word, text) - 2] = '-';
		for_init = word->for_init;
	}
	while (length && line[length - 1] == ' ')
		length--;
	text_add(&kept, line, length);
	text_add(&kept, "\n", 1);
	return kept;
}

/* ---- configuration ---- */

/* As early/core/config_files.c has it: at the start of a line or behind a blank; people write it elsewhere, too. */
static size_t comment_of(const struct line *line)
{
	size_t i;

	for (i = 0; i < line->length; i++)
		if (line->at[i] == '#' && (!i || line->at[i - 1] == ' ' || line->at[i - 1] == '\t'))
			return i + 1;
	return line->length;
}

struct text redact_configuration(const char *text, size_t length)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *cursor = text;
	struct text kept = { 0 };
	struct line line;

	/* the first line may be a comment behind it */
	if (length >= strlen(mark) && !memcmp(text, mark, strlen(mark))) {
		text_add(&kept, mark, strlen(mark));
		cursor += strlen(mark);
	}
	while (next_line(&cursor, text + length, &line)) {
		line.length = comment_of(&line);
		add_line(&kept, &line);
	}
	return kept;
}

static bool is_about_modules(const struct line *line)
{
	const char *text = trimmed(line);
	struct cmdline words = cmdline_parse(text, strlen(text));
	const char *command = words.count > 1 ? words.items[0].name : "", *module;

	if (!strcmp(command, "softdep") || !strcmp(command, "blacklist"))
		return true;
	if (strcmp(command, "options"))
		return false;
	module = words.items[1].name;
	return text_begins(module, "vfio") || list_has("pci-stub,xen-pciback,pciback", module);
}

struct text redact_modprobe(const char *text, size_t length)
{
	bool goes_on = false, is_kept = false, any = false;
	const char *cursor = text;
	struct text kept = { 0 };
	struct line line;

	while (next_line(&cursor, text + length, &line)) {
		is_kept = goes_on ? is_kept : is_about_modules(&line);
		goes_on = line.length && line.at[line.length - 1] == '\\';
		any |= is_kept;
		line.length = comment_of(&line);
		if (is_kept)
			add_line(&kept, &line);
		else
			text_add(&kept, "\n", 1);
	}
	return any ? kept : (struct text) { 0 };
}

struct text redact_unraid(const char *text, size_t length)
{
	struct text lines = lines_that_begin(text, length, (const char *const[]) { "BIND=", NULL });

	return redact_configuration(lines.bytes ? lines.bytes : "", lines.length);
}

/* A record without its detail: mount points, interfaces and addresses are personal. */
static void add_without_detail(struct text *kept, const char *line, size_t length)
{
	const char *detail = memmem(line, length, " detail=", strlen(" detail="));

	text_add(kept, line, detail ? (size_t)(detail - line) : length);
	if (detail)
		text_add(kept, "\n", 1);
}

struct text redact_manifest(const char *text, size_t length)
{
	struct text records = lines_that_begin(text, length, (const char *const[]) { "manifest ", "module ", "ids ", "use ", NULL });
	struct text kept = { 0 };
	size_t at, line;

	for (at = 0; at < records.length; at += line) {
		line = strcspn(records.bytes + at, "\n");
		line += records.bytes[at + line] == '\n';
		add_without_detail(&kept, records.bytes + at, line);
	}
	return kept;
}

/* ---- the kernel's texts ---- */

struct text redact_kernel_config(const char *text, size_t length)
{
	return lines_that_begin(text, length, (const char *const[]) { "CONFIG_INTEL_IOMMU_DEFAULT_ON", NULL });
}

struct text redact_uevent(const char *text, size_t length)
{
	return lines_that_begin(text, length, (const char *const[]) {
		"DRIVER=", "PCI_CLASS=", "PCI_ID=", "PCI_SUBSYS_ID=", "PCI_SLOT_NAME=", "MODALIAS=", NULL
	});
}

static void add_flags(struct text *kept, const char *flags)
{
	struct cmdline words = cmdline_parse(flags, strlen(flags));

	text_print(kept, "flags\t\t:");
	for_each(word, &words)
		if (list_has("vmx,svm,hypervisor", word->name))
			text_print(kept, " %s", word->name);
	text_print(kept, "\n");
}

struct text redact_cpuinfo(const char *text, size_t length)
{
	const char *cursor = text;
	struct text kept = { 0 };
	struct line line;

	while (next_line(&cursor, text + length, &line) && line.length) {
		const char *colon = memchr(line.at, ':', line.length);

		if (begins(&line, "vendor_id\t"))
			add_line(&kept, &line);
		else if (begins(&line, "flags\t") && colon)
			add_flags(&kept, keep_bytes(colon + 1, (size_t)(line.at + line.length - colon - 1)));
	}
	return kept;
}

/* "24:  1  0  IR-PCI-MSI 163840-edge  eth0": what stands behind the counts. */
struct text redact_interrupts(const char *text, size_t length)
{
	struct strings chips = { 0 };
	const char *cursor = text;
	struct text kept = { 0 };
	struct line line;

	while (next_line(&cursor, text + length, &line)) {
		const char *at = trimmed(&line), *chip;

		at += strspn(at, "0123456789");
		if (*at++ != ':')
			continue;
		at += strspn(at, "0123456789 \t");
		chip = keep_bytes(at, strcspn(at, " \t"));
		if (*chip)
			strings_add_once(&chips, chip);
	}
	for_each(chip, &chips)
		text_print(&kept, "0: %s\n", *chip);
	return kept;
}

struct text redact_iomem(const char *text, size_t length)
{
	const char *cursor = text;
	struct pci_address address;
	struct text kept = { 0 };
	struct line line;

	while (next_line(&cursor, text + length, &line)) {
		const char *name = strstr(keep_bytes(line.at, line.length), " : ");

		if (!name)
			continue;
		name += 3;
		if (address_of_name(name, &address) || text_begins(name, "PCI Bus ") ||
		    list_has("BOOTFB,efifb,vesafb,simplefb", name))
			add_line(&kept, &line);
	}
	return kept;
}

struct text redact_version(const char *text, size_t length)
{
	struct cmdline words = cmdline_parse(text, length);
	struct text kept = { 0 };

	text_print(&kept, "Linux version %s%s\n", words.count > 2 ? words.items[2].name : "?",
		   strstr(text, "Debian") ? " Debian" : "");
	return kept;
}
