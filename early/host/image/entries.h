/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ENTRIES_H
#define VFIO_EARLY_ENTRIES_H

#include "../machine/machine.h"

#include <stddef.h>

/* One thing that a boot loader offers: an entry of grub.cfg, a file of loader/entries, or a unified image. */
struct boot_entry {
	const char *source;		/* below the root: where it stands; a unified image is its own source */
	const char *kernel;		/* as it is written there, without a device: "/vmlinuz-linux"; NULL: a unified image */
	const char *image;		/* its initramfs, as it is written there; NULL: it has none */
};

struct boot_entries {
	struct boot_entry *items;
	size_t count;
	bool unreadable;		/* this user may not read all of them */
};

/* All that can be seen of this machine: files of other loaders than GRUB and systemd-boot are not read. */
struct boot_entries boot_entries_find(const struct machine *machine);

/*
 * Where a file is that a loader names by its place on a partition ("/@/boot/initrd.img", "\EFI\Linux\x.efi",
 * "(hd0,gpt2)/initrd"): below the root, what a link beside it leads to. NULL: at no place that is mounted. Kept.
 */
const char *boot_file(const struct machine *machine, const char *written);

/* A path as a loader writes it, with slashes and without a device in front: "(hd0,gpt2)/x" is "/x". Kept. */
const char *boot_path(const char *written);

/* Whether it stands beside an initramfs: microcode, or files that ostree lays over it. */
bool is_beside_image(const char *written);

/*
 * Whether an entry is for a kernel of that version: by the names of its files (vmlinuz-VERSION, TOKEN/VERSION/linux,
 * linux-VERSION-MACHINEID.efi, TOKEN-VERSION+3.efi), or by the name of its package (Arch: vmlinuz-linux).
 */
bool entry_is_for(const struct machine *machine, const struct boot_entry *entry, const char *kernel);

/* A file name without the tries that boot counting adds before its ending: "x+3-1.efi" is "x.efi". Kept. */
const char *without_tries(const char *name);

#endif
