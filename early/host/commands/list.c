/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early list: every IOMMU group and its devices, what the host has of them, and what the next boot does. */
#include "../uses/claims.h"
#include "commands.h"
#include "list/listing.h"
#include "../machine/names.h"

#include "../../core/address.h"
#include "../../core/inventory.h"
#include "../../core/refusal.h"
#include "../../core/root.h"
#include "../../core/selector.h"
#include "../../core/text.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS_STORAGE 0x01
#define CLASS_NETWORK 0x02
#define CLASS_DISPLAY 0x03
#define TWINS_NAMED 4

static const char help[] =
	"Usage: vfio-early list [OPTION...] [SELECTOR]\n"
	"\n"
	"Every IOMMU group with its devices: what the host uses them for, and what the\n"
	"next boot does with them. A selector (01:00.0, 01:00, 00:01.0/00.0, 10de:1b80)\n"
	"or a filter shows the groups that have such a device.\n"
	"\n"
	"  --display, --network, --storage\n"
	"                     groups with such devices\n"
	"  -o, --output LIST  columns: ADDRESS, GROUP, PATH, ID, NAME, CLASS, SLOT,\n"
	"                     DRIVER, DRIVERS, USED-BY, NEXT-BOOT\n"
	"  -l, --list         a plain list instead of a tree\n"
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
		{ "list", no_argument, NULL, 'l' }, { "json", no_argument, NULL, 'J' },
		{ "root", required_argument, NULL, 'r' }, { "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = getopt_long(count, arguments, "o:lJ", known, NULL)) != -1) {
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
			fputs(help, stdout);
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

/* ---- what the next boot does ---- */

static const char *fate_of_member(const struct group *group, const struct member *member)
{
	switch (member->role) {
	case ROLE_TAKE:
		return group->refusals ? text_of("refused: %s", refusals_joined(group->refusals)) : member->driver;
	case ROLE_LEAVE_DRIVERLESS:
		return group->refusals ? "host" : "no driver";
	case ROLE_BELOW_CONTROLLER:
		return group->refusals ? "host" : "gone";
	case ROLE_LEAVE:
	case ROLE_RELEASE:
		break;
	}
	return "host";
}

static const char *fate_of(const struct rehearsal *rehearsal, const struct device *device)
{
	for_each(group, &rehearsal->boot.decision.groups)
		for_each(member, &group->members)
			if (member->device->is_pci && !address_compare(&member->device->address, &device->address))
				return fate_of_member(group, member);
	for_each(late, &rehearsal->late)
		if ((*late)->name == device->name)
			return "comes later";
	return "host";
}

/* ---- rows ---- */

struct slot {
	const char *name, *address;	/* "0000:01:00": a slot has no function */
};

struct slots {
	struct slot *items;
	size_t count;
};

/* Read once: servers have hundreds. */
static const struct slots *slots_of(const struct machine *machine)
{
	static struct slots slots;
	static bool read;
	struct strings names = { 0 };

	if (read)
		return &slots;
	read = true;
	root_list(machine->fd, "sys/bus/pci/slots", &names);
	for_each(name, &names) {
		const char *address = root_attribute(machine->fd, text_of("sys/bus/pci/slots/%s/address", *name));

		if (address && *address)
			*list_add(&slots) = (struct slot) { .name = *name, .address = address };
	}
	return &slots;
}

static const char *slot_of(const struct machine *machine, const struct device *device)
{
	for_each(slot, slots_of(machine))
		if (text_begins(device->name, slot->address) && device->name[strlen(slot->address)] == '.')
			return slot->name;
	return NULL;
}

/* As lspci: the domain only where it is not 0. */
static const char *short_address(const struct device *device)
{
	return device->address.domain ? device->name : device->name + strlen("0000:");
}

static void fill(struct row *row, const struct listing *listing, bool json)
{
	const struct device *device = row->device;
	const char **cells = row->cells;

	cells[COLUMN_ADDRESS] = json ? device->name : short_address(device);
	cells[COLUMN_GROUP] = device->group;
	cells[COLUMN_PATH] = device->path;
	cells[COLUMN_ID] = text_of("%04x:%04x", device->id.vendor, device->id.device);
	cells[COLUMN_NAME] = name_of_device(device);
	cells[COLUMN_CLASS] = name_of_class(device);
	cells[COLUMN_SLOT] = slot_of(listing->machine, device);
	cells[COLUMN_DRIVER] = device->driver;
	cells[COLUMN_DRIVERS] = claims_on(listing->machine, device);
	cells[COLUMN_USED_BY] = uses_of(&listing->rehearsal.uses, device->name);
	cells[COLUMN_NEXT_BOOT] = device_is_bridge(device) ? NULL : fate_of(&listing->rehearsal, device);
}

static bool is_at_place(const struct selector *selector, const struct device *device)
{
	const struct pci_address *wanted = &selector->address, *has = &device->address;

	switch (selector->place) {
	case PLACE_ANY:
		return id_matches(&selector->id, &device->id);
	case PLACE_SLOT:
		return !address_compare(wanted, has);
	case PLACE_ALL_FUNCTIONS:
		return wanted->domain == has->domain && wanted->bus == has->bus && wanted->device == has->device;
	case PLACE_PATH:
		break;
	}
	return false;
}

/* The function at the end of a path, found as the boot finds it. */
static bool is_at_path(const struct selector *selector, const struct device *device)
{
	struct text path = { 0 };
	unsigned i;

	if (selector->place != PLACE_PATH || !device->path)
		return false;
	if (selector->address.domain)
		text_print(&path, "%s", address_name(&selector->address));
	else
		text_print(&path, "%02x:%02x.%x", selector->address.bus, selector->address.device,
			   selector->address.function);
	for (i = 0; i < selector->hop_count; i++)
		text_print(&path, "/%02x.%x", selector->hops[i] >> 3, selector->hops[i] & 7);
	return !strcmp(path.bytes, device->path);
}

static bool is_wanted(const struct list_options *options, const struct device *device)
{
	if (options->classes && !(device->class >> 16 < 32 && options->classes & 1u << (device->class >> 16)))
		return false;
	return !options->has_selector || is_at_place(&options->selector, device) || is_at_path(&options->selector, device);
}

/* A group is shown whole, without its bridges unless nothing is filtered. */
static void choose_rows(struct listing *listing)
{
	const struct list_options *options = listing->options;
	bool all = !options->classes && !options->has_selector;

	for_each(row, &listing->rows) {
		if (!is_wanted(options, row->device))
			continue;
		row->shown = true;
		for_each(other, &listing->rows)
			if (row->device->group && text_same(other->device->group, row->device->group) &&
			    (all || !device_is_bridge(other->device)))
				other->shown = true;
	}
}

static size_t shown_count(const struct listing *listing)
{
	size_t count = 0;

	for_each(row, &listing->rows)
		count += row->shown;
	return count;
}

/* ---- what a person should know besides ---- */

static bool is_worth_taking(const struct device *device)
{
	unsigned class = device->class >> 16;

	return class == CLASS_DISPLAY || class == CLASS_NETWORK || class == CLASS_STORAGE;
}

static bool is_same_kind(const struct row *one, const struct row *other)
{
	return one->device->id.vendor == other->device->id.vendor && one->device->id.device == other->device->id.device;
}

static bool is_first_of_kind(const struct listing *listing, const struct row *row)
{
	for_each(other, &listing->rows)
		if (is_same_kind(row, other))
			return other == row;
	return true;
}

/* The devices with the ID of a row: the first few by name. */
static const char *name_twins(const struct listing *listing, const struct row *row)
{
	struct text twins = { 0 };
	size_t count = 0;

	for_each(other, &listing->rows)
		if (is_same_kind(row, other) && count++ < TWINS_NAMED)
			text_print(&twins, "%s%s", twins.length ? ", " : "", short_address(other->device));
	if (count > TWINS_NAMED)
		text_print(&twins, " and %zu more", count - TWINS_NAMED);
	return count > 1 ? twins.bytes : NULL;
}

static void print_twins(const struct listing *listing)
{
	for_each(row, &listing->rows) {
		const char *twins = NULL;

		if (row->shown && is_worth_taking(row->device) && is_first_of_kind(listing, row))
			twins = name_twins(listing, row);
		if (twins)
			printf("Twins: %s have the same ID, %s: select by path.\n", twins, row->cells[COLUMN_ID]);
	}
}

static void print_why_no_groups(const struct listing *listing)
{
	const struct iommu *iommu = &listing->rehearsal.boot.decision.iommu;

	if (iommu->state != IOMMU_ON)
		printf("No IOMMU groups: %s.\nfix: %s\n", iommu->cause, iommu->remedy);
}

/* How well the host can do without it: 0 not at all, as far as can be seen. */
static unsigned spare(const struct listing *listing, const struct row *row)
{
	const struct device *device = row->device;
	bool display = device_is_display(device);

	if (!row->shown || !is_worth_taking(device) || !device->group || !text_same(row->cells[COLUMN_NEXT_BOOT], "host"))
		return 0;
	if (!row->cells[COLUMN_USED_BY])
		return display ? 3 : 1;
	/* a screen may be plugged in for the guest */
	return display && !uses_have(&listing->rehearsal.uses, device->name, USE_CONSOLE) ? 2 : 0;
}

static const struct device *candidate(const struct listing *listing)
{
	const struct row *best = NULL;

	for_each(row, &listing->rows)
		if (spare(listing, row) > (best ? spare(listing, best) : 0))
			best = row;
	return best ? best->device : NULL;
}

static void print_next(const struct listing *listing)
{
	const struct device *device = candidate(listing);

	printf("next: vfio-early check%s%s\n", device ? " " : "", device ? short_address(device) : "");
}

static void print_advice(const struct listing *listing)
{
	print_why_no_groups(listing);
	print_twins(listing);
	print_next(listing);
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
	for_each(device, &listing.rehearsal.now)
		list_add(&listing.rows)->device = *device;
	for_each(row, &listing.rows)
		fill(row, &listing, options.json);
	choose_rows(&listing);
	if (!shown_count(&listing) && (options.classes || options.has_selector))
		return complain(EXIT_PROBLEM, "list: no such device");
	listing_print(&listing);
	if (!options.json)
		print_advice(&listing);
	return EXIT_FINE;
}
