/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "enable" and "disable" share: options, their file, and the images. */
#include "switching.h"
#include "../machine/atomic_file.h"
#include "../image/configuration.h"
#include "../image/content.h"
#include "../image/images.h"
#include "../machine/run.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_FILE "run/vfio-early.lock"

int switching_options(int count, char **arguments, const char *help, struct switching *switching)
{
	static const struct option known[] = {
		{ "kernel-params", no_argument, NULL, 'k' }, { "no-image", no_argument, NULL, 'i' },
		{ "dry-run", no_argument, NULL, 'n' }, { "root", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = getopt_long(count, arguments, "", known, NULL)) != -1) {
		switch (which) {
		case 'k':
			switching->kernel_params = true;
			break;
		case 'i':
			switching->no_image = true;
			break;
		case 'n':
			switching->dry_run = true;
			break;
		case 'r':
			switching->root = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind == count && !switching->kernel_params)
		return complain(EXIT_USAGE, "%s: which device? See vfio-early list", switching->name);
	return -1;
}

/*
 * Two at once would lose each other's lines. In /run, where nobody else can hold it; without one, or without the right
 * to write there, there is nothing to be kept apart. Held until the process ends, and not by the builder.
 */
static bool is_alone(int root)
{
	int fd = openat(root, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 || !flock(fd, LOCK_EX | LOCK_NB) || errno != EWOULDBLOCK;
}

enum exit_code switching_open(const struct switching *switching, struct machine *machine)
{
	enum exit_code code = machine_open(switching->name, switching->root, NULL, machine);

	if (code)
		return code;
	if (machine->live && !switching->dry_run && geteuid())
		return complain(EXIT_CANNOT_RUN, "%s: needs root rights: use sudo", switching->name);
	if (!root_exists(machine->fd, "sys/bus/pci/devices"))
		return complain(EXIT_CANNOT_RUN, "%s: %s: there is none: is /sys mounted?", switching->name,
				machine_path(machine, "sys/bus/pci/devices"));
	if (!switching->dry_run && !is_alone(machine->fd))
		return complain(EXIT_CANNOT_RUN, "%s: another enable or disable is at work: try again when it has ended",
				switching->name);
	return EXIT_FINE;
}

static enum exit_code cannot(const struct machine *machine, int error)
{
	return complain(EXIT_PROBLEM, "%s: %s; nothing was changed", machine_path(machine, OWN_FILE),
			error == -ELOOP ? "is a symbolic link" : error == -EINVAL ? "is no regular file" : strerror(-error));
}

enum exit_code write_own_file(const struct machine *machine, const char *content)
{
	int error = *content ? write_atomically(machine->fd, OWN_FILE, content, strlen(content)) :
		    remove_durably(machine->fd, OWN_FILE);

	return error ? cannot(machine, error) : EXIT_FINE;
}

const char *read_own_file(const struct machine *machine)
{
	const char *content = "";
	size_t length;
	int error = root_read(machine->fd, OWN_FILE, OWN_FILE_SIZE_MAX, &content, &length);

	if (error && error != -ENOENT) {
		cannot(machine, error);
		return NULL;
	}
	return error ? "" : content;
}

/* A builder that had nothing of ours to put in (dracut without a configuration) leaves the record as it was. */
static bool forget_old_records(const struct machine *machine, const struct strings *kernels)
{
	struct config config = { 0 };

	configuration_read(machine, &config);
	if (config.requests.count)
		return false;
	for_each(kernel, kernels)
		remove_durably(machine->fd, text_of(RECORDS "/%s", *kernel));
	return true;
}

static bool is_configured(const struct content *content)
{
	return content->config.requests.count || content->modules.ids.count;
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
		if (!image->stamp && !is_configured(&content))
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

enum exit_code rebuild_images(const struct switching *switching, const struct machine *machine)
{
	struct strings stale = stale_images(machine), left;
	const char *command = rebuild_command(machine, NULL), *written = switching->has_written ? "configuration written, " : "";
	bool failed;

	if (!stale.count)
		return EXIT_FINE;
	warn_of_sealed_keys(machine);
	if (switching->dry_run || switching->no_image) {
		printf("images to rebuild: %s%s%s\n", strings_join(&stale, ", "), command ? ", with: " : "", command ? command : "");
		return EXIT_FINE;
	}
	if (!command)
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt (neither update-initramfs nor "
				"dracut is here), next boot unchanged", written, strings_join(&stale, ", "));
	printf("%s ...\n", command);
	failed = run(machine, command);
	if (failed)
		complain(EXIT_PROBLEM, "%s failed: is there room in /boot?", command);
	left = stale_images(machine);
	if (left.count && !failed && forget_old_records(machine, &left))
		left.count = 0;
	if (left.count)
		return complain(EXIT_PROBLEM, "%simages for %s not rebuilt, next boot unchanged", written,
				strings_join(&left, ", "));
	if (failed)		/* what comes behind the images, such as copying them to where they are booted from */
		return complain(EXIT_PROBLEM, "%simages for %s rebuilt, but perhaps not in their place", written,
				strings_join(&stale, ", "));
	printf("rebuilt images: %s. Nothing changes before the reboot.\n", strings_join(&stale, ", "));
	return EXIT_FINE;
}

void say_next(const struct switching *switching)
{
	printf("next: %sreboot, then: vfio-early verify\n", switching->no_image ? "rebuild the images, " : "");
}
