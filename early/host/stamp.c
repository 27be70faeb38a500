/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stamp of a configuration: FNV-1a, 64 bits. */
#include "modules.h"
#include "stamp.h"

#include "../core/config.h"
#include "../core/root.h"
#include "../core/text.h"

#include <inttypes.h>
#include <string.h>

static uint64_t mix(uint64_t hash, const char *bytes, size_t length)
{
	while (length--)
		hash = (hash ^ (unsigned char)*bytes++) * UINT64_C(0x100000001b3);
	return hash;
}

/* With its terminator, so that "ab","c" differs from "a","bc". */
static uint64_t mix_string(uint64_t hash, const char *string)
{
	return mix(hash, string, strlen(string) + 1);
}

const char *stamp_of(int root, const struct strings *files, const struct module_list *modules)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const char *content;
	size_t length, i;

	for (i = 0; i < files->count; i++) {
		hash = mix_string(hash, files->items[i]);
		if (!root_read(root, files->items[i], CONFIG_SIZE_MAX, &content, &length))
			hash = mix(hash, content, length + 1);
	}
	for (i = 0; i < modules->ids_count; i++)
		hash = mix_string(hash, modules->ids[i].list);
	return text_of("%016" PRIx64, hash);
}
