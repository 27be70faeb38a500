/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who builds the images of this machine: the command that makes one anew, so that it is the one that boots. */
#include "builders.h"

#include "../machine/path.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define PRESETS "etc/mkinitcpio.d"

static bool has_program(const struct machine *machine, const char *name)
{
	return root_exists(machine->fd, text_of("usr/bin/%s", name)) || root_exists(machine->fd, text_of("usr/sbin/%s", name));
}

/* Whether a file, or one in a directory, has these words. */
static bool is_in(const struct machine *machine, const char *file, const char *directory, const char *words)
{
	struct strings names = { 0 };
	bool found = file && root_contains(machine->fd, file, words);

	root_list(machine->fd, directory, &names);
	for_each(name, &names)
		found |= root_contains(machine->fd, text_of("%s/%s", directory, *name), words);
	return found;
}

static bool is_unified(const struct image *image)
{
	return image->file && name_ends(image->file, ".efi");
}

/* ---- whether an image is a builder's ---- */

/* Its presets name its images; where dracut is not, too, all are its own. */
static bool is_of_mkinitcpio(const struct machine *machine, const struct image *image)
{
	return !has_program(machine, "dracut") ||
	       (image && image->file && is_in(machine, NULL, PRESETS, path_name(image->file)));
}

static bool is_of_mkinitcpio_without_hook(const struct machine *machine, const struct image *image)
{
	return is_of_mkinitcpio(machine, image) &&
	       !is_in(machine, "etc/mkinitcpio.conf", "etc/mkinitcpio.conf.d", "vfio-early");
}

/* TOKEN/VERSION/initrd, or TOKEN-VERSION.efi: linux-VERSION is dracut's own. */
static bool is_of_kernel_install(const struct machine *machine, const struct image *image)
{
	(void)machine;
	if (!image || !image->file)
		return false;
	return is_unified(image) ? strstr(image->file, image->kernel) && !text_begins(path_name(image->file), "linux-") :
	       text_same(path_name(path_directory(image->file)), image->kernel);
}

/* Where dracut puts an image by itself has the version in it. */
static bool has_usual_place(const struct machine *machine, const struct image *image)
{
	(void)machine;
	return !image || !image->file || (!is_unified(image) && strstr(image->file, image->kernel));
}

/* ---- what it is told ---- */

static const char *tell_kernel_install(const struct machine *machine, const struct image *image)
{
	const char *kernel = text_of("lib/modules/%s/vmlinuz", image->kernel);

	return text_of("kernel-install add %s /%s", image->kernel,
		       root_exists(machine->fd, kernel) ? kernel : text_of("boot/vmlinuz-%s", image->kernel));
}

static const char *tell_dracut_file(const struct machine *machine, const struct image *image)
{
	(void)machine;
	return text_of("dracut --force%s /%s %s", is_unified(image) ? " --uefi" : "", image->file, image->kernel);
}

/* The first that fits counts: who keeps images, then what calls a builder and does more, then the builders. */
static const struct builder {
	const char *program;		/* NULL: none that could be looked for */
	bool (*builds)(const struct machine *machine, const struct image *image);	/* NULL: every image */
	const char *all, *each;		/* commands: for all images; for one, before the version of its kernel */
	const char *(*one)(const struct machine *machine, const struct image *image);	/* or a command of another form */
	const char *before;
	enum boot_keeper keeper;	/* only there; KEEPER_NONE: anywhere */
	bool runs;
} builders[] = {
	{ .keeper = KEEPER_OSTREE, .program = "rpm-ostree", .all = "rpm-ostree initramfs --enable" },
	{ .keeper = KEEPER_OSTREE, .before = "have the deployment's initramfs made with vfio-early in it "
	  "(where it has rpm-ostree: rpm-ostree initramfs --enable)" },
	{ .keeper = KEEPER_NIXOS, .all = "nixos-rebuild boot",
	  .before = "the image is made of the system's configuration: put vfio-early into its boot.initrd" },
	{ .program = "update-initramfs", .all = "update-initramfs -u -k all", .each = "update-initramfs -u -k", .runs = true },
	{ .program = "mkinitcpio", .builds = is_of_mkinitcpio_without_hook, .all = "mkinitcpio -P",
	  .before = "put vfio-early into HOOKS in /etc/mkinitcpio.conf" },
	{ .program = "mkinitcpio", .builds = is_of_mkinitcpio, .all = "mkinitcpio -P", .runs = true },
	{ .program = "dracut-rebuild", .all = "dracut-rebuild" },
	{ .program = "reinstall-kernels", .all = "reinstall-kernels" },
	{ .program = "sdbootutil", .before = "have sdbootutil make the image and its entry anew" },
	{ .program = "kernel-install", .builds = is_of_kernel_install, .one = tell_kernel_install, .runs = true },
	{ .program = "dracut", .builds = has_usual_place, .all = "dracut --regenerate-all --force",
	  .each = "dracut --force --kver", .runs = true },
	{ .program = "dracut", .one = tell_dracut_file, .runs = true },
	{ .program = "booster", .before = "booster has no place for vfio-early: build the image with dracut or mkinitcpio" },
};

struct rebuild rebuild_of(const struct machine *machine, const struct booting *booting, const struct image *image)
{
	size_t i;

	for (i = 0; i < sizeof(builders) / sizeof(builders[0]); i++) {
		const struct builder *builder = builders + i;

		if ((builder->keeper && builder->keeper != booting->keeper) ||
		    (builder->program && !has_program(machine, builder->program)) ||
		    (builder->builds && !builder->builds(machine, image)))
			continue;
		return (struct rebuild) {
			.command = image && builder->one ? builder->one(machine, image) :
				   image && builder->each ? text_of("%s %s", builder->each, image->kernel) : builder->all,
			.all = builder->all, .before = builder->before, .runs = builder->runs,
		};
	}
	return (struct rebuild) { 0 };
}

const char *rebuild_shown(const struct rebuild *rebuild)
{
	if (rebuild->command && rebuild->before)
		return text_of("%s, then: sudo %s", rebuild->before, rebuild->command);
	return rebuild->command ? text_of("sudo %s", rebuild->command) :
	       rebuild->before ? rebuild->before : "rebuild its image (no builder that is known is here)";
}

/* What copies image->elsewhere to the image that boots, where its builder did not; NULL: nothing that we know. */
static const char *copy_command(const struct machine *machine, const struct booting *booting, const struct image *image)
{
	return booting->keeper == KEEPER_KERNELSTUB ? "kernelstub" :
	       booting->keeper == KEEPER_PROXMOX_BOOT_TOOL ? "proxmox-boot-tool refresh" :
	       is_of_kernel_install(machine, image) ?
	       text_of("%s /%s", tell_kernel_install(machine, image), image->elsewhere) : NULL;
}

const char *remedy_of(const struct machine *machine, const struct booting *booting, const struct image *image)
{
	struct rebuild rebuild = rebuild_of(machine, booting, image);
	const char *copy = image->elsewhere ? copy_command(machine, booting, image) : NULL;

	return copy ? text_of("sudo %s", copy) : rebuild_shown(&rebuild);
}

const char *rebuild_command(const struct machine *machine)
{
	struct rebuild rebuild;
	struct booting booting;

	booting_find(machine, &booting);
	rebuild = rebuild_of(machine, &booting, NULL);
	return rebuild.runs ? rebuild.command : NULL;
}
