/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is one text, in the place of each file of a machine that has no target of its own and one small reader. */
#include "../fuzz.h"

#include "../../../early/core/address.h"
#include "../../../early/core/framebuffer.h"
#include "../../../early/core/inventory.h"
#include "../../../early/core/root.h"
#include "../../../early/core/selector.h"
#include "../../../early/core/text.h"
#include "../../../early/host/uses/block.h"
#include "../../../early/host/uses/crypttab.h"
#include "../../../early/host/image/images.h"
#include "../../../early/host/machine/sysfs_path.h"
#include "../../../early/host/uses/parts.h"

#include <assert.h>
#include <string.h>

#define GPU "0000:01:00.0"
#define GPU_DIRECTORY "sys/devices/pci0000:00/0000:00:01.0/" GPU
#define RELEASE "6.1"

static const struct machine machine = { .root = "/", .fd = TREE, .config_fd = TREE };

static void read_crypttab(const char *text)
{
	struct unlock unlock = { 0 };
	struct crypttab crypttab;

	(void)text;
	crypttab_read(&machine, &crypttab);
	for_each(entry, &crypttab) {
		assert(*entry->name && *entry->name != '#' && entry->source && *entry->key && entry->options);
		crypttab_is_awaited(entry);
		block_named(&machine, entry->source);
		unlock_add(&machine, &crypttab, entry->name, &unlock);
	}
}

static void read_routes(const char *text)
{
	static const char *names[] = { "192.0.2.1", "2001:db8::1", "" };
	struct root_network needs = { .servers = { names, 3 } };
	struct uses uses = { 0 };

	(void)text;
	uses_add_network(&machine, &uses, &needs);
	assert(uses.unknown & REFUSE_ROOT_NETWORK);		/* of a server that is not told */
	for_each(use, &uses)
		assert(!strcmp(use->device, GPU) && use->kind != USE_BOOT);
}

/* A claim is found only where there are both, the function and behind it the claim. */
static void read_iomem(const char *text)
{
	struct device gpu = { .name = GPU, .is_pci = true };
	struct inventory inventory;
	const struct device *framebuffer;

	inventory_open(TREE, RELEASE, &inventory);
	framebuffer = framebuffer_on(&inventory, &gpu);
	if (framebuffer) {
		const char *line = strstr(text, " : " GPU "\n");

		assert(line && (strstr(line, " : BOOTFB\n") || strstr(line, " : efifb\n") || strstr(line, " : vesafb\n")));
		assert(!strcmp(framebuffer->holds, GPU));
	}
}

static void read_record(const char *text)
{
	struct images images;

	images_find(&machine, &images);
	assert(images.count == 1 && !strcmp(images.items[0].kernel, RELEASE));
	assert(!images.items[0].finished || text_begins(text, "manifest"));
}

/* Files of loaders, which are anybody's. */
static void read_boot_entries(const char *text)
{
	struct boot_entries entries = boot_entries_find(&machine);

	(void)text;
	for_each(entry, &entries) {
		assert(*entry->source && (!entry->kernel || *entry->kernel == '/'));
		entry_is_for(&machine, entry, RELEASE);
		if (entry->image)
			assert(*boot_path(entry->image) == '/' && !is_beside_image(entry->image));
	}
}

/* The search of a file in pieces finds what is there, and nothing else. */
static void search(const char *text)
{
	static const char *const words[] = { " vmx", "flags", "Debian", " IR-", "CONFIG_INTEL_IOMMU_DEFAULT_ON=y", "aab", "\n" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert(root_contains(TREE, "text", words[i]) == (strstr(text, words[i]) != NULL));
}

/* What has a name can be written by it. */
static void read_names(const char *text)
{
	const char *line;

	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *word = keep_bytes(line, strcspn(line, "\n")), *function = function_in(word);
		struct pci_address address, again;
		struct selector selector;

		if (address_of_name(word, &address))
			assert(address_of_name(address_name(&address), &again) && !address_compare(&address, &again));
		assert(!function || (strstr(word, function) && address_of_name(function, &address)));
		selector_parse(word, strlen(word), &selector);
	}
}

static const struct reader {
	const char *path;
	void (*read)(const char *text);
} readers[] = {
	{ "etc/crypttab", read_crypttab },
	{ "proc/net/route", read_routes },
	{ "proc/net/ipv6_route", read_routes },
	{ "proc/iomem", read_iomem },
	{ "var/lib/vfio-early/" RELEASE, read_record },
	{ "boot/grub/grub.cfg", read_boot_entries },
	{ "boot/loader/entries/x+3-1.conf", read_boot_entries },
	{ "text", search },
	{ "names", read_names },
};

/* What these files speak of. */
static void make_machine(void)
{
	tree_link("sys/class/net/eth0", "../../devices/pci0000:00/0000:00:01.0/" GPU "/net/eth0");
	tree_link("sys/bus/platform/devices/efi-framebuffer.0", "../../../devices/platform/efi-framebuffer.0");
	tree_link("sys/devices/platform/efi-framebuffer.0/driver", "../../../bus/platform/drivers/efi-framebuffer");
	tree_file("lib/modules/" RELEASE "/modules.builtin", "", 0);
	tree_file("boot/vmlinuz-" RELEASE, "", 0);
}

void one_input(const char *bytes, size_t length)
{
	const struct reader *reader;

	/* strings are what all of these look for */
	length = strnlen(bytes, length);
	make_machine();
	for (reader = readers; reader < readers + sizeof(readers) / sizeof(readers[0]); reader++) {
		tree_file(reader->path, bytes, length);
		reader->read(keep_bytes(bytes, length));
		tree_remove(reader->path);
	}
}
