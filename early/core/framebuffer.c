/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the framebuffer of the firmware that occupies memory of a PCI function. */
#include "framebuffer.h"

#include "device.h"
#include "memory.h"
#include "root.h"
#include "text.h"

#include <string.h>

#define PLATFORM_DEVICES "sys/bus/platform/devices"
#define IOMEM_SIZE_MAX (1024ul * 1024)

/* The names under which framebuffers claim memory where sysfs does not tell whose it is. */
static bool is_claim(const char *line)
{
	static const char *const names[] = { " : BOOTFB\n", " : efifb\n", " : vesafb\n" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_begins(line, names[i]))
			return true;
	return false;
}

/* In /proc/iomem a claim stands below the function that it is in, indented deeper. */
static bool is_claimed(int root, const struct device *device)
{
	const char *text, *line, *wanted = text_of(" : %s\n", device->name);
	size_t length, depth = SIZE_MAX;

	if (root_read(root, "proc/iomem", IOMEM_SIZE_MAX, &text, &length))
		return false;
	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t indent = strspn(line, " ");
		const char *name = line + strcspn(line + indent, " \n") + indent;

		if (indent > depth && is_claim(name))
			return true;
		if (indent <= depth)
			depth = text_begins(name, wanted) ? indent : SIZE_MAX;
	}
	return false;
}

/* Since 6.9 the device of the framebuffer is a child of its PCI function (drivers/firmware/sysfb.c). */
static bool is_in(int root, const char *framebuffer, const struct device *device)
{
	const char *real = root_link(root, text_of(PLATFORM_DEVICES "/%s", framebuffer));

	if (real && strstr(real, "/pci"))
		return strstr(real, text_of("/%s/", device->name));
	return is_claimed(root, device);
}

struct device *framebuffer_on(struct inventory *inventory, const struct device *device)
{
	if (!inventory->platform_listed)
		root_list(inventory->root, PLATFORM_DEVICES, &inventory->platform_names);
	inventory->platform_listed = true;
	for_each(name, &inventory->platform_names) {
		struct device *framebuffer;

		if (!strstr(*name, "-framebuffer."))
			continue;
		framebuffer = keep(sizeof(*framebuffer));
		framebuffer->name = *name;
		framebuffer->real = "";
		framebuffer->driver = device_driver_now(inventory->root, framebuffer);
		framebuffer->holds = device->name;
		if (framebuffer->driver && is_in(inventory->root, *name, device))
			return framebuffer;
	}
	return NULL;
}
