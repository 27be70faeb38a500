/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early: the command on the host. Finds the command that its first argument names, and runs it. */
#include "commands/commands.h"
#include "machine/say.h"
#include "../core/text.h"

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

#define NAME_WIDTH 10
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	size_t i;

	say("Usage: vfio-early COMMAND [OPTION...]\n\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		say("  %-*s %s\n", NAME_WIDTH, commands[i].name, commands[i].purpose);
	say("\n  --help, --version\n\nvfio-early COMMAND --help tells more.\n");
	return EXIT_FINE;
}

int main(int count, char **arguments)
{
	size_t i;

	if (count < 2)
		return complain(EXIT_USAGE, "which command? see vfio-early --help");
	if (!strcmp(arguments[1], "--help"))
		return said(help());
	if (!strcmp(arguments[1], "--version")) {
		say("vfio-early " VERSION "\n");
		return said(EXIT_FINE);
	}
	for (i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(arguments[1], commands[i].name)) {
			arguments[1] = (char *)text_of("vfio-early: %s", commands[i].name);	/* for getopt's complaints */
			return said(commands[i].run(count - 1, arguments + 1));
		}
	return complain(EXIT_USAGE, "no such command: %s: see vfio-early --help", arguments[1]);
}
