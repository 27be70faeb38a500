/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of what vfio-pci refuses, what another driver does better, and who will miss what is taken. */
#include "checks.h"

#include "../../machine/device_state.h"
#include "../../machine/module_option.h"
#include "../../machine/names.h"
#include "../../machine/openers.h"
#include "../../machine/path.h"
#include "../../machine/sysfs_path.h"
#include "../../uses/claims.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

#define CLASS_NETWORK 0x02
#define CLASS_DISPLAY 0x03
#define VENDOR_INTEL 0x8086
#define VENDOR_MELLANOX 0x15b3
#define CONFIG_SIZE 256

/* ---- the denylist of vfio-pci ---- */

/* Of Intel: drivers/vfio/pci/vfio_pci.c:vfio_pci_dev_in_denylist(); stable kernels have had those of 6.10 since 2024. */
static const struct denied {
	unsigned device, since;
	const char *name;
} denylist[] = {
	{ 0x0435, KERNEL(5, 9), "QAT DH895XCC" }, { 0x0443, KERNEL(5, 9), "QAT DH895XCC VF" },
	{ 0x19e2, KERNEL(5, 9), "QAT C3XXX" }, { 0x19e3, KERNEL(5, 9), "QAT C3XXX VF" },
	{ 0x37c8, KERNEL(5, 9), "QAT C62X" }, { 0x37c9, KERNEL(5, 9), "QAT C62X VF" },
	{ 0x0b25, KERNEL(6, 10), "DSA" }, { 0x0cfe, KERNEL(6, 10), "IAA" },
};

static const struct denied *find_denied(const struct device *device)
{
	size_t i;

	for (i = 0; device->id.vendor == VENDOR_INTEL && i < sizeof(denylist) / sizeof(denylist[0]); i++)
		if (denylist[i].device == device->id.device)
			return &denylist[i];
	return NULL;
}

static void check_denylist(struct checking *checking, const struct member *member)
{
	const struct device *device = member->device;
	const struct denied *denied = find_denied(device);
	unsigned kernel = checking->rehearsal.boot.inventory.kernel;
	const char *place, *text;

	if (!denied || strcmp(member->driver, "vfio-pci"))
		return;
	place = module_option_on(checking->machine, &checking->rehearsal.boot.cmdline, "vfio_pci", "disable_denylist");
	text = text_of("%s: vfio-pci refuses %04x:%04x (%s, on its denylist)", address_shown(device->name),
		       device->id.vendor, device->id.device, denied->name);
	if (place && !text_begins(place, "/sys/"))
		findings_add(&checking->findings, LEVEL_PASS, "denylist", NULL,
			     "%s unless disable_denylist is set, and it is (%s)", text, place);
	else
		findings_add(&checking->findings, kernel && kernel < denied->since ? LEVEL_WARN : LEVEL_FAIL, "denylist",
			     module_is_built_in(checking->machine, "vfio_pci") ?
			     "vfio-pci.disable_denylist=1 on the kernel command line, if the guest is trusted" :
			     "options vfio-pci disable_denylist=1 in modprobe.d, if the guest is trusted",
			     "%s: the bind will fail with EINVAL", text);
}

/* ---- what other drivers do ---- */

/* mlx4 and mlx5: the kernel's driver and a program share the device. */
static void check_bifurcated(struct checking *checking, const struct member *member)
{
	const struct device *device = member->device;
	const char *driver = claims_on(checking->machine, device);

	if (member->selected && device->id.vendor == VENDOR_MELLANOX && device->class >> 16 == CLASS_NETWORK)
		findings_add(&checking->findings, LEVEL_WARN, "driver",
			     text_of("for DPDK leave it to %s", driver ? driver : "its driver (mlx4_core, mlx5_core)"),
			     "%s: DPDK needs no vfio-pci for it, it works beside the driver of the host; a VM does need it",
			     device_shown(device));
}

/* ---- who uses it now ---- */

/* Card and render nodes of its driver, and NVIDIA's own: its number stands in /proc. */
static struct strings nodes_of(const struct checking *checking, const struct device *device)
{
	struct strings names = { 0 }, nodes = { 0 };
	const char *nvidia = root_text(checking->machine->fd, text_of("proc/driver/nvidia/gpus/%s/information", device->name));
	const char *minor = nvidia ? strstr(nvidia, "Device Minor:") : NULL;

	root_list(checking->machine->fd, text_of("sys/bus/pci/devices/%s/drm", device->name), &names);
	for_each(name, &names)
		if (text_begins(*name, "card") || text_begins(*name, "renderD"))
			strings_add(&nodes, text_of("/dev/dri/%s", *name));
	if (minor) {
		minor += strcspn(minor, "0123456789\n");
		strings_add(&nodes, text_of("/dev/nvidia%s", keep_bytes(minor, strspn(minor, "0123456789"))));
	}
	return nodes;
}

static void check_openers(struct checking *checking, const struct device *device, const struct open_nodes *open)
{
	struct strings nodes = nodes_of(checking, device), shown = { 0 };

	for_each(node, &nodes) {
		struct strings who = { 0 };

		for_each(one, open)
			if (!strcmp(one->path, *node))
				strings_add_once(&who, text_of("%s (%s)", one->program, one->pid));
		if (who.count)
			strings_add(&shown, text_of("%s %s %s open", strings_join(&who, ", "), who.count > 1 ? "have" : "has",
						    path_name(*node)));
	}
	if (shown.count)
		findings_add(&checking->findings, LEVEL_WARN, "in use", NULL, "the host loses %s: %s", device_shown(device),
			     strings_join(&shown, "; "));
	if (open->hidden)
		findings_add(&checking->findings, LEVEL_WARN, "in use", "sudo vfio-early check",
			     "who has %s open is for root to see", address_shown(device->name));
}

/* ---- what cannot be looked at now ---- */

/* What core warns of as silent, if more is known of it. */
static void check_silence(struct checking *checking, const struct device *device)
{
	int root = checking->machine->fd;
	const char *bridge = function_in(path_directory(device->real));
	const char *width = bridge ? root_attribute(root, text_of("sys/bus/pci/devices/%s/current_link_width", bridge)) : NULL;

	if (device_is_off(root, device))
		findings_add(&checking->findings, LEVEL_WARN, "power", NULL,
			     "%s is switched off now (D3cold) and tells nothing of itself; the boot finds it on",
			     address_shown(device->name));
	else if (device->silent && text_same(width, "0"))
		findings_add(&checking->findings, LEVEL_WARN, "power", "seat the card anew, or power-cycle the machine",
			     "%s does not answer: the link below %s is down", address_shown(device->name), address_shown(bridge));
}

/* Whether a bridge makes a conventional bus stands behind the 64 bytes that anybody may read. */
static void check_streams(struct checking *checking, const struct device *device)
{
	const char *path;

	for (path = path_directory(device->real); strchr(path, '/'); path = path_directory(path)) {
		const struct device *bridge = rehearsal_now(&checking->rehearsal, path_name(path));
		uint8_t config[CONFIG_SIZE];

		if (bridge && bridge->header_type == 1 && !text_same(bridge->driver, "pcieport") &&
		    !root_bytes(checking->machine->fd, text_of("sys/%s/config", bridge->real), config, sizeof(config)))
			findings_add(&checking->findings, LEVEL_WARN, "bridge",
				     checking->machine->live ? "sudo vfio-early check" : NULL,
				     "whether all that is behind %s is one to the IOMMU, as on a conventional bus, is for root to see",
				     address_shown(bridge->name));
	}
}

void check_needs(struct checking *checking)
{
	const struct iommu *iommu = &checking->rehearsal.boot.decision.iommu;
	struct open_nodes open = { 0 };
	bool is_read = false;

	for_each(group, &checking->rehearsal.boot.decision.groups)
		for_each(member, &group->members) {
			const struct device *now = rehearsal_now(&checking->rehearsal, member->device->name);

			if (!now || group->refusals || member->role != ROLE_TAKE)
				continue;
			check_denylist(checking, member);
			check_bifurcated(checking, member);
			if (now->class >> 16 == CLASS_DISPLAY) {
				open = is_read ? open : open_nodes(checking->machine);
				is_read = true;
				check_openers(checking, now, &open);
			}
			check_silence(checking, now);
			if (!iommu->groups_at_enumeration)
				check_streams(checking, now);
		}
}
