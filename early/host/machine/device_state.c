/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device is doing now, from its directory in sysfs. */
#include "device_state.h"

#include "../../core/root.h"
#include "../../core/text.h"
#include "../../core/viability.h"

bool device_is_off(int root, const struct device *device)
{
	const char *state = root_attribute(root, text_of("sys/bus/pci/devices/%s/power_state", device->name));

	return device->silent && text_same(state, "D3cold");
}

bool device_serves_vfio(int root, const struct device *device)
{
	return device->driver && !driver_is_for_guests(device->driver) &&
	       root_exists(root, text_of("sys/bus/pci/devices/%s/vfio-dev", device->name));
}
