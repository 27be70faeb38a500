/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who boots this machine, and with which image: from the kernel command line, the variables that loaders leave in
 * the firmware, and the files of loaders that these name.
 */
#include "booting.h"

#include "../machine/path.h"
#include "../machine/running.h"
#include "../../core/cmdline.h"
#include "../../core/decide.h"
#include "../../core/errors.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

/* systemd.io/BOOT_LOADER_INTERFACE; volatile: they are of this boot */
#define LOADER_VARIABLES "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define ATTRIBUTES_SIZE 4		/* before the value: Documentation/filesystems/efivarfs.rst */
#define VARIABLE_SIZE_MAX (64ul * 1024)

/* What this boot has left. */
struct traces {
	const struct machine *machine;
	struct cmdline cmdline;
	const char *loader;		/* LoaderInfo: "systemd-boot 257.8" */
};

/* A text of a loader, which is in UTF-16; NULL: it has left none. */
static const char *loader_variable(const struct machine *machine, const char *name)
{
	const char *content;
	struct text text = { 0 };
	size_t length, i;

	if (root_read(machine->fd, text_of("sys/firmware/efi/efivars/%s" LOADER_VARIABLES, name), VARIABLE_SIZE_MAX,
		      &content, &length))
		return NULL;
	for (i = ATTRIBUTES_SIZE; i + 1 < length && (content[i] || content[i + 1]); i += 2)
		text_add(&text, content[i + 1] ? "?" : content + i, 1);
	return text.bytes;
}

static void add_image(struct traces *traces, struct booting *booting, const char *written)
{
	const char *file = written ? boot_file(traces->machine, written) : NULL;

	if (file)
		strings_add_once(&booting->images, file);
	else if (written)
		booting->named = written;
}

/* The entry that a loader calls so: the name of its file, in lower case or not, without tries. */
static const struct boot_entry *entry_named(const struct booting *booting, const char *id)
{
	for_each(entry, &booting->entries)
		if (id && !strcasecmp(without_tries(path_name(entry->source)), without_tries(id)))
			return entry;
	return NULL;
}

/* A unified image tells its own place, since systemd 257; before, its loader tells its name, or there was no loader. */
static bool is_stub(struct traces *traces, struct booting *booting)
{
	const char *id = loader_variable(traces->machine, "StubImageIdentifier"), *name = "StubImageIdentifier";
	const struct boot_entry *entry;

	if (!id && !loader_variable(traces->machine, "StubInfo"))
		return false;
	booting->loader = LOADER_STUB;
	if (!id && traces->loader) {
		name = "LoaderEntrySelected";
		id = loader_variable(traces->machine, name);
		entry = entry_named(booting, id);
		add_image(traces, booting, entry ? entry->image : NULL);
	} else {
		name = id ? name : "LoaderImageIdentifier";
		id = id ? id : loader_variable(traces->machine, name);
		add_image(traces, booting, id);
	}
	booting->evidence = text_of("%s is %s", name, id ? id : "not set");
	return true;
}

/* systemd-boot tells its entry, which has the initramfs of the next boot, too; one without a kernel is another loader. */
static bool is_selected_entry(struct traces *traces, struct booting *booting)
{
	const char *id = loader_variable(traces->machine, "LoaderEntrySelected");
	const struct boot_entry *entry = entry_named(booting, id);

	if (!entry || !entry->kernel || (traces->loader && !text_begins(traces->loader, "systemd-boot")))
		return false;
	booting->loader = LOADER_SYSTEMD_BOOT;
	booting->entry = entry->source;
	booting->evidence = text_of("LoaderEntrySelected is %s", id);
	add_image(traces, booting, entry->image);
	return true;
}

/* GRUB says which kernel it has loaded; its files say what it loads with that. syslinux and LILO add initrd=, too. */
static bool is_boot_image(struct traces *traces, struct booting *booting)
{
	const char *kernel = cmdline_value(&traces->cmdline, "BOOT_IMAGE");
	bool found = false;

	if (!kernel || cmdline_value(&traces->cmdline, "initrd"))
		return false;
	booting->loader = LOADER_GRUB;
	for_each(entry, &booting->entries)
		if (text_same(entry->kernel, boot_path(kernel))) {
			found = true;
			add_image(traces, booting, entry->image);
			booting->evidence = text_of("BOOT_IMAGE=%s, and /%s%s", kernel, entry->source,
						    entry->image ? "" : ", which has no initrd for it");
		}
	if (!found && booting->keeper == KEEPER_OSTREE && traces->machine->kernel) {	/* it has both files in one directory */
		found = true;
		add_image(traces, booting, text_of("%s/initramfs-%s.img", path_directory(kernel), traces->machine->kernel));
		booting->evidence = text_of("BOOT_IMAGE=%s", kernel);
	}
	if (!found)
		booting->evidence = text_of("BOOT_IMAGE=%s, which no file of GRUB%s has", kernel,
					    booting->entries.unreadable ? " that this user may read" : "");
	return true;
}

/* Of a loader that was no GRUB, or of the firmware itself: relative to its partition. */
static bool is_initrd_word(struct traces *traces, struct booting *booting)
{
	const char *name = NULL;

	for_each(word, &traces->cmdline)
		if (!word->for_init && !strcmp(word->name, "initrd") && word->value && !is_beside_image(word->value))
			name = word->value;
	if (!name)
		return false;
	for_each(entry, &booting->entries)
		if (entry->image && text_same(boot_path(entry->image), boot_path(name)))
			booting->entry = entry->source;
	booting->loader = LOADER_OTHER;
	if (traces->loader ? text_begins(traces->loader, "systemd-boot") : booting->entry || booting->keeper)
		booting->loader = LOADER_SYSTEMD_BOOT;
	booting->evidence = text_of("initrd=%s", name);
	add_image(traces, booting, name);
	return true;
}

static void only_loader(struct traces *traces, struct booting *booting)
{
	booting->evidence = "neither BOOT_IMAGE= nor initrd= on the kernel command line, nor a loader's EFI variable, tells it";
	if (!traces->loader)
		return;
	booting->loader = text_begins(traces->loader, "systemd-boot") ? LOADER_SYSTEMD_BOOT :
			  text_begins(traces->loader, "GRUB") ? LOADER_GRUB : LOADER_OTHER;
	booting->evidence = text_of("LoaderInfo is %s, but nothing tells the image", traces->loader);
}

/* kernelstub has no part in a boot by GRUB, which is what Pop!_OS has without UEFI. */
static enum boot_keeper keeper_of(const struct traces *traces)
{
	int root = traces->machine->fd;
	const char *initrd = cmdline_value(&traces->cmdline, "initrd");

	if (root_exists(root, "run/ostree-booted") || cmdline_value(&traces->cmdline, "ostree"))
		return KEEPER_OSTREE;
	if (root_exists(root, "etc/NIXOS"))
		return KEEPER_NIXOS;
	if (root_exists(root, "etc/kernel/proxmox-boot-uuids") || (initrd && text_begins(boot_path(initrd), "/EFI/proxmox/")))
		return KEEPER_PROXMOX_BOOT_TOOL;
	if ((root_exists(root, "etc/kernelstub/configuration") || root_exists(root, "usr/bin/kernelstub")) &&
	    !cmdline_value(&traces->cmdline, "BOOT_IMAGE"))
		return KEEPER_KERNELSTUB;
	return KEEPER_NONE;
}

void booting_find(const struct machine *machine, struct booting *booting)
{
	struct traces traces = { .machine = machine };
	struct errors ignored = { 0 };
	bool runs = machine_runs(machine);

	*booting = (struct booting) { .evidence = "this is not the system that was booted here" };
	if (runs)
		traces.cmdline = read_cmdline(machine->fd, &ignored);
	booting->keeper = keeper_of(&traces);
	if (!runs)
		return;
	booting->entries = boot_entries_find(machine);
	traces.loader = loader_variable(machine, "LoaderInfo");
	if (!is_stub(&traces, booting) && !is_selected_entry(&traces, booting) && !is_boot_image(&traces, booting) &&
	    !is_initrd_word(&traces, booting))
		only_loader(&traces, booting);
}
