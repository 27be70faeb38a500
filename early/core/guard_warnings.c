/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stage 3, the part that refuses nothing: what is worth a warning about what is taken. */
#include "guard.h"

#include "inventory.h"
#include "root.h"
#include "stages.h"
#include "text.h"

#include <string.h>

#define CLASS_VGA 0x0300

static void warn_of_group(struct decision *decision, const struct group *group, int root)
{
	const char *regions = NULL;

	/* lines: start, end, type; "direct-relaxable" is harmless */
	if (group->id)
		regions = root_text(root, text_of("sys/kernel/iommu_groups/%s/reserved_regions", group->id));
	if (regions && strstr(regions, " direct\n"))
		strings_add_once(&decision->warnings,
				 text_of("group %s has a direct reserved region (RMRR): it binds, but no VM can use it",
					 group->id));
	for_each(member, &group->members) {
		const char *name = member->device->name;

		/* what else is a display has no such attribute (drivers/pci/pci-sysfs.c) */
		if (takes_display(member) && member->device->class >> 8 == CLASS_VGA &&
		    text_same(root_attribute(root, text_of("sys/bus/pci/devices/%s/boot_vga", name)), "1"))
			strings_add_once(&decision->warnings, text_of("%s is the boot display: its screen stays dark", name));
		if (member->role == ROLE_TAKE && member->device->silent)
			strings_add_once(&decision->warnings, text_of("%s does not answer: power-cycle the machine", name));
	}
}

void warn_of_groups(struct boot *boot)
{
	struct decision *decision = &boot->decision;
	bool any = false;

	for_each(group, &decision->groups)
		if (!group->refusals) {
			warn_of_group(decision, group, boot->root);
			any = true;
		}
	if (!any)
		return;
	for_each(module, &decision->modules.blacklisted)
		strings_add_once(&decision->warnings,
				 text_of("module %s is blacklisted on the kernel command line", *module));
	if (!decision->iommu.remaps_interrupts)
		strings_add_once(&decision->warnings, "no interrupt remapping: a VM starts only with "
				 "allow_unsafe_interrupts of vfio_iommu_type1");
	if (!boot->manifest.knows_uses)
		strings_add_once(&decision->warnings, "the image does not say what the host uses: its disks are not protected");
}
