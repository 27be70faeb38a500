/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ADDRESS_H
#define VFIO_EARLY_ADDRESS_H

#include "model.h"

/*
 * Names of PCI functions and of what sits in them. Each parser reads from
 * *cursor, moves it behind what it read, and returns false with *cursor
 * unmoved where there is no such thing.
 */

/* [domain:]bus:device.function; domain 4-8 digits, bus and device 1-2. */
bool address_parse(const char **cursor, const char *end, struct pci_address *address);
/* The same without .function. */
bool address_parse_device(const char **cursor, const char *end, struct pci_address *address);
/* device.function, as one byte: device << 3 | function. */
bool address_parse_hop(const char **cursor, const char *end, uint8_t *hop);
/* A whole sysfs name: address and nothing else. */
bool address_of_name(const char *name, struct pci_address *address);

/* vendor:device[:subvendor:subdevice], each of exactly four digits. */
bool id_parse(const char **cursor, const char *end, struct pci_id *id);

/* As sysfs spells it: domain with at least 4 digits. Kept. */
const char *address_name(const struct pci_address *address);
int address_compare(const struct pci_address *a, const struct pci_address *b);

/* Whether a device with this ID is one that the wanted ID names. */
bool id_matches(const struct pci_id *wanted, const struct pci_id *id);

#endif
