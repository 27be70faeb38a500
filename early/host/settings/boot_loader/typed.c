/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the parameters belong to a tool that deploys or declares what is booted, or to a person who signs it: what to
 * type there is said, and nothing is run.
 */
#include "loaders.h"

#define LINE_OF "the line in /etc/kernel/cmdline"
/* systemd-stub(7) */
#define ADDON "; or make an addon of it, signed as the image is (ukify build --cmdline=%)"
#define NO_ADDON "; or its addon away"

const struct boot_loader boot_loaders_typed[] = {
	{ .name = "rpm-ostree",
	  .to_add = "sudo rpm-ostree kargs --append-if-missing=%",
	  .to_take_back = "sudo rpm-ostree kargs --delete-if-present=%" },
	{ .name = "nixos",
	  .to_add = "add boot.kernelParams = [ \"%\" ]; to the configuration of the system, then: sudo nixos-rebuild boot",
	  .to_take_back = "take % out of boot.kernelParams in the configuration of the system, then: sudo nixos-rebuild boot" },
	{ .name = "kernelstub",
	  .to_add = "sudo kernelstub -a %",
	  .to_take_back = "sudo kernelstub -d %" },
	{ .name = "proxmox-boot-tool",
	  .to_add = "add % to " LINE_OF ", then: sudo proxmox-boot-tool refresh",
	  .to_take_back = "take % out of " LINE_OF ", then: sudo proxmox-boot-tool refresh" },
	{ .name = "sdbootutil",
	  .to_add = "add % to " LINE_OF ", then: sudo sdbootutil update-all-entries",
	  .to_take_back = "take % out of " LINE_OF ", then: sudo sdbootutil update-all-entries" },
	{ .name = "grubby",
	  .to_add = "sudo grubby --update-kernel=ALL --args=%",
	  .to_take_back = "sudo grubby --update-kernel=ALL --remove-args=%" },
	{ .name = "limine",
	  .to_add = "add % to KERNEL_CMDLINE in /etc/default/limine, then: sudo limine-update",
	  .to_take_back = "take % out of KERNEL_CMDLINE in /etc/default/limine, then: sudo limine-update" },
	{ .name = "refind",
	  .to_add = "add % to the options in /boot/refind_linux.conf",
	  .to_take_back = "take % out of the options in /boot/refind_linux.conf" },
	/* unified images, by who makes them */
	{ .name = "dracut",
	  .to_add = "add kernel_cmdline+=\" % \" to a file in /etc/dracut.conf.d, then: "
		    "sudo dracut --regenerate-all --force" ADDON,
	  .to_take_back = "take % out of /etc/dracut.conf.d, then: sudo dracut --regenerate-all --force" NO_ADDON },
	{ .name = "kernel-install's image",
	  .to_add = "add % to " LINE_OF ", then: sudo kernel-install add-all" ADDON,
	  .to_take_back = "take % out of " LINE_OF ", then: sudo kernel-install add-all" NO_ADDON },
	{ .name = "mkinitcpio",
	  .to_add = "add % to " LINE_OF ", then: sudo mkinitcpio -P" ADDON,
	  .to_take_back = "take % out of " LINE_OF ", then: sudo mkinitcpio -P" NO_ADDON },
	{ .name = "unified image",
	  .to_add = "add % to the command line that the unified image is made with" ADDON,
	  .to_take_back = "take % out of the command line that the unified image is made with" NO_ADDON },
	{ .name = NULL },
};
