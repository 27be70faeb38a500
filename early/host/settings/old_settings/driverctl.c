/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings of driverctl: a file for each device, with the driver that it is to have. */
#include "parts.h"

#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

#define DRIVERCTL "etc/driverctl.d"

void find_in_driverctl(const struct machine *machine, struct old_settings *settings)
{
	struct strings names = { 0 };

	root_list(machine->fd, DRIVERCTL, &names);
	for_each(name, &names) {
		const char *path = text_of(DRIVERCTL "/%s", *name);
		const char *driver = settings_read_file(machine, path, settings);
		const char *device = text_begins(*name, "pci-") ? *name + 4 : *name;

		driver = driver ? keep_bytes(driver, strcspn(driver, " \t\r\n")) : NULL;
		/* not with driverctl itself: unset-override gives the device to the host at once */
		if (text_same(driver, "vfio-pci"))
			setting_add_device(setting_add(settings, OLD_DEVICES, text_of("/%s", path), driver,
							 text_of("remove the file /%s", path)), device, strlen(device));
	}
}
