/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the outcome is told: the log file, and a few lines in the kernel log. */
#include "log.h"

#include "../core/errors.h"
#include "../core/faults.h"
#include "../core/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_TEMPORARY LOG_FILE ".new"
#define KMSG_LINE_MAX 900		/* longer records are refused (kernel/printk/printk.c) */
#define FAULTS_SAID_MAX 20
#define LEVEL_ERROR 3
#define LEVEL_INFO 6

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

int log_write(int root, const struct text *log)
{
	int fd, error;

	/* left by a run that was killed; O_EXCL follows no link that somebody may have put there */
	unlinkat(root, LOG_TEMPORARY, 0);
	fd = openat(root, LOG_TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	error = write_all(fd, log->bytes, log->length);
	if (!error && fchmod(fd, 0644))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	/* a link, unlike a rename, never replaces the log of an earlier run */
	if (!error && linkat(root, LOG_TEMPORARY, root, LOG_FILE, 0) && errno != EEXIST)
		error = -errno;
	unlinkat(root, LOG_TEMPORARY, 0);
	return error;
}

/*
 * One record: one write, on a descriptor of its own, because the kernel drops
 * what exceeds ten records in five seconds on one (kernel/printk/printk.c:
 * devkmsg_write).
 */
__attribute__((format(printf, 3, 4)))
static void say(int root, int level, const char *format, ...)
{
	char line[KMSG_LINE_MAX + 1];	/* and a newline */
	va_list arguments;
	int start, length, fd;

	start = snprintf(line, KMSG_LINE_MAX, "<%d>vfio-early: ", level);
	va_start(arguments, format);
	length = start + vsnprintf(line + start, (size_t)(KMSG_LINE_MAX - start), format, arguments);
	va_end(arguments);
	if (length >= KMSG_LINE_MAX) {
		length = KMSG_LINE_MAX - 1;
		memcpy(line + length - 3, "...", 3);
	}
	line[length++] = '\n';
	fd = openat(root, "dev/kmsg", O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return;
	write_all(fd, line, (size_t)length);	/* what is lost here stands in the log file */
	close(fd);
}

static void say_faults(int root, const struct faults *faults)
{
	size_t i;

	for (i = 0; i < faults->count && i < FAULTS_SAID_MAX; i++)
		say(root, LEVEL_ERROR, "%s: %s", where_exactly(faults->items[i].at), faults->items[i].text);
	if (i < faults->count)
		say(root, LEVEL_ERROR, "%zu more mistakes: see /" LOG_FILE, faults->count - i);
}

static void say_member(int root, const struct member *member, unsigned timeout)
{
	const struct device *device = member->device;

	if (member->hung)
		say(root, LEVEL_ERROR, "%s is stuck in %s (%s, %u s): left alone, boot goes on, may pause 120 s at udev",
		    device->name, member->before ? member->before : "its driver", member->step, timeout);
	else if (member->result == RESULT_FAILED)
		say(root, LEVEL_ERROR, "%s failed: %s at %s, now on %s", device->name, error_name(member->error),
		    member->step, member->after ? member->after : "no driver");
}

static void say_group(int root, const struct group *group, unsigned timeout)
{
	const char *id = group->id ? group->id : "-";
	struct text taken = { 0 };
	size_t i;

	if (group->refusals) {
		say(root, LEVEL_ERROR, "group %s not taken: %s because of %s: %s", id, report_refusals(group->refusals),
		    report_list(&group->because, ","), report_list(&group->remedies, "; "));
		return;
	}
	for (i = 0; i < group->member_count; i++) {
		const struct member *member = &group->members[i];

		say_member(root, member, timeout);
		if (member->role == ROLE_TAKE)
			text_print(&taken, " %s", member->device->name);
	}
	if (group->result == GROUP_FAILED)
		say(root, LEVEL_ERROR, "group %s failed and was put back as it was found:%s", id, taken.bytes);
	else
		say(root, LEVEL_INFO, "group %s is for guests:%s", id, taken.bytes);
}

static void say_absences(int root, const struct selection *selection)
{
	size_t i;

	for (i = 0; i < selection->absence_count; i++) {
		const struct absence *absence = &selection->absences[i];
		const struct request *request = absence->request;

		say(root, request->optional ? LEVEL_INFO : LEVEL_ERROR, "%s (%s) is absent%s%s%s", request->text,
		    where_line(request->at), absence->id_mismatch ? ": another device is there" : "",
		    absence->now_at.count ? "; its ID is now at " : "",
		    absence->now_at.count ? report_list(&absence->now_at, ", ") : "");
	}
}

void log_to_kernel(const struct situation *situation, int write_error)
{
	const struct decision *decision = &situation->decision;
	const struct config *config = &situation->config;
	enum status status = report_status(situation);
	struct counts counts = report_counts(decision);
	int root = situation->root;
	size_t i;

	say_faults(root, &config->faults);
	say_faults(root, &decision->selection.faults);
	for (i = 0; config->mode == MODE_BIND && i < decision->group_count; i++)
		say_group(root, &decision->groups[i], config->timeout);
	say_absences(root, &decision->selection);
	for (i = 0; i < decision->warnings.count; i++)
		say(root, LEVEL_INFO, "%s", decision->warnings.items[i]);
	if (write_error)
		say(root, LEVEL_ERROR, "/" LOG_FILE " cannot be written: %s", error_name(-write_error));
	say(root, status == STATUS_DEGRADED || status == STATUS_REFUSED ? LEVEL_ERROR : LEVEL_INFO,
	    "%s%s%s: %u bound, %u already, %u refused, %u failed, %u absent", status_name(status),
	    config->off_because ? ", " : "", config->off_because ? config->off_because : "", counts.bound,
	    counts.already, counts.refused, counts.failed, counts.absent);
}
