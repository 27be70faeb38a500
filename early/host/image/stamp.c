/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stamp of a configuration: FNV-1a, 64 bits. */
#include "stamp.h"

#include "../../core/config.h"
#include "../../core/root.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
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
	char stamp[17];
	size_t length;
	int error;

	for_each(path, files) {
		hash = mix_string(hash, *path);
		error = root_read(root, *path, CONFIG_SIZE_MAX, &content, &length);
		if (error == -EACCES)
			return NULL;
		if (!error)
			hash = mix(hash, content, length + 1);
	}
	for_each(item, &modules->files)
		hash = mix_string(hash, item->module.options);
	for_each(ids, &modules->ids)
		hash = mix_string(hash, ids->list);
	snprintf(stamp, sizeof(stamp), "%016" PRIx64, hash);
	return keep_string(stamp);
}
