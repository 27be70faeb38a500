/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of the boot, read back. */
#include "boot_log.h"

#include "../machine/status.h"
#include "../../core/record.h"
#include "../../core/root.h"

#include <errno.h>
#include <string.h>

#define LOG_SIZE_MAX (4ul * 1024 * 1024)

static bool is_known(const char *event)
{
	static const char *const known[] = { "vfio-early", "error", "iommu", "device", "group", "warning", "result" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(event, known[i]))
			return true;
	return false;
}

/* Who could have written it; a captured machine's is a copy. */
static const char *distrust(const struct machine *machine)
{
	struct stat status;

	if (status_of(machine->fd, BOOT_LOG, false, &status))
		return NULL;
	if (!S_ISREG(status.st_mode))
		return "is no regular file: somebody has replaced it";
	if (machine->live && (status.st_uid || status.st_mode & 022))
		return "can be written by others than root: it proves nothing";
	return NULL;
}

static const char *read_records(struct boot_log *log, const char *content, size_t length)
{
	const char *cursor = content, *event, *rest;

	if (!length || content[length - 1] != '\n')
		return "is cut off";
	while (record_next(&cursor, content + length, &event, &rest)) {
		if (!is_known(event))
			return text_of("has a line that is no record: %s", text_shown(event, strlen(event)));
		*list_add(&log->records) = (struct log_record) { .event = event, .rest = rest };
	}
	if (!log->records.count || strcmp(log->records.items[0].event, "vfio-early"))
		return "does not begin with the header of vfio-early-boot";
	if (strcmp(log->records.items[log->records.count - 1].event, "result") || !boot_log_value(log, "result", "status"))
		return "is cut off: it has no result";
	return NULL;
}

void boot_log_read(const struct machine *machine, struct boot_log *log)
{
	const char *content;
	size_t length;
	int error;

	*log = (struct boot_log) { .problem = distrust(machine) };
	error = root_read(machine->fd, BOOT_LOG, LOG_SIZE_MAX, &content, &length);
	log->found = log->problem || error != -ENOENT;
	if (!log->found || log->problem)
		return;
	log->problem = error ? text_of("cannot be read: %s", strerror(-error)) : read_records(log, content, length);
	if (log->problem)
		log->records.count = 0;
}

const char *boot_log_value(const struct boot_log *log, const char *event, const char *key)
{
	for_each(record, &log->records)
		if (!strcmp(record->event, event))
			return record_value(record->rest, key);
	return NULL;
}
