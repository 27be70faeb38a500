/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the log file, and the important ones of its lines to the kernel log. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_TEMPORARY LOG_FILE ".new"
#define KMSG_LINE_MAX 900		/* longer ones are refused (kernel/printk/printk.c) */
#define KMSG_BURST 10			/* more on one descriptor in five seconds are dropped (devkmsg_write there) */
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

/* Whether there is a log: a file, and no directory or link that somebody put there. */
static bool log_exists(int root)
{
	struct stat status;

	return !fstatat(root, LOG_FILE, &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode);
}

/* O_EXCL follows no link that somebody may have put there. */
static int create(int root)
{
	return openat(root, LOG_TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

int log_write(int root, const struct text *log)
{
	int fd, error;

	fd = create(root);
	if (fd < 0 && errno == EEXIST && !unlinkat(root, LOG_TEMPORARY, 0))
		fd = create(root);	/* that was left by a run that was killed */
	if (fd < 0)
		return -errno;
	error = write_all(fd, log->bytes, log->length);
	if (!error && fchmod(fd, 0644))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	if (!error && linkat(root, LOG_TEMPORARY, root, LOG_FILE, 0))
		error = -errno;
	/* a link, unlike a rename, never replaces the log of an earlier run */
	if (error == -EEXIST && log_exists(root))
		error = 0;
	unlinkat(root, LOG_TEMPORARY, 0);
	return error;
}

/* /dev/kmsg, opened anew for every KMSG_BURST records. */
struct kernel_log {
	int root, fd;
	unsigned left;			/* records that this descriptor may take */
};

static void kernel_log_close(const struct kernel_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
}

/* Writes one record, by one write(2). Failures are ignored: the log file has the record, too. */
static void say(struct kernel_log *log, const char *level, const char *line, size_t length)
{
	struct text said = { 0 };

	if (!log->left--) {
		kernel_log_close(log);
		log->fd = openat(log->root, "dev/kmsg", O_WRONLY | O_APPEND | O_CLOEXEC);
		log->left = KMSG_BURST - 1;
	}
	if (log->fd < 0)
		return;
	text_print(&said, "%svfio-early: ", level);
	text_add(&said, line, length < KMSG_LINE_MAX ? length : KMSG_LINE_MAX);
	text_print(&said, "%s\n", length < KMSG_LINE_MAX ? "" : "...");
	write_all(log->fd, said.bytes, said.length);
}

void log_to_kernel(int root, const struct report *report)
{
	struct kernel_log log = { .root = root, .fd = -1 };
	const char *line = report->text.bytes;

	for_each(weight, &report->weights) {
		size_t length = strcspn(line, "\n");

		if (*weight != WEIGHT_DETAIL)
			say(&log, *weight == WEIGHT_ERROR ? LEVEL_ERROR : LEVEL_INFO, line, length);
		line += length + 1;
	}
	kernel_log_close(&log);
}

void log_error_to_kernel(int root, const char *text)
{
	struct kernel_log log = { .root = root, .fd = -1 };

	say(&log, LEVEL_ERROR, text, strlen(text));
	kernel_log_close(&log);
}
