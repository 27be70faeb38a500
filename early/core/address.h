/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ADDRESS_H
#define VFIO_EARLY_ADDRESS_H

#include "model.h"
#include "text.h"

/* ---- reading; what does not fit sets scan->wrong ---- */

/* [domain:]bus:device; domain 4-8 digits, bus and device 1-2. The function is 0. */
struct pci_address scan_device(struct scan *scan);
/* [domain:]bus:device.function */
struct pci_address scan_address(struct scan *scan);
/* device.function, as one byte: device << 3 | function. */
uint8_t scan_hop(struct scan *scan);
/* vendor:device[:subvendor:subdevice], each of exactly four digits. */
struct pci_id scan_id(struct scan *scan);

/* ---- whole names ---- */

/* Whether a name is an address and nothing else, which is then in *address. */
bool address_of_name(const char *name, struct pci_address *address);

/* As sysfs spells it (0000:01:00.0): domain with at least 4 digits. Kept. */
const char *address_name(const struct pci_address *address);
/* For sorting: less than, equal to or greater than 0. */
int address_compare(const struct pci_address *a, const struct pci_address *b);

/* Whether a device with this ID and class is one that the wanted ID names. */
bool id_matches(const struct pci_id *wanted, const struct pci_id *id, uint32_t class);

#endif
