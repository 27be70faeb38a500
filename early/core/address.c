/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI addresses and IDs, from text and to text. */
#include "address.h"

#include <string.h>

struct pci_address scan_device(struct scan *scan)
{
	struct pci_address address = { 0 };
	struct scan with_domain = *scan;

	address.domain = (uint32_t)scan_hex(&with_domain, 4, 8, 0xffffffff);
	scan_byte(&with_domain, ':');
	if (with_domain.wrong)
		address.domain = 0;
	else
		*scan = with_domain;
	address.bus = (uint8_t)scan_hex(scan, 1, 2, 0xff);
	scan_byte(scan, ':');
	address.device = (uint8_t)scan_hex(scan, 1, 2, 0x1f);
	return address;
}

struct pci_address scan_address(struct scan *scan)
{
	struct pci_address address = scan_device(scan);

	scan_byte(scan, '.');
	address.function = (uint8_t)scan_hex(scan, 1, 1, 7);
	return address;
}

uint8_t scan_hop(struct scan *scan)
{
	unsigned long device = scan_hex(scan, 1, 2, 0x1f);

	scan_byte(scan, '.');
	return (uint8_t)(device << 3 | scan_hex(scan, 1, 1, 7));
}

static uint16_t scan_id_field(struct scan *scan)
{
	return (uint16_t)scan_hex(scan, 4, 4, 0xffff);
}

struct pci_id scan_id(struct scan *scan)
{
	struct pci_id id = { 0 };

	id.vendor = scan_id_field(scan);
	scan_byte(scan, ':');
	id.device = scan_id_field(scan);
	if (scan_optional(scan, ':')) {
		id.has_subsystem = true;
		id.subvendor = scan_id_field(scan);
		scan_byte(scan, ':');
		id.subdevice = scan_id_field(scan);
	}
	return id;
}

bool address_of_name(const char *name, struct pci_address *address)
{
	struct scan scan = { .at = name, .end = name + strlen(name) };

	*address = scan_address(&scan);
	return scan_is_done(&scan);
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

static bool field_matches(uint32_t wanted, uint32_t field)
{
	return wanted == ID_ANY || wanted == field;
}

bool id_matches(const struct pci_id *wanted, const struct pci_id *id, uint32_t class)
{
	return field_matches(wanted->vendor, id->vendor) && field_matches(wanted->device, id->device) &&
	       (!wanted->has_subsystem ||
		(field_matches(wanted->subvendor, id->subvendor) && field_matches(wanted->subdevice, id->subdevice))) &&
	       !((wanted->class ^ class) & wanted->class_mask);
}
