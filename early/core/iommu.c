/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges from sysfs whether the IOMMU is on, and from tables and parameters why it is not. */
#include "iommu.h"

#include "address.h"
#include "cmdline.h"
#include "root.h"
#include "text.h"

#include <string.h>

static const char *const state_names[] = {
	[IOMMU_ON] = "on", [IOMMU_OFF] = "off", [IOMMU_ABSENT] = "absent", [IOMMU_NO_GROUPS] = "no-groups",
	[IOMMU_NOIOMMU] = "noiommu",
};

/* The kinds of IOMMU that the firmware announces by an ACPI table. */
static const struct kind {
	const char *name, *table;
	const char *unit;		/* how its driver's names in /sys/class/iommu begin, if they have a word */
	bool groups_at_enumeration;	/* else its driver makes them when one probes the device, up to about 6.14 */
	const char *parameter;		/* that switches it off, "" if there is none */
	const char *cause, *remedy;	/* if it is not on, and no parameter is to blame */
} kinds[] = {
	{ "intel", "DMAR", "dmar", true, "intel_iommu", "VT-d is enabled, but the kernel could not start it",
	  "look for DMAR in the kernel log" },
	{ "amd", "IVRS", "ivhd", true, "amd_iommu", "AMD-Vi is enabled, but the kernel could not start it",
	  "look for AMD-Vi in the kernel log" },
	{ "virtio", "VIOT", NULL, false, "", "the driver of the virtual IOMMU is not loaded",
	  "have the initramfs load virtio_iommu before vfio-early" },
	{ "smmu", "IORT", "smmu", false, "", "the kernel started no SMMU", "look for smmu in the kernel log" },
};

#define INTEL (&kinds[0])
#define VIRTIO (&kinds[2])
#define KINDS_END (kinds + sizeof(kinds) / sizeof(kinds[0]))

/* Why there is no table: the first entry whose text is in /proc/cpuinfo. The host command knows more. */
static const struct absence_of_table {
	const char *processor, *cause, *remedy;
} absences[] = {
	{ " hypervisor", "this is a virtual machine without a virtual IOMMU",
	  "give the virtual machine an IOMMU, if its host can" },
	{ "GenuineIntel", "no DMAR table: VT-d is disabled in the firmware, or absent",
	  "enable VT-d in the firmware setup" },
	{ "AuthenticAMD", "no IVRS table: the IOMMU is disabled in the firmware, or absent",
	  "enable IOMMU (AMD-Vi) in the firmware setup" },
	{ "", "the firmware names no IOMMU", "enable it there, if it has one" },
}, under_xen = { NULL, "Xen has the IOMMU", "boot without Xen, or use xen-pciback" };

const char *iommu_state_name(enum iommu_state state)
{
	return state_names[state];
}

/* The unit is named by what it is: a PCI function, or a device of virtio-mmio (drivers/iommu/virtio-iommu.c). */
static bool is_virtio_unit(const char *unit)
{
	struct pci_address address;

	return address_of_name(unit, &address) || strstr(unit, "virtio");
}

/* NULL for one that is not known here. */
static const struct kind *kind_of_unit(const char *unit)
{
	const struct kind *kind;

	for (kind = kinds; kind < KINDS_END; kind++)
		if (kind->unit ? text_begins(unit, kind->unit) : is_virtio_unit(unit))
			return kind;
	return NULL;
}

bool iommu_unit_is_virtual(const char *unit)
{
	return kind_of_unit(unit) == VIRTIO;
}

/* A machine may have units of several kinds: the log names the first that is known. */
static void judge_units(struct iommu *iommu, const struct strings *units)
{
	iommu->kind = NULL;
	iommu->groups_at_enumeration = true;
	for_each(unit, units) {
		const struct kind *kind = kind_of_unit(*unit);

		if (!kind || !kind->groups_at_enumeration)
			iommu->groups_at_enumeration = false;
		if (kind && !iommu->kind)
			iommu->kind = kind->name;
	}
	if (!iommu->kind)
		iommu->kind = "other";
}

static void off_by(struct iommu *iommu, const char *parameter)
{
	iommu->cause = text_of("off by %s on the kernel command line", parameter);
	iommu->remedy = text_of("remove %s from the kernel command line", parameter);
}

/* iommu=off and amd_iommu=off count wherever they stand; of intel_iommu=on and =off the last one does. */
static void blame_parameters(struct iommu *iommu, const struct cmdline *cmdline, const struct kind *kind)
{
	bool own_off = false;

	for_each(word, cmdline) {
		if (word->for_init || !word->value)
			continue;
		if (!strcmp(word->name, "iommu") && list_has(word->value, "off")) {
			off_by(iommu, "iommu=off");
			return;
		}
		if (strcmp(word->name, kind->parameter))
			continue;
		if (list_has(word->value, "off"))
			own_off = true;
		else if (kind == INTEL && list_has(word->value, "on"))
			own_off = false;
	}
	if (own_off)
		off_by(iommu, text_of("%s=off", kind->parameter));
}

/* Intel's default is the kernel's build option, which the image knows; Debian builds it in as on. */
static bool intel_is_on_by_default(int root, const struct manifest *manifest)
{
	if (manifest->intel_iommu)
		return !strcmp(manifest->intel_iommu, "on");
	return root_contains(root, "proc/version", "Debian");
}

static const struct absence_of_table *find_absence(int root)
{
	const struct absence_of_table *absence = absences;

	/* Documentation/ABI/stable/sysfs-hypervisor-xen: nothing else makes it */
	if (root_exists(root, "sys/hypervisor/type"))
		return &under_xen;
	while (*absence->processor && !root_contains(root, "proc/cpuinfo", absence->processor))
		absence++;
	return absence;
}

static void explain_absence(struct iommu *iommu, int root)
{
	const struct absence_of_table *absence = find_absence(root);

	iommu->state = IOMMU_ABSENT;
	iommu->cause = absence->cause;
	iommu->remedy = absence->remedy;
}

/* A device tree has no table for it: it is a function of the bus, virtio device 23. */
static bool has_virtio_iommu(int root)
{
	struct strings names = { 0 };

	root_list(root, "sys/bus/pci/devices", &names);
	for_each(name, &names)
		if (root_contains(root, text_of("sys/bus/pci/devices/%s/uevent", *name), "PCI_ID=1AF4:1057"))
			return true;
	return false;
}

static void explain(struct iommu *iommu, int root, const struct cmdline *cmdline, const struct manifest *manifest)
{
	const struct kind *kind = kinds;

	while (kind < KINDS_END && !root_exists(root, text_of("sys/firmware/acpi/tables/%s", kind->table)))
		kind++;
	if (kind == KINDS_END && has_virtio_iommu(root))
		kind = VIRTIO;
	if (kind == KINDS_END) {
		explain_absence(iommu, root);
		return;
	}
	*iommu = (struct iommu) {
		.state = IOMMU_OFF, .kind = kind->name, .cause = kind->cause, .remedy = kind->remedy,
	};
	if (kind == INTEL && !list_has(cmdline_value(cmdline, kind->parameter), "on") &&
	    !intel_is_on_by_default(root, manifest)) {
		iommu->cause = "off by the kernel's default";
		iommu->remedy = "add intel_iommu=on to the kernel command line";
	}
	blame_parameters(iommu, cmdline, kind);
}

static bool noiommu_mode(int root)
{
	const char *mode = root_attribute(root, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode");

	return mode && *mode == 'Y';
}

void iommu_judge(int root, const struct cmdline *cmdline, const struct manifest *manifest, bool discovered,
		 struct iommu *iommu)
{
	struct strings units = { 0 }, groups = { 0 };

	*iommu = (struct iommu) { .state = IOMMU_ON };
	root_list(root, "sys/kernel/iommu_groups", &groups);
	root_list(root, "sys/class/iommu", &units);
	if (units.count) {
		judge_units(iommu, &units);
		iommu->groups_at_probe = !iommu->groups_at_enumeration && !discovered;
		if (!groups.count && !iommu->groups_at_probe) {
			iommu->state = IOMMU_NO_GROUPS;
			iommu->cause = "the IOMMU is on, but the kernel made no groups";
			iommu->remedy = "look for iommu in the kernel log";
		}
		/* x86 chips are listed as IO-APIC, PCI-MSI, or with IR- before; elsewhere MSIs are isolated */
		iommu->remaps_interrupts = root_contains(root, "proc/interrupts", " IR-") ||
					  !root_contains(root, "proc/interrupts", "IO-APIC");
	} else if (noiommu_mode(root)) {
		explain(iommu, root, cmdline, manifest);
		iommu->state = IOMMU_NOIOMMU;
		iommu->cause = text_of("noiommu protects nothing and is never used; %s", iommu->cause);
	} else if (groups.count) {
		/* POWER has groups and no class entries */
		iommu->kind = "other";
		iommu->groups_at_enumeration = true;
		iommu->remaps_interrupts = true;
	} else {
		explain(iommu, root, cmdline, manifest);
	}
}
