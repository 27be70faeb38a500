/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of the machine itself: processor, IOMMU, and how it is booted. */
#include "checks.h"

#include "../../machine/module_option.h"
#include "../../settings/kernel_parameter.h"
#include "../../../core/cmdline.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

/* systemd-stub leaves it when the kernel came as a unified image (systemd-stub(7)). */
#define STUB_VARIABLE "sys/firmware/efi/efivars/StubInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

#define ENVIRONMENT_SIZE_MAX (1024ul * 1024)

static void check_processor(struct checking *checking)
{
	int root = checking->machine->fd;
	bool intel = root_contains(root, "proc/cpuinfo", " vmx"), amd = root_contains(root, "proc/cpuinfo", " svm");

	if (!root_contains(root, "proc/cpuinfo", "flags"))
		return;			/* not an x86 machine */
	if (!intel && !amd)
		findings_add(&checking->findings, LEVEL_WARN, "cpu",
			     root_contains(root, "proc/cpuinfo", " hypervisor") ?
			     "have its hypervisor pass on virtualization, if it can" :
			     "enable VT-x or SVM in the firmware setup",
			     "no hardware virtualization (vmx, svm): virtual machines would be very slow");
	else if (checking->machine->live && !root_exists(root, "dev/kvm"))
		findings_add(&checking->findings, LEVEL_WARN, "cpu", text_of("modprobe %s", intel ? "kvm_intel" : "kvm_amd"),
			     "%s, but there is no /dev/kvm", intel ? "vmx" : "svm");
	else
		findings_add(&checking->findings, LEVEL_PASS, "cpu", NULL, "%s%s", intel ? "vmx" : "svm",
			     checking->machine->live ? ", /dev/kvm" : "");
}

static const char *kind_shown(const char *kind)
{
	return text_same(kind, "intel") ? "Intel VT-d" : text_same(kind, "amd") ? "AMD-Vi" : text_same(kind, "smmu") ?
	       "Arm SMMU" : text_same(kind, "virtio") ? "virtio-iommu" : "of another kind";
}

/* It is on, and interrupts are not remapped. */
static void check_unsafe_interrupts(struct checking *checking, const char *kind)
{
	const char *allowed = module_option_on(checking->machine, &checking->rehearsal.boot.cmdline, "vfio_iommu_type1",
					       "allow_unsafe_interrupts");

	if (allowed)
		findings_add(&checking->findings, LEVEL_WARN, "iommu", NULL,
			     "on (%s), but without interrupt remapping: guests are trusted, since allow_unsafe_interrupts "
			     "is set (%s)", kind_shown(kind), allowed);
	else
		findings_add(&checking->findings, LEVEL_WARN, "iommu",
			     "enable x2APIC or interrupt remapping in the firmware setup, or set "
			     "vfio_iommu_type1.allow_unsafe_interrupts=1 if you trust every guest",
			     "on (%s), but without interrupt remapping", kind_shown(kind));
}

static void check_iommu(struct checking *checking)
{
	const struct iommu *iommu = &checking->rehearsal.boot.decision.iommu;
	bool is_needed = checking->rehearsal.boot.config.requests.count;
	const char *parameter = parameter_missing(&checking->rehearsal);

	if (parameter && parameter_is_booted(checking->machine))
		findings_add(&checking->findings, is_needed ? LEVEL_FAIL : LEVEL_WARN, "iommu",
			     text_of("make anew what is booted, or add %s where the boot loader of this machine reads it",
				     parameter),
			     "off, although this boot came after %s was added (%s)", parameter,
			     parameter_places(checking->machine) ? parameter_places(checking->machine) : "by hand");
	else if (parameter && parameter_is_added(checking->machine))
		findings_add(&checking->findings, LEVEL_WARN, "iommu", "reboot",
			     "off in this boot, %s was added since: groups can be told after the reboot",
			     parameter);
	else if (iommu->state != IOMMU_ON)
		findings_add(&checking->findings, is_needed ? LEVEL_FAIL : LEVEL_WARN, "iommu",
			     parameter ? parameter_advice(checking->machine, parameter) : checking->rehearsal.no_iommu.remedy,
			     "%s", checking->rehearsal.no_iommu.cause);
	else if (iommu->remaps_interrupts)
		findings_add(&checking->findings, LEVEL_PASS, "iommu", NULL, "on (%s), interrupt remapping on",
			     kind_shown(iommu->kind));
	else
		check_unsafe_interrupts(checking, iommu->kind);
}

/*
 * No kernel of kernel.org has it. What a kernel does not know, and has no dot,
 * becomes a variable of process 1 (init/main.c:unknown_bootoption).
 */
static void check_acs_override(struct checking *checking)
{
	size_t length, at;
	const char *environment;
	bool ignored = false;

	if (root_read(checking->machine->fd, "proc/1/environ", ENVIRONMENT_SIZE_MAX, &environment, &length))
		length = 0;		/* for root alone to read */
	for (at = 0; at < length; at += strlen(environment + at) + 1)
		ignored |= text_begins(environment + at, "pcie_acs_override=");
	if (ignored)
		findings_add(&checking->findings, LEVEL_WARN, "acs", "remove it, or boot a kernel with that patch",
			     "this kernel does not know pcie_acs_override=: it splits no group");
	else
		findings_add(&checking->findings, LEVEL_WARN, "acs", "remove pcie_acs_override= where no group needs it",
			     "pcie_acs_override= splits groups that the hardware does not isolate");
}

static void check_parameters(struct checking *checking)
{
	const struct boot *boot = &checking->rehearsal.boot;
	bool is_asked = boot->config.requests.count;

	if (cmdline_value(&boot->cmdline, "pcie_acs_override"))
		check_acs_override(checking);
	if (checking->rehearsal.recovery)
		findings_add(&checking->findings, LEVEL_WARN, "this boot", NULL,
			     "bound nothing (%s); what follows is about an ordinary boot", checking->rehearsal.recovery);
	if (boot->config.mode == MODE_OFF && is_asked && strchr(boot->config.off_because, '='))
		findings_add(&checking->findings, LEVEL_FAIL, "switch",
			     text_of("remove %s from the kernel command line", boot->config.off_because),
			     "nothing is bound while %s is on the kernel command line", boot->config.off_because);
	else if (boot->config.mode == MODE_OFF && is_asked)
		findings_add(&checking->findings, LEVEL_FAIL, "switch", "ask again in an ordinary boot",
			     "nothing is bound in a %s", boot->config.off_because);
	if (boot->config.mode == MODE_DRY_RUN && is_asked)
		findings_add(&checking->findings, LEVEL_FAIL, "switch", "remove vfio.early=dry-run from the kernel command line",
			     "nothing is bound while vfio.early=dry-run is on the kernel command line");
}

static size_t count_unified_images(int root)
{
	static const char *const places[] = { "efi/EFI/Linux", "boot/efi/EFI/Linux", "boot/EFI/Linux" };
	size_t count = 0, i;

	for (i = 0; i < 3; i++) {
		struct strings names = { 0 };

		root_list(root, places[i], &names);
		for_each(name, &names)
			count += strstr(*name, ".efi") != NULL;
	}
	return count;
}

/* Who cannot edit the command line needs another entry to get back in. */
static void check_way_back(struct checking *checking)
{
	if (root_exists(checking->machine->fd, STUB_VARIABLE) && count_unified_images(checking->machine->fd) < 2)
		findings_add(&checking->findings, LEVEL_WARN, "way back",
			     "keep a second unified image whose command line has vfio.early=off",
			     "this kernel is a unified image, and there is no other: no way to boot without the binding");
}

void check_host(struct checking *checking)
{
	check_processor(checking);
	check_iommu(checking);
	check_parameters(checking);
	check_way_back(checking);
}
