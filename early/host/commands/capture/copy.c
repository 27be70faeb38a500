/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One file or link of a machine to the same place of its capture. */
#include "capturing.h"

#include <errno.h>

#define FILE_SIZE_MAX (4ul * 1024 * 1024)

const char *copy_read(struct capture *capture, const char *path, size_t *length)
{
	const char *content;
	int error = root_read(capture->machine.fd, path, FILE_SIZE_MAX, &content, length);

	if (error == -EACCES || error == -EPERM)
		strings_add(&capture->unread, text_of("/%s", path));
	return error ? NULL : content;
}

void copy_file(struct capture *capture, const char *path)
{
	size_t length;
	const char *content;

	/* an attribute is no link: that would be a file which is not ours to show as it is */
	if (root_link(capture->machine.fd, path))
		return;
	content = copy_read(capture, path, &length);
	if (content)
		new_tree_file(&capture->to, path, content, length);
}

bool copy_redacted(struct capture *capture, const char *path, const struct redaction *redaction)
{
	size_t length;
	const char *content = copy_read(capture, path, &length);
	struct text text;

	if (!content)
		return false;
	text = redact(redaction, content, length);
	if (text.length)
		new_tree_file(&capture->to, path, text.bytes, text.length);
	return text.length;
}

void copy_attributes(struct capture *capture, const char *directory, const char *const *names)
{
	for (; *names; names++)
		copy_file(capture, text_of("%s/%s", directory, *names));
}

const char *copy_link(struct capture *capture, const char *path)
{
	const char *target = root_link(capture->machine.fd, path);

	return target ? new_tree_link(&capture->to, path, target) : NULL;
}

const char *copy_device_link(struct capture *capture, const char *path)
{
	const char *real = copy_link(capture, path);

	if (!real || !text_begins(real, "sys/devices/"))
		return NULL;
	new_tree_directory(&capture->to, real);
	return real;
}
