/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of errors: the same on every libc, as the log spells them. */
#include "errors.h"

#include "text.h"

#include <errno.h>

#define NAMED(error) { error, #error }

static const struct {
	unsigned char error;
	char name[13];
} names[] = {
	NAMED(EPERM), NAMED(ENOENT), NAMED(EINTR), NAMED(EIO), NAMED(ENXIO), NAMED(ENOEXEC), NAMED(EAGAIN), NAMED(ENOMEM),
	NAMED(EACCES), NAMED(EBUSY), NAMED(EEXIST), NAMED(ENODEV), NAMED(ENOTDIR), NAMED(EISDIR), NAMED(EINVAL),
	NAMED(EFBIG), NAMED(ENOSPC), NAMED(EROFS), NAMED(ENAMETOOLONG), NAMED(ENOSYS), NAMED(ELOOP), NAMED(ENODATA),
	NAMED(EBADMSG), NAMED(EOPNOTSUPP), NAMED(ETIMEDOUT), NAMED(ECANCELED), NAMED(ENOKEY), NAMED(EKEYREJECTED),
};

const char *error_name(int error)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	return text_of("errno %u", (unsigned)error);
}
