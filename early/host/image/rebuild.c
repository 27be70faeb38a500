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

/* The images that lack the configuration, and what makes them anew. */
struct work {
	struct images images;		/* only those */
	bool has_kernel;
	struct strings kernels, commands, shown;
	bool runs;			/* nothing of it is left to a person */
};

static void add_work(const struct machine *machine, const struct image *image, struct work *work)
{
	struct rebuild rebuild = rebuild_of(machine, &work->images.booting, image);
	const char *command = rebuild.all ? rebuild.all : rebuild.command;

	*list_add(&work->images) = *image;
	strings_add_once(&work->kernels, image->kernel);
	if (command)
		strings_add_once(&work->commands, command);
	strings_add_once(&work->shown, rebuild_shown(&rebuild));
	work->runs &= rebuild.runs;
}

/* all: whatever they have, the configuration will be another. */
static struct work find_work(const struct machine *machine, bool all)
{
	struct work work = { .runs = true };
	struct images images;

	images_find(machine, &images);
	work.images.booting = images.booting;
	work.has_kernel = images.count;
	for_each(image, &images) {
		struct content content;

		if (content_of(machine, image->kernel, &content))
			continue;
		if (all || ((image->stamp || content_asks_for_devices(&content)) &&
			    (!image->finished || !text_same(image->stamp, content.stamp))))
			add_work(machine, image, &work);
	}
	return work;
}

/* A builder that had nothing of ours to put in (dracut without a configuration) leaves the notes as they were. */
static bool had_nothing_to_do(const struct machine *machine, const struct images *left, time_t start)
{
	for_each(image, left) {
		struct content content;
		struct stat status;

		if (content_of(machine, image->kernel, &content) || content_asks_for_devices(&content))
			return false;
		/* FAT knows the time to two seconds */
		if (image->file && (status_of(machine->fd, image->file, true, &status) || status.st_mtim.tv_sec < start - 2))
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
		if (image->elsewhere)
			return text_of(": this machine boots /%s, not /%s; to do: %s", image->file, image->elsewhere,
				       remedy_of(machine, &left->booting, image));
	return "";
}

static void warn_of_unknown_place(const struct booting *booting)
{
	if (booting->images.count)
		return;
	complain(EXIT_FINE, "whether that is what this machine boots cannot be told (%s): see after the reboot, "
		 "with vfio-early verify", booting->named ? text_of("%s is not mounted", booting->named) : booting->evidence);
}

static enum exit_code run_builders(const struct machine *machine, const struct work *work, const char *before)
{
	const char *kernels = strings_join(&work->kernels, ", ");
	time_t start = time(NULL);
	struct work left;
	bool failed = false;

	for_each(command, &work->commands) {
		say("%s ...\n", *command);
		if (run(machine, *command)) {
			complain(EXIT_PROBLEM, "%s failed: is there room in /boot?", *command);
			failed = true;
		}
	}
	left = find_work(machine, false);
	if (left.images.count && (failed || !had_nothing_to_do(machine, &left.images, start)))
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt, next boot unchanged%s", before,
				strings_join(&left.kernels, ", "), why_left(machine, &left.images));
	if (failed)		/* what comes behind the images, such as copying them to where they are booted from */
		return complain(EXIT_PROBLEM, "%simages for %s rebuilt, but perhaps not in their place", before, kernels);
	say("rebuilt images: %s. Nothing changes before the reboot.\n", kernels);
	warn_of_unknown_place(&work->images.booting);
	return EXIT_FINE;
}

enum exit_code rebuild_images(const struct machine *machine, struct rebuilding how)
{
	struct work work = find_work(machine, how.dry_run && how.written);
	const char *before = how.written && !how.dry_run ? "configuration written, " : "";
	const char *kernels = strings_join(&work.kernels, ", "), *shown = strings_join(&work.shown, "; ");

	if (!how.left && how.written && !work.has_kernel)
		return complain(EXIT_PROBLEM, "%sno image rebuilt: /lib/modules has no kernel that is installed", before);
	if (!kernels)
		return EXIT_FINE;
	warn_of_sealed_keys(machine);
	if (how.left || how.dry_run)
		say("images to rebuild: %s, with: %s\n", kernels, work.runs ? strings_join(&work.commands, "; ") : shown);
	if (how.left || (how.dry_run && work.runs))
		return EXIT_FINE;
	if (!work.runs)
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt, next boot unchanged; left to do: %s", before,
				kernels, shown);
	return run_builders(machine, &work, before);
}
