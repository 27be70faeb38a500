/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files in loader/entries, which systemd-boot reads, and GRUB on some distributions: "options" lines have the
 * parameters. kernel-install makes such a file for each kernel, of a command line of its own: that is edited, too, or
 * the next kernel, and the next image, would come without the parameter.
 */
#include "lines.h"
#include "loaders.h"

#include "../../image/entries.h"
#include "../../machine/path.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

#define CMDLINE_FILE "etc/kernel/cmdline"
#define VENDORS_CMDLINE_FILE "usr/lib/kernel/cmdline"

static const char *options_of(const char *line)
{
	line += strspn(line, " \t");
	return text_begins(line, "options") && strchr(" \t\r\n", line[strlen("options")]) ? line + strlen("options") : NULL;
}

static const char *words_of(const char *line)
{
	return line[strspn(line, " \t")] == '#' ? NULL : line;
}

static const struct parameter_lines options = { .words_of = options_of, .key = "options " },
				    words = { .words_of = words_of, .key = "" };

static bool has_key(const char *text, const char *key)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *at = text + strspn(text, " \t");

		if (text_begins(at, key) && strchr(" \t\r\n", at[strlen(key)]))
			return true;
	}
	return false;
}

/* Other systems and tools have a program of the firmware's instead. */
static bool boots_linux(const struct machine *machine, const char *entry)
{
	const char *text = lines_read(machine, entry, NULL);

	return text && (has_key(text, "linux") || (has_key(text, "options") && !has_key(text, "efi") && !has_key(text, "uki")));
}

struct strings loader_entries(const struct machine *machine)
{
	static const char *const directories[] = {
		"boot/loader/entries", "efi/loader/entries", "boot/efi/loader/entries",
	};
	struct strings entries = { 0 };
	size_t i;

	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		struct strings names = { 0 };

		root_list(machine->fd, directories[i], &names);
		for_each(name, &names) {
			const char *entry = text_of("%s/%s", directories[i], *name);

			if (name_ends(*name, ".conf") && boots_linux(machine, entry))
				strings_add(&entries, entry);
		}
	}
	return entries;
}

/* The kernel that an entry is for, by the name that kernel-install gives it: TOKEN-VERSION.conf. NULL: another name. */
static const char *version_of(const char *entry)
{
	const char *name = without_tries(path_name(entry)), *dash = name;

	while ((dash = strchr(dash, '-'))) {
		dash++;
		if (dash[0] >= '0' && dash[0] <= '9' && dash[strspn(dash, "0123456789")] == '.')
			return keep_bytes(dash, strlen(dash) - strlen(".conf"));
	}
	return NULL;
}

/* A file of that name, or of the same but for the tries that are counted in it; else that of the same kernel. */
static const char *found_again(const struct machine *machine, const char *place)
{
	struct strings entries = loader_entries(machine);
	const char *version = version_of(place), *found = NULL;

	if (root_exists(machine->fd, place))
		return place;
	for_each(entry, &entries) {
		if (!strcmp(without_tries(path_name(*entry)), without_tries(path_name(place))))
			return *entry;
		if (version && text_same(version_of(*entry), version))
			found = *entry;
	}
	return found;
}

static void add(const struct machine *machine, struct parameter_plan *plan)
{
	struct strings entries = loader_entries(machine);

	for_each(entry, &entries)
		lines_plan_with(machine, &options, (struct parameter_edit) {
			.loader = &boot_loader_entries, .place = *entry, .path = *entry }, plan);
	if (!entries.count)
		strings_add(&plan->obstacles, "no entry of the boot loader is found in /boot, /efi or /boot/efi: "
			    "are they mounted, and may this user read them?");
}

/* An entry that is no longer there has no parameter to be taken out. */
static void take_back(const struct machine *machine, const char *entry, struct parameter_plan *plan)
{
	const char *path = found_again(machine, entry);

	if (path)
		lines_plan_without(machine, &options, (struct parameter_edit) { .path = path }, plan);
}

const struct boot_loader boot_loader_entries = {
	.name = "entries", .add = add, .take_back = take_back,
};

/* ---- kernel-install ---- */

/* Those that kernel-install has made: of a kernel that is installed. */
static struct strings made_entries(const struct machine *machine)
{
	struct strings entries = loader_entries(machine), made = { 0 };

	for_each(entry, &entries)
		if (version_of(*entry) && root_exists(machine->fd, text_of("lib/modules/%s", version_of(*entry))))
			strings_add(&made, *entry);
	return made;
}

bool kernel_install_is_here(const struct machine *machine)
{
	return root_exists(machine->fd, KERNEL_INSTALL) && made_entries(machine).count;
}

/* Without a file kernel-install takes the words of the boot in which it runs: those of this kernel's entry are better. */
static const char *words_for_a_file(const struct machine *machine, struct parameter_plan *plan)
{
	const char *text = lines_read(machine, VENDORS_CMDLINE_FILE, plan);
	struct strings made = made_entries(machine);
	const char *best = *made.items;

	if (text)
		return lines_words(&words, text);
	for_each(entry, &made)
		if (text_same(version_of(*entry), machine->kernel))
			best = *entry;
	text = lines_read(machine, best, plan);
	return text ? lines_words(&options, text) : "";
}

/* The place of a file that we make is its whole text: "etc/kernel/cmdline=root=...". */
static void add_to_command_line(const struct machine *machine, struct parameter_plan *plan)
{
	struct parameter_edit edit = {
		.loader = &boot_loader_kernel_install, .place = CMDLINE_FILE, .path = CMDLINE_FILE,
	};

	if (root_exists(machine->fd, CMDLINE_FILE)) {
		lines_plan_with(machine, &words, edit, plan);
		return;
	}
	edit.content = lines_with(&words, text_of("%s\n", words_for_a_file(machine, plan)), plan->parameter);
	edit.place = text_of(CMDLINE_FILE "=%s", keep_bytes(edit.content, strcspn(edit.content, "\n")));
	edit.is_ours = true;
	plan_edit(plan, &edit);
}

static bool is_kept(const struct machine *machine, const struct parameter_plan *plan, const char *entry)
{
	for_each(kept, &plan->kept)
		if (text_same(found_again(machine, *kept), entry))
			return true;
	return false;
}

/*
 * Entries that were made since have the parameter from here. A file of ours goes as it came, unless this boot has the
 * parameter: then kernel-install would take it from there.
 */
static void take_back_from_command_line(const struct machine *machine, const char *place, struct parameter_plan *plan)
{
	const char *text = lines_read(machine, CMDLINE_FILE, plan), *ours = strchr(place, '=');
	struct strings made = made_entries(machine);
	struct parameter_edit edit = { .path = CMDLINE_FILE, .is_ours = true };

	if (text && ours && text_same(text, text_of("%s\n", ours + 1)) &&
	    !root_contains(machine->fd, "proc/cmdline", plan->parameter))
		plan_edit(plan, &edit);
	else
		lines_plan_without(machine, &words, (struct parameter_edit) { .path = CMDLINE_FILE }, plan);
	for_each(entry, &made)
		if (!is_kept(machine, plan, *entry))
			lines_plan_without(machine, &options, (struct parameter_edit) { .path = *entry }, plan);
}

const struct boot_loader boot_loader_kernel_install = {
	.name = "kernel-install", .add = add_to_command_line, .take_back = take_back_from_command_line,
};
