/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which images lack the configuration as it is now, and having them built anew. */
#include "rebuild.h"
#include "configuration.h"
#include "content.h"
#include "images.h"

#include "../machine/run.h"
#include "../machine/write.h"
#include "../../core/root.h"
#include "../../core/text.h"

/* A builder that had nothing of ours to put in (dracut without a configuration) leaves the record as it was. */
static bool forget_old_records(const struct machine *machine, const struct strings *kernels)
{
	struct config config = { 0 };

	configuration_read(machine, &config);
	if (config.requests.count)
		return false;
	for_each(kernel, kernels)
		remove_ours(machine, text_of(RECORDS "/%s", *kernel));
	return true;
}

/* The kernels whose image does not have the configuration as it is now. */
static struct strings stale_images(const struct machine *machine)
{
	struct strings stale = { 0 };
	struct images images;

	images_find(machine, &images);
	for_each(image, &images) {
		struct content content;

		if (content_of(machine, image->kernel, &content))
			continue;
		if (!image->stamp && !content_asks_for_devices(&content))
			continue;
		if (!image->finished || !text_same(image->stamp, content.stamp))
			strings_add(&stale, image->kernel);
	}
	return stale;
}

void warn_of_sealed_keys(const struct machine *machine)
{
	static bool warned;

	if (!warned && (root_contains(machine->fd, "etc/crypttab", "tpm2-device") ||
			root_contains(machine->fd, "proc/cmdline", "tpm2-device") ||
			root_exists(machine->fd, "usr/bin/clevis-luks-unlock")))
		complain(EXIT_FINE, "a key in the TPM may be sealed to the image or its command line: "
			 "have a passphrase or the recovery key ready for the next boot");
	warned = true;
}

/* Whether nothing is stale any more. */
static bool is_done(const struct machine *machine, bool failed, struct strings *left)
{
	*left = stale_images(machine);
	return !left->count || (!failed && forget_old_records(machine, left));
}

enum exit_code rebuild_images(const struct machine *machine, bool only_say, bool written)
{
	struct strings stale = stale_images(machine), left;
	const char *command = rebuild_command(machine, NULL), *before = written ? "configuration written, " : "";
	bool failed;

	if (!stale.count)
		return EXIT_FINE;
	warn_of_sealed_keys(machine);
	if (only_say) {
		say("images to rebuild: %s%s%s\n", strings_join(&stale, ", "), command ? ", with: " : "", command ? command : "");
		return EXIT_FINE;
	}
	if (!command)
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt (neither update-initramfs nor "
				"dracut is here), next boot unchanged", before, strings_join(&stale, ", "));
	say("%s ...\n", command);
	failed = run(machine, command);
	if (failed)
		complain(EXIT_PROBLEM, "%s failed: is there room in /boot?", command);
	if (!is_done(machine, failed, &left))
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt, next boot unchanged", before,
				strings_join(&left, ", "));
	if (failed)		/* what comes behind the images, such as copying them to where they are booted from */
		return complain(EXIT_PROBLEM, "%simages for %s rebuilt, but perhaps not in their place", before,
				strings_join(&stale, ", "));
	say("rebuilt images: %s. Nothing changes before the reboot.\n", strings_join(&stale, ", "));
	return EXIT_FINE;
}
