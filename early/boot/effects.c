/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The side effects themselves: sysfs writes and module loads. */
#include "effects.h"

#include "../core/root.h"
#include "../core/text.h"
#include "klibc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODULE_INIT_COMPRESSED_FILE 4
#define NO_MODPROBE 127

/* What the kernel unpacks an initramfs into is of the type rootfs; switch_root leaves it, even for another tmpfs. */
static bool is_rootfs(int root)
{
	const char *line = root_text(root, "proc/self/mountinfo"), *end;

	for (; line; line = *end ? end + 1 : NULL) {
		struct text copy = { 0 };

		end = line + strcspn(line, "\n");
		text_add(&copy, line, (size_t)(end - line));
		if (strstr(copy.bytes, " / / ") && strstr(copy.bytes, " - rootfs "))
			return true;
	}
	return false;
}

static bool in_initramfs(int root)
{
	return is_rootfs(root) || root_exists(root, "etc/initrd-release");
}

const char *effects_refusal(int root, bool other_root)
{
	if (other_root)
		return "--root needs --dry-run";
	if (!in_initramfs(root))
		return "this is no initramfs; see: vfio-early check";
	return NULL;
}

int effect_write(int root, const char *path, const char *value)
{
	size_t length = strlen(value);
	ssize_t written;
	int fd, error = 0;

	fd = openat(root, path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	written = write(fd, value, length);
	if (written < 0)
		error = -errno;
	else if ((size_t)written != length)
		error = -EIO;
	close(fd);
	return error;
}

int effect_insmod(int root, const char *path, const char *options, bool compressed)
{
	int fd, error = 0;

	fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (finit_module(fd, options, compressed ? MODULE_INIT_COMPRESSED_FILE : 0) && errno != EEXIST)
		error = -errno;
	close(fd);
	return error;
}

int effect_modprobe(int root, const char *const arguments[])
{
	static const char *const places[] = {
		"/sbin/modprobe", "/usr/sbin/modprobe", "/bin/modprobe", "/usr/bin/modprobe",
	};
	static char *const no_environment[] = { NULL };
	int status;
	size_t i;
	pid_t pid;

	(void)root;			/* real runs have no other root than "/" */
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
			execve(places[i], (char *const *)arguments, no_environment);
		_exit(NO_MODPROBE);
	}
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_MODPROBE)
		return -ENOENT;
	return status ? -EIO : 0;
}
