/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early: the command on the host. Finds the command that its first argument names, and runs it. */
#include "commands/commands.h"
#include "machine/near.h"
#include "machine/say.h"
#include "../core/text.h"

#include <stdbool.h>
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

static void overview(void)
{
	size_t i;

	say("Usage: vfio-early COMMAND [OPTION...]\n\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		say("  %-*s %s\n", NAME_WIDTH, commands[i].name, commands[i].purpose);
	say("\n  -h, --help; -V, --version\n\nvfio-early COMMAND --help tells more.\n");
}

static bool is_either(const char *word, const char *one, const char *other)
{
	return !strcmp(word, one) || !strcmp(word, other);
}

static int no_such_command(const char *word)
{
	const char *names[COMMAND_COUNT];
	size_t i;

	for (i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i].name;
	return complain(EXIT_USAGE, "no such command: %s; %s", word,
			near_hint(word, strlen(word), names, COMMAND_COUNT, ""));
}

static int run_command(int count, char **arguments)
{
	size_t i;

	for (i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(arguments[0], commands[i].name))
			return commands[i].run(count, arguments);
	return no_such_command(arguments[0]);
}

int main(int count, char **arguments)
{
	bool wants_help = count > 1 && (!strcmp(arguments[1], "help") || is_either(arguments[1], "-h", "--help"));
	char *help[] = { arguments[count - 1], (char *)"--help", NULL };

	if (count < 2 || (wants_help && count == 2)) {
		overview();
		return said(count < 2 ? EXIT_USAGE : EXIT_FINE);
	}
	if (wants_help)
		return said(run_command(2, help));
	if (is_either(arguments[1], "-V", "--version")) {
		say("vfio-early " VERSION "\n");
		return said(EXIT_FINE);
	}
	return said(run_command(count - 1, arguments + 1));
}
