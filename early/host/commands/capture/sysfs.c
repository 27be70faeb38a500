/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a capture has of sysfs: PCI devices, IOMMU groups, displays and modules. */
#include "capturing.h"
#include "redact.h"

#include "../../machine/no_iommu.h"
#include "../../../core/address.h"
#include "../../../core/text.h"

#include <string.h>

#define CONFIG_SPACE_SIZE 64		/* what anybody may read of it; capabilities can hold serial numbers */

static void capture_module(struct capture *capture, const char *name)
{
	const char *path = text_of("sys/module/%s", name);

	if (!root_exists(capture->machine.fd, path))
		return;
	new_tree_directory(&capture->to, path);
	copy_file(capture, text_of("%s/initstate", path));
	strings_add_once(&capture->modules, name);
}

static void capture_driver(struct capture *capture, const char *path)
{
	const char *module = copy_link(capture, text_of("%s/module", path));

	new_tree_directory(&capture->to, path);
	if (module && text_begins(module, "sys/module/"))
		capture_module(capture, module + strlen("sys/module/"));
}

/* The links of a device; real is its directory. */
static void capture_ties(struct capture *capture, const char *real)
{
	const char *driver = copy_link(capture, text_of("%s/driver", real));

	if (driver && text_begins(driver, "sys/bus/"))
		capture_driver(capture, driver);
	copy_link(capture, text_of("%s/subsystem", real));
	copy_link(capture, text_of("%s/iommu_group", real));
	copy_link(capture, text_of("%s/physfn", real));
}

static void capture_config_space(struct capture *capture, const char *real)
{
	const char *path = text_of("%s/config", real);
	char bytes[CONFIG_SPACE_SIZE];

	if (root_bytes(capture->machine.fd, path, bytes, sizeof(bytes)))
		new_tree_file(&capture->to, path, bytes, sizeof(bytes));
}

static void capture_pci_device(struct capture *capture, const char *name)
{
	static const char *const attributes[] = {
		"class", "vendor", "device", "subsystem_vendor", "subsystem_device", "revision", "modalias",
		"boot_vga", "driver_override", "reset_method", "power_state", "current_link_width", NULL,
	};
	const char *real = copy_device_link(capture, text_of("sys/bus/pci/devices/%s", name));

	if (!real)
		return;
	capture->devices++;
	copy_redacted(capture, text_of("%s/uevent", real), &redact_uevent);
	copy_attributes(capture, real, attributes);
	capture_config_space(capture, real);
	capture_ties(capture, real);
	if (root_exists(capture->machine.fd, text_of("%s/vfio-dev", real)))
		new_tree_directory(&capture->to, text_of("%s/vfio-dev", real));
}

static void capture_pci(struct capture *capture)
{
	struct strings devices = { 0 }, drivers = { 0 }, slots = { 0 };
	struct pci_address address;

	new_tree_directory(&capture->to, "sys/bus/pci/devices");
	root_list(capture->machine.fd, "sys/bus/pci/devices", &devices);
	for_each(name, &devices)
		if (address_of_name(*name, &address))
			capture_pci_device(capture, *name);
	root_list(capture->machine.fd, "sys/bus/pci/drivers", &drivers);
	for_each(name, &drivers)
		capture_driver(capture, text_of("sys/bus/pci/drivers/%s", *name));
	root_list(capture->machine.fd, "sys/bus/pci/slots", &slots);
	for_each(name, &slots)
		copy_file(capture, text_of("sys/bus/pci/slots/%s/address", *name));
}

/* Whether another bus has it: an ACPI or platform device. */
static void capture_member(struct capture *capture, const char *path, const char *name)
{
	struct pci_address address;
	const char *real = copy_device_link(capture, path);

	if (real && !address_of_name(name, &address))
		capture_ties(capture, real);
}

static void capture_group(struct capture *capture, const char *group)
{
	static const char *const attributes[] = { "reserved_regions", "type", "name", NULL };
	const char *path = text_of("sys/kernel/iommu_groups/%s", group);
	struct strings members = { 0 };

	capture->groups++;
	copy_attributes(capture, path, attributes);
	if (root_list(capture->machine.fd, text_of("%s/devices", path), &members)) {
		new_tree_directory(&capture->to, path);
		return;
	}
	new_tree_directory(&capture->to, text_of("%s/devices", path));
	for_each(name, &members)
		capture_member(capture, text_of("%s/devices/%s", path, *name), *name);
}

static void capture_iommu(struct capture *capture)
{
	static const char *const tables[] = { "DMAR", "IVRS", "IORT", "VIOT" };
	struct strings groups = { 0 }, units = { 0 };
	size_t i;

	new_tree_directory(&capture->to, "sys/kernel/iommu_groups");
	root_list(capture->machine.fd, "sys/kernel/iommu_groups", &groups);
	for_each(name, &groups)
		capture_group(capture, *name);
	new_tree_directory(&capture->to, "sys/class/iommu");
	root_list(capture->machine.fd, "sys/class/iommu", &units);
	for_each(name, &units)
		copy_device_link(capture, text_of("sys/class/iommu/%s", *name));
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const char *path = text_of("sys/firmware/acpi/tables/%s", tables[i]);

		/* that it is there tells enough */
		if (root_exists(capture->machine.fd, path))
			new_tree_file(&capture->to, path, "", 0);
	}
}

/* Outputs, and what the firmware draws on; no EDID: it has the serial number of the screen. */
static void capture_displays(struct capture *capture)
{
	struct strings cards = { 0 }, others = { 0 };

	root_list(capture->machine.fd, "sys/class/drm", &cards);
	for_each(name, &cards) {
		const char *real = copy_device_link(capture, text_of("sys/class/drm/%s", *name));

		if (real) {
			copy_file(capture, text_of("%s/status", real));
			copy_link(capture, text_of("%s/device", real));
		}
	}
	root_list(capture->machine.fd, "sys/bus/platform/devices", &others);
	for_each(name, &others) {
		const char *real = strstr(*name, "-framebuffer.") ?
				   copy_device_link(capture, text_of("sys/bus/platform/devices/%s", *name)) : NULL;

		if (real)
			capture_ties(capture, real);
	}
}

/* Also those of vfio that no driver has. */
static void capture_modules(struct capture *capture)
{
	struct strings names = { 0 };

	root_list(capture->machine.fd, "sys/module", &names);
	for_each(name, &names)
		if (text_begins(*name, "vfio") || text_same(*name, "irqbypass") || text_same(*name, "pci_stub"))
			capture_module(capture, *name);
	copy_file(capture, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
	copy_file(capture, "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");
	copy_file(capture, "sys/module/vfio_pci/parameters/disable_denylist");
	copy_file(capture, "sys/module/compression");
}

/* Who made the machine or runs it; no serial number, asset tag or UUID. */
static void capture_maker(struct capture *capture)
{
	struct strings maps = device_tree_iommu_maps(&capture->machine);

	copy_file(capture, "sys/hypervisor/type");
	copy_file(capture, "proc/xen/capabilities");
	copy_file(capture, "sys/class/dmi/id/sys_vendor");
	copy_file(capture, "sys/class/dmi/id/product_name");
	copy_file(capture, "sys/firmware/devicetree/base/model");
	for_each(path, &maps)
		new_tree_file(&capture->to, *path, "", 0);
}

void capture_sysfs(struct capture *capture)
{
	capture_pci(capture);
	capture_iommu(capture);
	capture_displays(capture);
	capture_modules(capture);
	capture_maker(capture);
}
