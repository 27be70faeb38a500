/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which images lack the configuration as it is now, and having them built anew. */
#include "rebuild.h"
#include "builders.h"
#include "content.h"

#include "../machine/run.h"
#include "../machine/status.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <time.h>

/* Images that do not have the configuration as it is now, or as it will be (all). */
static struct images stale_images(const struct machine *machine, bool all)
{
	struct images images, stale = { 0 };

	images_find(machine, &images);
	stale.booting = images.booting;
	for_each(image, &images) {
		struct content content;

		if (content_of(machine, image->kernel, &content))
			continue;
		if (!all && !image->stamp && !content_asks_for_devices(&content))
			continue;
		if (all || !image->finished || !text_same(image->stamp, content.stamp))
			*list_add(&stale) = *image;
	}
	return stale;
}

static const char *kernels_of(const struct images *images)
{
	struct strings kernels = { 0 };

	for_each(image, images)
		strings_add_once(&kernels, image->kernel);
	return strings_join(&kernels, ", ");
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

/* What rebuilds images, and whether all of it may be run here. */
struct work {
	struct strings commands, shown;
	bool runs;
};

static struct work work_for(const struct machine *machine, const struct images *images)
{
	struct work work = { .runs = true };

	for_each(image, images) {
		struct rebuild rebuild = rebuild_of(machine, &images->booting, image);

		rebuild.command = rebuild.all ? rebuild.all : rebuild.command;
		work.runs &= rebuild.runs;
		if (rebuild.command)
			strings_add_once(&work.commands, rebuild.command);
		strings_add_once(&work.shown, rebuild_shown(&rebuild));
	}
	return work;
}

/* As far as FAT can tell. */
static bool is_written_since(const struct machine *machine, const struct image *image, time_t start)
{
	struct stat status;

	return !image->file || (!status_of(machine->fd, image->file, true, &status) && status.st_mtim.tv_sec >= start - 2);
}

/* A builder that had nothing of ours to put in (dracut without a configuration) leaves the notes as they were. */
static bool had_nothing_to_do(const struct machine *machine, const struct images *left, time_t start)
{
	for_each(image, left) {
		struct content content;

		if (!is_written_since(machine, image, start) || content_of(machine, image->kernel, &content) || content_asks_for_devices(&content))
			return false;
	}
	for_each(image, left)
		image_notes_forget(machine, image->kernel);
	return true;
}

/* What was built may be another image than what boots. */
static const char *why_left(const struct machine *machine, const struct images *left)
{
	for_each(image, left)
		if (image->elsewhere) {
			const char *copy = copy_command(machine, &left->booting, image);

			return text_of(": this machine boots /%s, not /%s%s%s", image->file, image->elsewhere,
				       copy ? "; run: sudo " : "", copy ? copy : "");
		}
	return "";
}

static void warn_of_unknown_place(const struct machine *machine)
{
	struct booting booting;

	booting_find(machine, &booting);
	if (booting.images.count)
		return;
	if (booting.named)
		complain(EXIT_FINE, "this machine boots %s, which is at no place that is mounted: "
			 "it has to be a copy of what was rebuilt", booting.named);
	else
		complain(EXIT_FINE, "which image this machine boots cannot be told (%s): it has to be what was rebuilt",
			 booting.evidence);
}

static enum exit_code run_builders(const struct machine *machine, const struct images *stale, const struct work *work,
				   const char *before)
{
	time_t start = time(NULL);
	struct images left;
	bool failed = false;

	for_each(command, &work->commands) {
		say("%s ...\n", *command);
		if (run(machine, *command)) {
			complain(EXIT_PROBLEM, "%s failed: is there room in /boot?", *command);
			failed = true;
		}
	}
	left = stale_images(machine, false);
	if (left.count && (failed || !had_nothing_to_do(machine, &left, start)))
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt, next boot unchanged%s", before,
				kernels_of(&left), why_left(machine, &left));
	if (failed)		/* what comes behind the images, such as copying them to where they are booted from */
		return complain(EXIT_PROBLEM, "%simages for %s rebuilt, but perhaps not in their place", before,
				kernels_of(stale));
	say("rebuilt images: %s. Nothing changes before the reboot.\n", kernels_of(stale));
	warn_of_unknown_place(machine);
	return EXIT_FINE;
}

static bool has_kernel(const struct machine *machine)
{
	struct images images;

	images_find(machine, &images);
	return images.count;
}

enum exit_code rebuild_images(const struct machine *machine, enum rebuilding how, bool written)
{
	struct images stale = stale_images(machine, how == REBUILD_DRY_RUN && written);
	struct work work = work_for(machine, &stale);
	const char *before = written && how == REBUILD_NOW ? "configuration written, " : "";

	if (how != REBUILD_LEFT && written && !has_kernel(machine))
		return complain(EXIT_PROBLEM, "%sno image rebuilt: /lib/modules has no kernel that is installed", before);
	if (!stale.count)
		return EXIT_FINE;
	warn_of_sealed_keys(machine);
	if (how != REBUILD_NOW)
		say("images to rebuild: %s%s%s\n", kernels_of(&stale), work.commands.count ? ", with: " : "",
		    work.commands.count ? strings_join(work.runs ? &work.commands : &work.shown, "; ") : "");
	if (how == REBUILD_LEFT || (how == REBUILD_DRY_RUN && work.runs))
		return EXIT_FINE;
	if (!work.runs)
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt, next boot unchanged; left to do: %s", before,
				kernels_of(&stale), strings_join(&work.shown, "; "));
	return run_builders(machine, &stale, &work, before);
}
