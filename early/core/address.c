/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI addresses and IDs, from text and to text. */
#include "address.h"

#include "text.h"

#include <string.h>

static bool take(const char **cursor, const char *end, char wanted)
{
	if (*cursor == end || **cursor != wanted)
		return false;
	(*cursor)++;
	return true;
}

static bool hex(const char **cursor, const char *end, unsigned min, unsigned max, unsigned long limit,
		unsigned long *value)
{
	return text_number(cursor, end, 16, min, max, limit, value);
}

bool address_parse_device(const char **cursor, const char *end, struct pci_address *address)
{
	const char *at = *cursor;
	unsigned long domain, bus, device;

	if (!hex(&at, end, 4, 8, 0xffffffff, &domain) || !take(&at, end, ':')) {
		domain = 0;
		at = *cursor;
	}
	if (!hex(&at, end, 1, 2, 0xff, &bus) || !take(&at, end, ':') || !hex(&at, end, 1, 2, 0x1f, &device))
		return false;
	*address = (struct pci_address) {
		.domain = (uint32_t)domain, .bus = (uint8_t)bus, .device = (uint8_t)device,
	};
	*cursor = at;
	return true;
}

bool address_parse(const char **cursor, const char *end, struct pci_address *address)
{
	struct pci_address parsed;
	const char *at = *cursor;
	unsigned long function;

	if (!address_parse_device(&at, end, &parsed) || !take(&at, end, '.') || !hex(&at, end, 1, 1, 7, &function))
		return false;
	parsed.function = (uint8_t)function;
	*address = parsed;
	*cursor = at;
	return true;
}

bool address_parse_hop(const char **cursor, const char *end, uint8_t *hop)
{
	unsigned long device, function;
	const char *at = *cursor;

	if (!hex(&at, end, 1, 2, 0x1f, &device) || !take(&at, end, '.') || !hex(&at, end, 1, 1, 7, &function))
		return false;
	*hop = (uint8_t)(device << 3 | function);
	*cursor = at;
	return true;
}

bool address_of_name(const char *name, struct pci_address *address)
{
	const char *end = name + strlen(name);

	return address_parse(&name, end, address) && name == end;
}

bool id_parse(const char **cursor, const char *end, struct pci_id *id)
{
	unsigned long vendor, device, subvendor, subdevice;
	const char *at = *cursor, *rest;

	if (!hex(&at, end, 4, 4, 0xffff, &vendor) || !take(&at, end, ':') || !hex(&at, end, 4, 4, 0xffff, &device))
		return false;
	*id = (struct pci_id) { .vendor = (uint16_t)vendor, .device = (uint16_t)device };
	rest = at;
	if (take(&rest, end, ':')) {
		if (!hex(&rest, end, 4, 4, 0xffff, &subvendor) || !take(&rest, end, ':') ||
		    !hex(&rest, end, 4, 4, 0xffff, &subdevice))
			return false;
		id->has_subsystem = true;
		id->subvendor = (uint16_t)subvendor;
		id->subdevice = (uint16_t)subdevice;
		at = rest;
	}
	*cursor = at;
	return true;
}

const char *address_name(const struct pci_address *address)
{
	return text_of("%04x:%02x:%02x.%x", (unsigned)address->domain, address->bus, address->device,
		       address->function);
}

int address_compare(const struct pci_address *a, const struct pci_address *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->bus != b->bus)
		return a->bus < b->bus ? -1 : 1;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (int)a->function - (int)b->function;
}

bool id_matches(const struct pci_id *wanted, const struct pci_id *id)
{
	return wanted->vendor == id->vendor && wanted->device == id->device &&
	       (!wanted->has_subsystem ||
		(wanted->subvendor == id->subvendor && wanted->subdevice == id->subdevice));
}
