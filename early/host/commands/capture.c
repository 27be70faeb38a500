/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early capture: the machine as a tree for --root, with what the decision reads and nothing personal. */
#include "capture/capturing.h"
#include "commands.h"
#include "options.h"

#include <errno.h>
#include <string.h>

static const char help[] =
	"Usage: vfio-early capture DIR [--root DIR]\n"
	"\n"
	"Writes what vfio-early reads of this machine into a new directory: its PCI\n"
	"devices, IOMMU groups, drivers, configuration and the log of the boot, for\n"
	"--root of other commands or for a bug report. Left out are serial numbers,\n"
	"names of hosts and disks, MAC addresses, UUIDs and the text of comments.\n"
	"\n"
	"  --root DIR  capture the system below DIR\n"
	"\n"
	"Exit code: 0, 2 wrong usage, 3 cannot run.\n";

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, const char **directory, const char **root)
{
	static const struct option known[] = {
		{ "root", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = next_option("capture", count, arguments, "", known)) != -1) {
		switch (which) {
		case 'r':
			*root = optarg;
			break;
		case 'h':
			say_lines(help);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	*directory = optind + 1 == count ? arguments[optind] : "";
	if (!**directory)
		return complain(EXIT_USAGE, "capture: one directory is needed, which is made: vfio-early capture DIR");
	return -1;
}

static void tell(const struct capture *capture, const char *directory)
{
	if (capture->unread.count)
		complain(EXIT_FINE, "capture: %zu file%s could not be read without root rights: %s%s",
			 capture->unread.count, capture->unread.count == 1 ? "" : "s", capture->unread.items[0],
			 capture->unread.count == 1 ? "" : " and others");
	say("Wrote %s: %zu PCI functions, %zu IOMMU groups, %zu file%s with settings.\n"
	    "Look through it before you give it away: grep -rI . %s/etc %s/proc\n"
	    "\nNext: vfio-early check --root %s\n", directory, capture->devices, capture->groups, capture->settings,
	    capture->settings == 1 ? "" : "s", directory, directory, directory);
}

int command_capture(int count, char **arguments)
{
	const char *directory = NULL, *root = NULL;
	struct capture capture = { 0 };
	int code = read_options(count, arguments, &directory, &root), error;

	if (code >= 0)
		return code;
	code = machine_open("capture", root, NULL, &capture.machine);
	if (code)
		return code;
	if (!root_exists(capture.machine.fd, "sys/bus/pci/devices"))
		return complain(EXIT_CANNOT_RUN, "capture: %s: there is none",
				machine_path(&capture.machine, "sys/bus/pci/devices"));
	error = new_tree_open(directory, &capture.to);
	if (error == -ENOTEMPTY)
		return complain(EXIT_CANNOT_RUN, "capture: %s: is not empty: name a new directory", directory);
	if (error)
		return complain(EXIT_CANNOT_RUN, "capture: %s: %s", directory, strerror(-error));
	capture_sysfs(&capture);
	capture_proc(&capture);
	capture_configuration(&capture);
	capture_old_settings(&capture);
	if (capture.to.error)
		return complain(EXIT_CANNOT_RUN, "capture: %s: not complete: %s", directory, strerror(-capture.to.error));
	tell(&capture, directory);
	return EXIT_FINE;
}
