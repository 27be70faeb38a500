/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early list: every IOMMU group and its devices, what the host has of them, and what the next boot does. */
#include "commands.h"
#include "options.h"
#include "list/listing.h"

#include "../../core/inventory.h"
#include "../../core/selector.h"

#include <string.h>

static const char help[] =
	"Usage: vfio-early list [OPTION...] [SELECTOR]\n"
	"\n"
	"Every IOMMU group with its devices: what the host uses them for, and what the\n"
	"next boot does with them. A selector (01:00.0, 01:00, 00:01.0/00.0, 10de:1b80)\n"
	"or a filter shows the groups that have such a device, and with a display those\n"
	"of its card: sound, USB.\n"
	"\n"
	"  --display, --network, --storage\n"
	"                     groups with such devices\n"
	"  -o, --output LIST  columns: ADDRESS, GROUP, PATH, ID, NAME, CLASS, SLOT,\n"
	"                     DRIVER, DRIVERS, USED-BY, NEXT-BOOT\n"
	"  -l, --list         a plain list instead of a tree\n"
	"  -n, --noheadings   without the line of headings\n"
	"  -J, --json         {\"schema\": 1, \"devices\": [...]}, all columns\n"
	"  --root DIR         the machine below DIR (see vfio-early capture)\n"
	"  --config DIR       with the configuration below DIR\n"
	"\n"
	"Exit code: 0, 1 no such device, 2 wrong usage, 3 no PCI bus to look at.\n";

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, struct list_options *options)
{
	static const struct option known[] = {
		{ "display", no_argument, NULL, 'D' }, { "network", no_argument, NULL, 'N' },
		{ "storage", no_argument, NULL, 'S' }, { "output", required_argument, NULL, 'o' },
		{ "list", no_argument, NULL, 'l' }, { "noheadings", no_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'J' },
		{ "root", required_argument, NULL, 'r' }, { "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = next_option("list", count, arguments, "o:lnJ", known)) != -1) {
		switch (which) {
		case 'D':
			options->classes |= 1u << CLASS_DISPLAY;
			break;
		case 'N':
			options->classes |= 1u << CLASS_NETWORK;
			break;
		case 'S':
			options->classes |= 1u << CLASS_STORAGE;
			break;
		case 'o':
			options->columns = optarg;
			break;
		case 'l':
			options->flat = true;
			break;
		case 'n':
			options->bare = true;
			break;
		case 'J':
			options->json = true;
			break;
		case 'r':
			options->root = optarg;
			break;
		case 'c':
			options->config = optarg;
			break;
		case 'h':
			say_lines(help);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	if (count - optind > 1)
		return complain(EXIT_USAGE, "list: one selector, not %s as well", arguments[optind + 1]);
	options->has_selector = optind < count;
	if (options->has_selector &&
	    !selector_parse(arguments[optind], strlen(arguments[optind]), &options->selector)) {
		const char *guess = selector_guess(arguments[optind], strlen(arguments[optind]));

		return complain(EXIT_USAGE, "list: no selector: %s%s%s", arguments[optind], guess ? "; did you mean " : "",
				guess ? guess : "");
	}
	return -1;
}

int command_list(int count, char **arguments)
{
	struct list_options options = { 0 };
	struct listing listing = { .options = &options };
	struct machine machine;
	int code;

	code = read_options(count, arguments, &options);
	if (code >= 0)
		return code;
	code = listing_columns(&listing);
	if (code)
		return code;
	code = machine_open("list", options.root, options.config, &machine);
	if (code)
		return code;
	listing.machine = &machine;
	rehearse(&machine, NULL, 0, &listing.rehearsal);
	if (!inventory_has_bus(&listing.rehearsal.boot.inventory))
		return complain(EXIT_CANNOT_RUN, "list: %s: there is none: is /sys mounted?",
				machine_path(&machine, "sys/bus/pci/devices"));
	listing_rows(&listing);
	listing_choose(&listing);
	if (!listing_shown(&listing) && (options.classes || options.has_selector))
		return complain(EXIT_PROBLEM, "list: no such device");
	listing_print(&listing);
	if (!options.json)
		listing_advise(&listing);
	return EXIT_FINE;
}
