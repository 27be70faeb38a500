/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the outcome is told: the log file, and a few lines in the kernel log. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_TEMPORARY LOG_FILE ".new"
#define KMSG_LINE_MAX 900		/* longer ones are refused (kernel/printk/printk.c) */
#define LEVEL_ERROR "<3>"
#define LEVEL_INFO "<6>"

int write_all(int fd, const char *bytes, size_t length)
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

static bool is_log(int root)
{
	struct stat status;

	return errno == EEXIST && !fstatat(root, LOG_FILE, &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode);
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
	if (!error && linkat(root, LOG_TEMPORARY, root, LOG_FILE, 0) && !is_log(root))
		error = -errno;
	unlinkat(root, LOG_TEMPORARY, 0);
	return error;
}

/*
 * One record: one write, on a descriptor of its own, because the kernel drops
 * what exceeds ten records in five seconds on one (kernel/printk/printk.c:
 * devkmsg_write).
 */
static void say(int root, const char *level, const char *line, size_t length)
{
	struct text said = { 0 };
	int fd;

	fd = openat(root, "dev/kmsg", O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return;
	text_print(&said, "%svfio-early: ", level);
	text_add(&said, line, length < KMSG_LINE_MAX ? length : KMSG_LINE_MAX);
	text_print(&said, "%s\n", length < KMSG_LINE_MAX ? "" : "...");
	write_all(fd, said.bytes, said.length);	/* what is lost here stands in the log file */
	close(fd);
}

void log_to_kernel(int root, const struct report *report)
{
	const char *line = report->text.bytes;

	for_each(weight, &report->weights) {
		size_t length = strcspn(line, "\n");

		if (*weight != WEIGHT_DETAIL)
			say(root, *weight == WEIGHT_ERROR ? LEVEL_ERROR : LEVEL_INFO, line, length);
		line += length + 1;
	}
}

void log_error_to_kernel(int root, const char *text)
{
	say(root, LEVEL_ERROR, text, strlen(text));
}
