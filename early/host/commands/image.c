/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-early image: the manifest of what belongs into an initramfs image, and the only place that knows. */
#include "commands.h"
#include "options.h"

#include "../image/content.h"
#include "../image/notes.h"
#include "../machine/machine.h"
#include "../machine/running.h"
#include "../uses/uses.h"
#include "../../core/errors.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <errno.h>
#include <string.h>

#define PROGRAM_IN_IMAGE "/usr/sbin/vfio-early-boot"

struct options {
	const char *kernel, *root, *builder, *image;
};

static const char help[] =
	"Usage: vfio-early image --kernel VERSION [OPTION...]\n"
	"\n"
	"Prints what belongs into an initramfs image, one item a line; mistakes in the\n"
	"configuration are warnings on standard error. For image builders:\n"
	"\n"
	"  program SRC DST   copy the file SRC to DST\n"
	"  file PATH         copy the file to the same path\n"
	"  anything else     is for vfio-early-boot: store all of the output as\n"
	"                    /usr/lib/vfio-early/manifest\n"
	"\n"
	"  --kernel VERSION  the kernel of the image, as in /lib/modules\n"
	"  --builder NAME    who asks, for the log of the boot\n"
	"  --image FILE      the image that is being built: what it is going to have is\n"
	"                    noted in /" RECORDS ", for check and verify\n"
	"  --root DIR        describe the system below DIR\n"
	"\n"
	"Exit code: 0, 1 with warnings, 2 wrong usage, 3 nothing could be said.\n";

/* -1: go on; else the exit code. */
static int read_options(int count, char **arguments, struct options *options)
{
	static const struct option known[] = {
		{ "kernel", required_argument, NULL, 'k' }, { "builder", required_argument, NULL, 'b' },
		{ "image", required_argument, NULL, 'i' }, { "root", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int which;

	while ((which = next_option("image", count, arguments, "", known)) != -1) {
		switch (which) {
		case 'k':
			options->kernel = optarg;
			break;
		case 'b':
			options->builder = optarg;
			break;
		case 'i':
			options->image = optarg;
			break;
		case 'r':
			options->root = optarg;
			break;
		case 'h':
			say_lines(help);
			return EXIT_FINE;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind < count)
		return complain(EXIT_USAGE, "image: not an option: %s", arguments[optind]);
	if (!options->kernel || !*options->kernel || strchr(options->kernel, '/') || *options->kernel == '.')
		return complain(EXIT_USAGE, "image: --kernel VERSION is needed: a name in /lib/modules");
	return -1;
}

static void print_modules(const struct module_list *list)
{
	for_each(item, &list->files)
		say("file %s\n", item->file);
}

/* A file name with a newline would be two lines of the manifest. */
static void print_files(const struct strings *files, struct errors *errors)
{
	for_each(path, files) {
		if (strchr(*path, '\n'))
			errors_add(errors, (struct where) { .source = text_of("/%s", *path) },
				   "a file name with a newline: not copied, rename it");
		else
			say("file /%s\n", *path);
	}
}

/* An image without a note works; only checks do not know it. */
static void note(const struct machine *machine, const struct options *options, const char *records, struct errors *errors)
{
	int error = options->image ? image_note_write(machine, options->kernel, options->image, records) : 0;

	if (error)
		errors_add(errors, (struct where) { .source = "/" RECORDS },
			   "the image cannot be noted there: %s: vfio-early check will not know it", strerror(-error));
}

static int say_mistakes(const struct options *options, const struct errors *errors, const struct module_list *modules)
{
	for_each(error, errors) {
		const char *at = where_exactly(error->at);

		complain(EXIT_PROBLEM, "%s: %s", text_shown(at, strlen(at)), error->text);
	}
	for_each(name, &modules->missing)
		complain(EXIT_PROBLEM, "kernel %s has no module %s", options->kernel, *name);
	return errors->count || modules->missing.count ? EXIT_PROBLEM : EXIT_FINE;
}

int command_image(int count, char **arguments)
{
	struct options options = { 0 };
	struct host_uses uses;
	struct content content;
	struct machine machine;
	const char *program, *modules_of, *records;
	int code, error;

	code = read_options(count, arguments, &options);
	if (code >= 0)
		return code;
	code = machine_open("image", options.root, NULL, &machine);
	if (code)
		return code;
	program = boot_program();
	if (!program)
		return complain(EXIT_CANNOT_RUN, "image: vfio-early-boot is not installed beside vfio-early");
	modules_of = text_of("lib/modules/%s", options.kernel);
	if (!root_exists(machine.fd, modules_of))
		return complain(EXIT_CANNOT_RUN, "image: %s: there is none: is this kernel installed?",
				machine_path(&machine, modules_of));
	error = content_of(&machine, options.kernel, &content);
	if (error)		/* the image is still useful: the boot says in its log what it lacks */
		errors_add(&content.config.errors, (struct where) { .source = text_of("/%s", modules_of) },
			   "its index cannot be read: %s; run depmod %s", strerror(-error), options.kernel);
	uses = host_uses_now(&machine);
	records = content_records(&content, &uses, options.builder);
	note(&machine, &options, records, &content.config.errors);
	say_lines(records);
	say("program %s %s\n", program, PROGRAM_IN_IMAGE);
	print_files(&content.files, &content.config.errors);
	print_modules(&content.modules);
	if (said(EXIT_FINE))
		return EXIT_CANNOT_RUN;
	return say_mistakes(&options, &content.config.errors, &content.modules);
}
