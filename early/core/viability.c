/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which drivers VFIO accepts in a group that it uses. */
#include "viability.h"

#include <string.h>

bool driver_is_for_guests(const char *driver)
{
	return driver && (strstr(driver, "vfio") || !strcmp(driver, "pci-stub"));
}

bool driver_keeps_viable(const struct device *device, const char *driver, unsigned kernel)
{
	if (!driver || driver_is_for_guests(driver))
		return true;
	if (kernel && kernel < KERNEL(5, 19))
		return device->is_pci && device->header_type != 0;
	return !strcmp(driver, "pcieport");
}
