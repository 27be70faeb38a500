/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ADDRESS_H
#define VFIO_EARLY_ADDRESS_H

#include "model.h"
#include "text.h"

/* Names of PCI functions and of what sits in them. */

/* [domain:]bus:device; domain 4-8 digits, bus and device 1-2. The function is 0. */
struct pci_address scan_device(struct scan *scan);
/* [domain:]bus:device.function */
struct pci_address scan_address(struct scan *scan);
/* device.function, as one byte: device << 3 | function. */
uint8_t scan_hop(struct scan *scan);
/* vendor:device[:subvendor:subdevice], each of exactly four digits. */
struct pci_id scan_id(struct scan *scan);

/* A whole sysfs name: an address and nothing else. */
bool address_of_name(const char *name, struct pci_address *address);

/* As sysfs spells it: domain with at least 4 digits. Kept. */
const char *address_name(const struct pci_address *address);
int address_compare(const struct pci_address *a, const struct pci_address *b);

/* Whether a device with this ID is one that the wanted ID names. */
bool id_matches(const struct pci_id *wanted, const struct pci_id *id);

#endif
