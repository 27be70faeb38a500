/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ways the kernel parameters of this machine have: those of what has booted it. */
#include "boot_loader.h"

#include "boot_loader/loaders.h"
#include "../image/booting.h"
#include "../machine/path.h"
#include "../machine/run.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

static const struct boot_loader *const written[] = {
	&boot_loader_grub, &boot_loader_kernel_install, &boot_loader_entries,
};

#define WRITTEN_COUNT (sizeof(written) / sizeof(written[0]))

const struct boot_loader *boot_loader_named(const char *name)
{
	const struct boot_loader *typed;
	size_t i;

	for (i = 0; i < WRITTEN_COUNT; i++)
		if (!strcmp(written[i]->name, name))
			return written[i];
	for (typed = boot_loaders_typed; typed->name; typed++)
		if (!strcmp(typed->name, name))
			return typed;
	return NULL;
}

static void use(struct boot_loaders *ways, const char *name)
{
	*list_add(ways) = boot_loader_named(name);
}

/* What edits the files of loader/entries on this machine, or has them made anew: a tool of their owner, or we. */
static void use_entries(const struct machine *machine, struct boot_loaders *ways)
{
	if (program_path(machine, "sdbootutil")) {
		use(ways, "sdbootutil");
		return;
	}
	/* entries that have the parameter must be known before the command line is planned */
	use(ways, boot_loader_entries.name);
	if (kernel_install_is_here(machine))
		use(ways, boot_loader_kernel_install.name);
}

static void use_grub(const struct machine *machine, struct boot_loaders *ways)
{
	bool grubby = program_path(machine, "grubby");

	if (grubby && (grub_has_entries(machine) || !grub_is_here(machine)))
		use(ways, "grubby");
	else if (grub_has_entries(machine))
		use_entries(machine, ways);
	else if (grub_is_here(machine))
		use(ways, boot_loader_grub.name);
}

/* A unified image's name is its maker's: dracut(8) for linux-VERSION-ID.efi, kernel-install(8) for TOKEN-VERSION.efi. */
static const char *maker_of(const struct machine *machine, const struct booting *booting)
{
	const char *image = booting->images.count ? path_name(*booting->images.items) : booting->named ? booting->named : "";

	if (root_exists(machine->fd, "etc/default/limine"))
		return "limine";
	if (program_path(machine, "dracut") && text_begins(image, "linux-"))
		return "dracut";
	if (root_exists(machine->fd, KERNEL_INSTALL) && machine->kernel && strstr(image, machine->kernel))
		return "kernel-install's image";
	if (program_path(machine, "mkinitcpio"))
		return "mkinitcpio";
	return program_path(machine, "dracut") ? "dracut" : "unified image";
}

static void use_others(const struct machine *machine, struct boot_loaders *ways)
{
	if (root_exists(machine->fd, "etc/default/limine"))
		use(ways, "limine");
	if (root_exists(machine->fd, "boot/refind_linux.conf"))
		use(ways, "refind");
}

/* Entries that are there may be of another loader than GRUB; a unified image may be left from a trial. */
static void use_all(const struct machine *machine, const struct booting *booting, struct boot_loaders *ways)
{
	use_grub(machine, ways);
	if ((!ways->count || *ways->items == &boot_loader_grub) && loader_entries(machine).count)
		use_entries(machine, ways);
	use_others(machine, ways);
	for_each(entry, &booting->entries)
		if (!ways->count && name_ends(entry->source, ".efi"))
			use(ways, maker_of(machine, booting));
}

static void use_what_booted(const struct machine *machine, const struct booting *booting, struct boot_loaders *ways)
{
	switch (booting->loader) {
	case LOADER_GRUB:
		use_grub(machine, ways);
		break;
	case LOADER_SYSTEMD_BOOT:
		use_entries(machine, ways);
		break;
	case LOADER_STUB:
		use(ways, maker_of(machine, booting));
		break;
	case LOADER_OTHER:
		use_others(machine, ways);
		break;
	case LOADER_UNKNOWN:
		use_all(machine, booting, ways);
		break;
	}
}

struct boot_loaders boot_loaders_of(const struct machine *machine)
{
	struct boot_loaders ways = { 0 };
	struct booting booting;

	booting_find(machine, &booting);
	switch (booting.keeper) {
	case KEEPER_OSTREE:
		if (program_path(machine, "rpm-ostree"))
			use(&ways, "rpm-ostree");
		break;
	case KEEPER_NIXOS:
		use(&ways, "nixos");
		break;
	case KEEPER_KERNELSTUB:
		use(&ways, "kernelstub");
		break;
	case KEEPER_PROXMOX_BOOT_TOOL:
		/* with GRUB it is part of update-grub */
		if (booting.loader == LOADER_GRUB || booting.loader == LOADER_UNKNOWN)
			use_grub(machine, &ways);
		if (booting.loader != LOADER_GRUB)
			use(&ways, "proxmox-boot-tool");
		break;
	case KEEPER_NONE:
		use_what_booted(machine, &booting, &ways);
		break;
	}
	return ways;
}

const char *boot_loader_typed(const char *template, const char *parameter)
{
	struct text text = { 0 };

	for (; *template; template++)
		text_print(&text, "%s", *template == '%' ? parameter : keep_bytes(template, 1));
	return text.bytes;
}
