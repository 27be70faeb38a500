/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of errors: the same on every libc, as the log spells them. */
#include "errors.h"

#include "text.h"

#include <errno.h>

#define NAMED(error) { error, #error }

static const struct {
	int error;
	const char *name;
} names[] = {
	NAMED(EPERM), NAMED(ENOENT), NAMED(EINTR), NAMED(EIO), NAMED(ENXIO), NAMED(ENOEXEC), NAMED(EBADF),
	NAMED(ECHILD), NAMED(EAGAIN), NAMED(ENOMEM), NAMED(EACCES), NAMED(EFAULT), NAMED(EBUSY), NAMED(EEXIST),
	NAMED(ENODEV), NAMED(ENOTDIR), NAMED(EISDIR), NAMED(EINVAL), NAMED(ENFILE), NAMED(EMFILE),
	NAMED(ETXTBSY), NAMED(EFBIG), NAMED(ENOSPC), NAMED(EROFS), NAMED(EMLINK), NAMED(EPIPE),
	NAMED(ENAMETOOLONG), NAMED(ENOSYS), NAMED(ELOOP), NAMED(EPROTO), NAMED(EBADMSG), NAMED(EOVERFLOW),
	NAMED(EOPNOTSUPP), NAMED(ETIMEDOUT), NAMED(ENOKEY), NAMED(EKEYREJECTED), NAMED(ECANCELED),
	NAMED(EDQUOT), NAMED(EREMOTEIO), NAMED(ENODATA),
};

const char *error_name(int error)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	return text_of("errno %d", error);
}
