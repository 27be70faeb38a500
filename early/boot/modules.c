/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading one module: from its file, compressed or not, or else through modprobe. */
#include "modules.h"

#include "../core/cmdline.h"
#include "../core/root.h"
#include "../core/text.h"
#include "effects.h"

#include <errno.h>
#include <string.h>

/* Image builders decompress modules after their hooks have run, or keep them compressed. */
static const struct {
	const char *suffix;
	bool compressed;
} forms[] = { { ".ko", false }, { ".ko.xz", true }, { ".ko.zst", true }, { ".ko.gz", true } };

static int load_file(int root, const char *kernel, const char *module, const char *options)
{
	int error = -ENOENT;
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		error = effect_insmod(root, text_of("lib/modules/%s/%s%s", kernel, module, forms[i].suffix), options,
				      forms[i].compressed);
		if (error != -ENOENT)
			break;
	}
	return error;
}

/*
 * modprobe adds the options of modprobe.d and of the kernel command line by
 * itself, ids= among them: an empty ids= behind them takes that back, since
 * the last value of a string parameter counts.
 */
static int load_by_name(int root, const char *module, const char *options)
{
	const char *slash = strrchr(module, '/'), *name = slash ? slash + 1 : module;
	struct cmdline words = cmdline_parse(options, strlen(options));
	struct strings arguments = { 0 };

	strings_add(&arguments, "modprobe");
	strings_add(&arguments, name);
	for_each(word, &words)
		strings_add(&arguments, word->value ? text_of("%s=%s", word->name, word->value) : word->name);
	if (same_name(name, strlen(name), "vfio_pci"))
		strings_add(&arguments, "ids=");
	strings_add(&arguments, NULL);
	return effect_modprobe(root, arguments.items);
}

int module_load(int root, const char *kernel, const char *module, const char *options)
{
	int error = -ENOENT, by_name;

	if (kernel && strchr(module, '/'))
		error = load_file(root, kernel, module, options);
	if (!error)
		return 0;
	by_name = load_by_name(root, module, options);
	/* the kernel's own errno says more than modprobe's failure */
	return by_name && error != -ENOENT ? error : by_name;
}
