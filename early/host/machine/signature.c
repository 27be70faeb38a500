/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of a disk as libblkid knows it. */
#include "signature.h"
#include "block_node.h"

#include "../../core/memory.h"
#include "../../core/text.h"

#include <blkid/blkid.h>
#include <unistd.h>

static const char *value_of(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) ? NULL : keep_string(value);
}

struct signature signature_of(const struct machine *machine, const char *name)
{
	blkid_probe probe = blkid_new_probe();
	struct signature signature = { 0 };
	int fd = block_open(machine, name), result = -1;

	if (probe && fd >= 0 && !blkid_probe_set_device(probe, fd, 0, 0)) {
		blkid_probe_enable_partitions(probe, true);
		blkid_probe_enable_superblocks(probe, true);
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL);
		result = blkid_do_safeprobe(probe);
	}
	if (!result) {
		signature.table = value_of(probe, "PTTYPE");
		signature.type = value_of(probe, "TYPE");
		signature.label = value_of(probe, "LABEL");
	} else if (result == -2) {
		signature.type = "more than one file system";
	} else {
		signature.unread = result != 1;
	}
	blkid_free_probe(probe);
	if (fd >= 0)
		close(fd);
	return signature;
}
