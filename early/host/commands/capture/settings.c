/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a capture has of /proc, of our configuration and of other tools' settings. */
#include "capturing.h"
#include "redact.h"

#include "../../image/boot_log.h"
#include "../../image/content.h"
#include "../../machine/modprobe_d.h"
#include "../../uses/uses.h"
#include "../../../core/address.h"
#include "../../../core/config.h"
#include "../../../core/errors.h"
#include "../../../core/manifest.h"
#include "../../../core/text.h"

#include <string.h>

void capture_proc(struct capture *capture)
{
	size_t length;
	const char *cmdline = copy_read(capture, "proc/cmdline", &length);

	if (cmdline) {
		struct text text = redact_cmdline(cmdline, length, &capture->modules);

		new_tree_file(&capture->to, "proc/cmdline", text.bytes, text.length);
	}
	copy_file(capture, "proc/sys/kernel/osrelease");
	copy_redacted(capture, "proc/version", &redact_version);
	copy_redacted(capture, "proc/cpuinfo", &redact_cpuinfo);
	copy_redacted(capture, "proc/interrupts", &redact_interrupts);
	copy_redacted(capture, "proc/iomem", &redact_iomem);
	if (root_exists(capture->machine.fd, "proc/vmcore"))
		new_tree_file(&capture->to, "proc/vmcore", "", 0);
}

/* What other tools are told: a check compares it with our configuration. */
void capture_old_settings(struct capture *capture)
{
	struct modprobe_files files = modprobe_files(&capture->machine);
	struct strings overrides = { 0 };
	struct pci_address address;

	for_each(file, &files)
		capture->settings += copy_redacted(capture, file->path, &redact_modprobe);
	root_list(capture->machine.fd, "etc/driverctl.d", &overrides);
	for_each(name, &overrides)
		if (address_of_name(text_begins(*name, "pci-") ? *name + 4 : *name, &address))
			capture->settings += copy_redacted(capture, text_of("etc/driverctl.d/%s", *name), &redact_driverctl);
	capture->settings += copy_redacted(capture, "boot/config/vfio-pci.cfg", &redact_unraid);
}

/* What an image that is built now would have; of a machine that does not run, what its image has. */
static void capture_manifest(struct capture *capture)
{
	const struct machine *machine = &capture->machine;
	struct host_uses uses;
	struct content content;
	const char *manifest;
	struct text text;

	if (!root_exists(machine->fd, "proc/self/mountinfo") || !machine->kernel) {
		copy_redacted(capture, MANIFEST_FILE, &redact_records);
		return;
	}
	if (content_of(machine, machine->kernel, &content))
		content.modules.files.count = 0;	/* a capture goes without them */
	uses = host_uses_now(machine);
	manifest = content_records(&content, &uses, BUILDER_CAPTURE);
	text = redact(&redact_records, manifest, strlen(manifest));
	new_tree_file(&capture->to, MANIFEST_FILE, text.bytes, text.length);
}

void capture_configuration(struct capture *capture)
{
	struct strings files = config_files(capture->machine.config_fd, &(struct errors) { 0 });

	new_tree_directory(&capture->to, "etc");
	for_each(path, &files)
		capture->settings += copy_redacted(capture, *path, &redact_configuration);
	capture_manifest(capture);
	copy_redacted(capture, BOOT_LOG, &redact_records);
	if (capture->machine.kernel)
		copy_redacted(capture, text_of("boot/config-%s", capture->machine.kernel), &redact_kernel_config);
}
