/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a machine has no IOMMU: from Xen, DMI, the device tree or the IORT table to a cause and a remedy. */
#include "no_iommu.h"
#include "path.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define DMI "sys/class/dmi/id/"
#define DEVICE_TREE_DEPTH 4		/* host bridges stand below buses: /axi/pcie@..., /soc/bus@.../pcie@... */
#define TABLE_SIZE_MAX (1024ul * 1024)
#define IORT_SMMU 3
#define IORT_SMMU_V3 4

#define QEMU_X86 "give the virtual machine an IOMMU (QEMU: -device intel-iommu; libvirt: <iommu model='intel'/>)"
#define QEMU_ARM "give the virtual machine an IOMMU (QEMU: -machine virt,iommu=smmuv3; libvirt: <iommu model='smmuv3'/>)"

/* Who runs a virtual machine, by the beginnings of what DMI says of it; the first that fits. */
static const struct hypervisor {
	const char *vendor, *product, *asset;
	const char *name;		/* NULL: QEMU, and its command line is its user's */
	bool is_cloud;
	const char *remedy;		/* NULL: its guests get none */
} hypervisors[] = {
	{ "Amazon EC2", "", "", "Amazon EC2", true, NULL },
	{ "Google", "", "", "Google Compute Engine", true, NULL },
	{ "Microsoft Corporation", "Virtual Machine", "7783-7084-3265-9085-8269-3286-77", "Azure", true, NULL },
	{ "Microsoft Corporation", "Virtual Machine", "", "Hyper-V", false, NULL },
	{ "", "", "OracleCloud.com", "Oracle Cloud", true, NULL },
	{ "Alibaba Cloud", "", "", "Alibaba Cloud", true, NULL },
	{ "Tencent Cloud", "", "", "Tencent Cloud", true, NULL },
	{ "Huawei Cloud", "", "", "Huawei Cloud", true, NULL },
	{ "DigitalOcean", "", "", "DigitalOcean", true, NULL },
	{ "Hetzner", "", "", "Hetzner Cloud", true, NULL },
	{ "Linode", "", "", "Linode", true, NULL },
	{ "Vultr", "", "", "Vultr", true, NULL },
	{ "Scaleway", "", "", "Scaleway", true, NULL },
	{ "OpenStack", "", "", "OpenStack", true, NULL },
	{ "", "OpenStack", "", "OpenStack", true, NULL },
	{ "VMware", "", "", "VMware", false,
	  "power it off, and enable the IOMMU in the settings of its processors (vvtd.enable = \"TRUE\")" },
	{ "innotek", "", "", "VirtualBox", false,
	  "power it off, then on its host: VBoxManage modifyvm NAME --chipset=ich9 --iommu=automatic" },
	{ "QEMU", "", "", NULL, false, NULL }, { "Red Hat", "", "", NULL, false, NULL }, { "", "KVM", "", NULL, false, NULL },
};

#define HYPERVISORS (sizeof(hypervisors) / sizeof(hypervisors[0]))

static const char *dmi(const struct machine *machine, const char *name)
{
	const char *value = root_attribute(machine->fd, text_of(DMI "%s", name));

	return value ? value : "";
}

/* /proc has a link to it, and is older. */
static const char *device_tree(const struct machine *machine)
{
	const char *tree = "sys/firmware/devicetree/base";

	return root_exists(machine->fd, tree) ? tree : "proc/device-tree";
}

/* ---- Xen ---- */

static bool is_xen(const struct machine *machine)
{
	const char *type = root_attribute(machine->fd, "sys/hypervisor/type");

	return text_same(type, "xen") || root_exists(machine->fd, "proc/xen/capabilities");
}

/* Its own UUID is all zeroes; xenfs, which says it in a word, need not be mounted. */
static bool is_xen_dom0(const struct machine *machine)
{
	return root_contains(machine->fd, "proc/xen/capabilities", "control_d") ||
	       text_same(root_attribute(machine->fd, "sys/hypervisor/uuid"), "00000000-0000-0000-0000-000000000000");
}

static struct no_iommu explain_xen(const struct machine *machine)
{
	if (is_xen_dom0(machine))
		return (struct no_iommu) {
			"this is Xen's dom0: Xen has the IOMMU, and VFIO cannot be used here",
			"boot without Xen, or give devices to its guests with xen-pciback",
		};
	return (struct no_iommu) { "this is a guest of Xen, which has the IOMMU: VFIO cannot be used here", NULL };
}

/* ---- other hypervisors ---- */

static const struct hypervisor *find_hypervisor(const struct machine *machine)
{
	const char *vendor = dmi(machine, "sys_vendor"), *product = dmi(machine, "product_name");
	const char *asset = dmi(machine, "chassis_asset_tag");
	size_t i;

	for (i = 0; i < HYPERVISORS; i++)
		if (text_begins(vendor, hypervisors[i].vendor) && text_begins(product, hypervisors[i].product) &&
		    text_begins(asset, hypervisors[i].asset))
			return &hypervisors[i];
	/* the board that QEMU makes up where there is no DMI */
	return root_contains(machine->fd, text_of("%s/compatible", device_tree(machine)), "linux,dummy-virt") ?
	       &hypervisors[HYPERVISORS - 1] : NULL;
}

/* False: this is no virtual machine, or one of which nothing more is known. */
static bool explain_guest(const struct machine *machine, struct no_iommu *words)
{
	const struct hypervisor *hypervisor = find_hypervisor(machine);
	bool is_x86 = root_contains(machine->fd, "proc/cpuinfo", "flags");

	/* clouds rent out whole machines, too; only x86 processors tell */
	if (!hypervisor || (is_x86 ? !root_contains(machine->fd, "proc/cpuinfo", " hypervisor") :
			    strstr(dmi(machine, "product_name"), "metal") != NULL))
		return false;
	if (hypervisor->name)
		*words = (struct no_iommu) {
			text_of(hypervisor->is_cloud ? "this is a virtual machine of %s: this cloud gives no IOMMU" :
				"this is a virtual machine of %s without an IOMMU", hypervisor->name),
			hypervisor->remedy,
		};
	else
		*words = (struct no_iommu) {
			"this is a virtual machine without a virtual IOMMU", is_x86 ? QEMU_X86 : QEMU_ARM,
		};
	return true;
}

/* ---- boards with a device tree ---- */

/* Below the directory at path: every node or property whose name begins with one thing, and has the other in it. */
static void find_nodes(const struct machine *machine, const char *path, unsigned depth, const char *const *beginnings,
		       const char *property, struct strings *found)
{
	struct strings names = { 0 };

	root_list(machine->fd, path, &names);
	for_each(name, &names) {
		const char *node = text_of("%s/%s", path, *name), *const *beginning = beginnings;

		while (*beginning && !text_begins(*name, *beginning))
			beginning++;
		if (*beginning && root_exists(machine->fd, text_of("%s/%s", node, property)))
			strings_add(found, text_of("%s/%s", node, property));
		/* nodes are no links; what is made up may have circles of them */
		if (depth > 1 && !root_link(machine->fd, node))
			find_nodes(machine, node, depth - 1, beginnings, property, found);
	}
}

struct strings device_tree_iommu_maps(const struct machine *machine)
{
	static const char *const host_bridges[] = { "pci", NULL };
	struct strings maps = { 0 };

	find_nodes(machine, device_tree(machine), DEVICE_TREE_DEPTH, host_bridges, "iommu-map", &maps);
	return maps;
}

/* An IOMMU that its node says is not to be used: "smmu@5000000", or NULL. */
static const char *disabled_iommu(const struct machine *machine)
{
	static const char *const iommus[] = { "iommu@", "smmu@", NULL };
	struct strings states = { 0 };

	find_nodes(machine, device_tree(machine), DEVICE_TREE_DEPTH, iommus, "status", &states);
	for_each(path, &states)
		if (text_same(root_attribute(machine->fd, *path), "disabled"))
			return path_directory(*path + strlen(device_tree(machine)));
	return NULL;
}

static struct no_iommu explain_board(const struct machine *machine)
{
	const char *disabled = disabled_iommu(machine);

	if (!device_tree_iommu_maps(machine).count)
		return (struct no_iommu) {
			"the device tree gives PCIe no IOMMU (no iommu-map in it): this board cannot protect a device", NULL,
		};
	if (disabled)
		return (struct no_iommu) {
			text_of("the device tree has an IOMMU for PCIe, and one that is disabled: %s", disabled),
			"use a device tree that enables it, if there is one for this board",
		};
	return (struct no_iommu) {
		"the device tree has an IOMMU for PCIe, but the kernel started none",
		"look for iommu in the kernel log, or use a kernel that has its driver",
	};
}

/* ---- arm64 servers ---- */

/*
 * Whether the table is there and can be read, and none of its nodes is an SMMU
 * (Arm DEN 0049: 36 bytes of header, number of nodes, where they begin; a node has a type and a length).
 */
static bool table_lacks_smmu(const struct machine *machine)
{
	uint32_t count, at;
	const char *table;
	uint16_t size;
	size_t length;

	if (root_read(machine->fd, "sys/firmware/acpi/tables/IORT", TABLE_SIZE_MAX, &table, &length) || length < 48)
		return false;
	memcpy(&count, table + 36, sizeof(count));
	memcpy(&at, table + 40, sizeof(at));
	at = le32toh(at);
	for (count = le32toh(count); count; count--, at += le16toh(size)) {
		if (at > length - 3)
			return false;
		memcpy(&size, table + at + 1, sizeof(size));
		if (table[at] == IORT_SMMU || table[at] == IORT_SMMU_V3 || !size)
			return false;
	}
	return true;
}

/* What is known of this machine; false: no more than the boot knows. */
static bool explain(const struct machine *machine, const char *kind, struct no_iommu *words)
{
	bool lacks_smmu = text_same(kind, "smmu") && table_lacks_smmu(machine);

	/* Xen hides the tables, but not of all IOMMUs */
	if (is_xen(machine))
		*words = explain_xen(machine);
	else if (kind && !lacks_smmu)
		return false;		/* the firmware announces one */
	else if (explain_guest(machine, words))
		return true;
	else if (lacks_smmu)
		*words = (struct no_iommu) {
			"the firmware's IORT table has no SMMU: it is disabled in the firmware, or absent",
			"enable the SMMU in the firmware setup",
		};
	else if (root_exists(machine->fd, device_tree(machine)))
		*words = explain_board(machine);
	else
		return false;
	return true;
}

struct no_iommu no_iommu_explained(const struct machine *machine, const struct iommu *iommu)
{
	struct no_iommu words = { iommu->cause, iommu->remedy };

	if (iommu->state == IOMMU_ON || iommu->state == IOMMU_NO_GROUPS || !explain(machine, iommu->kind, &words))
		return words;
	if (iommu->state == IOMMU_NOIOMMU)
		words.cause = text_of("noiommu protects nothing and is never used; %s", words.cause);
	else if (!words.remedy)
		words.cause = text_of("%s; noiommu is never used", words.cause);
	return words;
}
