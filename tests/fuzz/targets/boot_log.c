/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is the log of a boot, and its records are read as "vfio-early verify" does. */
#include "../fuzz.h"

#include "../../../early/core/record.h"
#include "../../../early/host/image/boot_log.h"

#include <assert.h>
#include <string.h>

/* What was read can be written, and read again. */
static void check_value(const char *value)
{
	const char *cursor, *event, *rest;
	struct text log = { 0 };

	record_begin(&log, "device");
	record_add(&log, "before", "-");
	record_add(&log, "text", value);
	record_add(&log, "after", NULL);
	record_end(&log);
	check_log(log.bytes, log.length);
	cursor = log.bytes;
	assert(record_next(&cursor, log.bytes + log.length, &event, &rest) && cursor == log.bytes + log.length);
	assert(!strcmp(event, "device") && !strcmp(record_value(rest, "text"), value));
	assert(!strcmp(record_value(rest, "after"), "-") && !record_value(rest, "tex"));
}

void one_input(const char *bytes, size_t length)
{
	static const char *const keys[] = { "address", "result", "text", "remedy", "status" };
	struct machine machine = { .root = "/", .fd = TREE, .config_fd = TREE, .live = true };
	struct boot_log log;
	size_t i;

	tree_file(BOOT_LOG, bytes, length);
	boot_log_read(&machine, &log);
	assert(log.found && !log.problem == (log.records.count > 0));
	for_each(record, &log.records)
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			const char *value = record_value(record->rest, keys[i]);

			if (value)
				check_value(value);
		}
	if (log.problem)
		return;
	assert(!strcmp(log.records.items[0].event, "vfio-early"));
	assert(boot_log_value(&log, "result", "status"));
}
