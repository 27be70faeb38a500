/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict on the IOMMU: on, or off with its cause and remedy. */
#include "iommu.h"

#include "cmdline.h"
#include "root.h"
#include "text.h"

#include <string.h>

#define TABLES "sys/firmware/acpi/tables/"

const char *iommu_state_name(enum iommu_state state)
{
	switch (state) {
	case IOMMU_ON:		return "on";
	case IOMMU_OFF:		return "off";
	case IOMMU_ABSENT:	return "absent";
	case IOMMU_NO_GROUPS:	return "no-groups";
	case IOMMU_NOIOMMU:	return "noiommu";
	}
	return "?";
}

/* The names that the drivers give to their units in /sys/class/iommu. */
static const char *kind_of_unit(const char *unit)
{
	if (text_begins(unit, "dmar"))
		return "intel";
	if (text_begins(unit, "ivhd"))
		return "amd";
	if (text_begins(unit, "smmu"))
		return "smmu";
	if (text_begins(unit, "virtio"))
		return "virtio";
	return "other";
}

static void off(struct iommu *iommu, const char *kind, const char *cause, const char *remedy)
{
	iommu->state = IOMMU_OFF;
	iommu->kind = kind;
	iommu->cause = cause;
	iommu->remedy = remedy;
}

static bool off_by(struct iommu *iommu, const char *kind, const char *parameter)
{
	off(iommu, kind, text_of("off by %s on the kernel command line", parameter),
	    text_of("remove %s from the kernel command line", parameter));
	return true;
}

/* iommu=off and amd_iommu=off stick; of intel_iommu=on and =off the last one counts. */
static bool is_switched_off(struct iommu *iommu, const struct cmdline *cmdline, const char *kind)
{
	const char *own = strcmp(kind, "intel") ? "amd_iommu" : "intel_iommu";
	bool own_off = false;

	for_each(word, cmdline) {
		if (word->for_init || !word->value)
			continue;
		if (!strcmp(word->name, "iommu") && list_has(word->value, "off"))
			return off_by(iommu, kind, "iommu=off");
		if (strcmp(word->name, own))
			continue;
		if (list_has(word->value, "off"))
			own_off = true;
		else if (!strcmp(kind, "intel") && list_has(word->value, "on"))
			own_off = false;
	}
	return own_off && off_by(iommu, kind, text_of("%s=off", own));
}

/* Intel's default is the kernel's build option, which the image knows; Debian builds it in as on. */
static bool intel_is_on_by_default(int root, const struct manifest *manifest)
{
	if (manifest->intel_iommu)
		return !strcmp(manifest->intel_iommu, "on");
	return root_contains(root, "proc/version", "Debian");
}

static void judge_intel(struct iommu *iommu, int root, const struct cmdline *cmdline,
			const struct manifest *manifest)
{
	const char *parameter = cmdline_value(cmdline, "intel_iommu");

	if (is_switched_off(iommu, cmdline, "intel"))
		return;
	if (list_has(parameter, "on") || intel_is_on_by_default(root, manifest))
		off(iommu, "intel", "VT-d is enabled, but the kernel could not start it",
		    "look for DMAR in the kernel log");
	else
		off(iommu, "intel", "off by the kernel's default", "add intel_iommu=on to the kernel command line");
}

static void judge_no_table(struct iommu *iommu, int root)
{
	iommu->state = IOMMU_ABSENT;
	if (root_contains(root, "proc/cpuinfo", " hypervisor")) {
		iommu->cause = "this is a virtual machine without a virtual IOMMU";
		iommu->remedy = "give the virtual machine an IOMMU (QEMU: -device intel-iommu)";
	} else if (root_contains(root, "proc/cpuinfo", "GenuineIntel")) {
		iommu->cause = "no DMAR table: VT-d is disabled in the firmware, or absent";
		iommu->remedy = "enable VT-d in the firmware setup";
	} else if (root_contains(root, "proc/cpuinfo", "AuthenticAMD")) {
		iommu->cause = "no IVRS table: the IOMMU is disabled in the firmware, or absent";
		iommu->remedy = "enable IOMMU (AMD-Vi) in the firmware setup";
	} else {
		iommu->cause = "the firmware has no IOMMU table";
		iommu->remedy = "enable it in the firmware setup";
	}
}

static void explain(struct iommu *iommu, int root, const struct cmdline *cmdline, const struct manifest *manifest)
{
	if (root_exists(root, TABLES "DMAR")) {
		judge_intel(iommu, root, cmdline, manifest);
	} else if (root_exists(root, TABLES "IVRS")) {
		if (!is_switched_off(iommu, cmdline, "amd"))
			off(iommu, "amd", "AMD-Vi is enabled, but the kernel could not start it",
			    "look for AMD-Vi in the kernel log");
	} else if (root_exists(root, TABLES "VIOT")) {
		off(iommu, "virtio", "the driver of the virtual IOMMU is not loaded",
		    "have the initramfs load virtio_iommu before vfio-early");
	} else if (root_exists(root, TABLES "IORT")) {
		off(iommu, "smmu", "the kernel started no SMMU", "look for smmu in the kernel log");
	} else {
		judge_no_table(iommu, root);
	}
}

static bool noiommu_mode(int root)
{
	const char *mode = root_attribute(root, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode");

	return mode && *mode == 'Y';
}

void iommu_judge(int root, const struct cmdline *cmdline, const struct manifest *manifest, struct iommu *iommu)
{
	struct strings units = { 0 }, groups = { 0 };

	*iommu = (struct iommu) { .state = IOMMU_ON };
	root_list(root, "sys/kernel/iommu_groups", &groups);
	root_list(root, "sys/class/iommu", &units);
	if (units.count) {
		iommu->kind = kind_of_unit(units.items[0]);
		/* an SMMU makes groups only when drivers probe, up to kernel 6.12 */
		if (!groups.count && strcmp(iommu->kind, "smmu")) {
			iommu->state = IOMMU_NO_GROUPS;
			iommu->cause = "the IOMMU is on, but the kernel made no groups";
			iommu->remedy = "look for iommu in the kernel log";
		}
		/* chips are listed as IR-IO-APIC, IR-PCI-MSI */
		iommu->remaps_interrupts = (strcmp(iommu->kind, "intel") && strcmp(iommu->kind, "amd")) ||
					  root_contains(root, "proc/interrupts", " IR-");
	} else if (noiommu_mode(root)) {
		explain(iommu, root, cmdline, manifest);
		iommu->state = IOMMU_NOIOMMU;
		iommu->cause = text_of("noiommu mode protects nothing; %s", iommu->cause);
	} else if (groups.count) {
		/* POWER has groups and no class entries */
		iommu->kind = "other";
		iommu->remaps_interrupts = true;
	} else {
		explain(iommu, root, cmdline, manifest);
	}
}
