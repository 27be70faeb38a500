/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which boot loader has this machine's kernel parameters. */
#include "boot_loader.h"

#include <string.h>

/*
 * The first that is found counts: Fedora has GRUB, too, but keeps parameters in entries that grubby knows best; with
 * /etc/kernel/cmdline entries are made of it.
 */
static const struct boot_loader *const boot_loaders[] = {
	&boot_loader_grubby, &boot_loader_kernel_cmdline, &boot_loader_grub, &boot_loader_entries,
};

#define BOOT_LOADER_COUNT (sizeof(boot_loaders) / sizeof(boot_loaders[0]))

const struct boot_loader *boot_loader_of(const struct machine *machine)
{
	size_t i;

	for (i = 0; i < BOOT_LOADER_COUNT; i++)
		if (boot_loaders[i]->detect(machine))
			return boot_loaders[i];
	return NULL;
}

const struct boot_loader *boot_loader_named(const char *name)
{
	size_t i;

	for (i = 0; i < BOOT_LOADER_COUNT; i++)
		if (!strcmp(boot_loaders[i]->name, name))
			return boot_loaders[i];
	return NULL;
}
