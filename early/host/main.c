/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early: the command on the host; a table of its commands. */
#include "commands/commands.h"

#include "../core/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name;
	int (*run)(int count, char **arguments);
	const char *purpose;
} commands[] = {
	{ "list", command_list, "show groups, devices, and what the next boot does with them" },
	{ "check", command_check, "say what the next boot will do, and what stands against it" },
	{ "enable", command_enable, "give devices to vfio-pci from the next boot on" },
	{ "disable", command_disable, "give them back to the host" },
	{ "verify", command_verify, "say whether the boot did what was asked, and whether it is still so" },
	{ "image", command_image, "say what belongs into an initramfs image (for image builders)" },
	{ "import", command_import, "translate the settings of other tools into a configuration" },
	{ "capture", command_capture, "write a tree of this machine for --root, without anything personal" },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* What nobody can read has not been said. */
static int finish(int code)
{
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_CANNOT_RUN, "standard output: %s", strerror(errno));
	return code;
}

static int help(void)
{
	size_t i;

	puts("Usage: vfio-early COMMAND [OPTION...]\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].purpose);
	puts("\n  --help, --version\n\nvfio-early COMMAND --help tells more.");
	return EXIT_FINE;
}

int main(int count, char **arguments)
{
	size_t i;

	if (count < 2)
		return complain(EXIT_USAGE, "which command? see vfio-early --help");
	if (!strcmp(arguments[1], "--help"))
		return finish(help());
	if (!strcmp(arguments[1], "--version")) {
		puts("vfio-early " VERSION);
		return finish(EXIT_FINE);
	}
	for (i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(arguments[1], commands[i].name)) {
			arguments[1] = (char *)text_of("vfio-early: %s", commands[i].name);	/* for getopt's complaints */
			return finish(commands[i].run(count - 1, arguments + 1));
		}
	return complain(EXIT_USAGE, "no such command: %s: see vfio-early --help", arguments[1]);
}
