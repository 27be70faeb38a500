/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "enable" and "disable" share: options, being alone on the machine, and the images. */
#include "switching.h"
#include "options.h"

#include "../image/rebuild.h"
#include "../machine/lock.h"
#include "../../core/root.h"

#include <unistd.h>

int switching_options(int count, char **arguments, const char *help, struct switching *switching)
{
	static const struct option known[] = {
		{ "kernel-params", no_argument, NULL, 'k' }, { "no-image", no_argument, NULL, 'i' },
		{ "dry-run", no_argument, NULL, 'n' }, { "root", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = next_option(switching->name, count, arguments, "", known)) != -1) {
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
			say_lines(help);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind == count && !switching->kernel_params)
		return complain(EXIT_USAGE, "%s: which device? See vfio-early list", switching->name);
	return -1;
}

enum exit_code switching_open(struct switching *switching, struct machine *machine)
{
	enum exit_code code = machine_open(switching->name, switching->root, NULL, machine);

	if (code)
		return code;
	if (machine->live && !switching->dry_run && geteuid())
		return complain(EXIT_CANNOT_RUN, "%s: needs root rights: use sudo", switching->name);
	if (!root_exists(machine->fd, "sys/bus/pci/devices"))
		return complain(EXIT_CANNOT_RUN, "%s: %s: there is none: is /sys mounted?", switching->name,
				machine_path(machine, "sys/bus/pci/devices"));
	if (!switching->dry_run && !lock_machine(machine))
		return complain(EXIT_CANNOT_RUN, "%s: another enable or disable is at work: try again when it has ended",
				switching->name);
	switching->no_image |= !machine->live;	/* a builder of a tree is not run */
	return EXIT_FINE;
}

enum exit_code switching_images(const struct switching *switching, const struct machine *machine)
{
	return rebuild_images(machine, (struct rebuilding) {
		.left = switching->no_image, .dry_run = switching->dry_run, .written = switching->has_written,
	});
}

void say_next(const struct switching *switching)
{
	say("next: %sreboot, then: vfio-early verify\n", switching->no_image ? "rebuild the images, " : "");
}
