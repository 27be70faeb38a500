/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of errors: the same on every libc, as the log spells them. */
#include "errno_name.h"

#include "text.h"

#include <errno.h>

#define NAMED(error) { error, #error }

static const struct {
	int number;
	const char *name;
} errors[] = {
	NAMED(EPERM), NAMED(ENOENT), NAMED(EINTR), NAMED(EIO), NAMED(ENXIO), NAMED(ENOEXEC), NAMED(EAGAIN),
	NAMED(ENOMEM), NAMED(EACCES), NAMED(EBUSY), NAMED(EEXIST), NAMED(ENODEV), NAMED(ENOTDIR), NAMED(EISDIR),
	NAMED(EINVAL), NAMED(EFBIG), NAMED(ENOSPC), NAMED(EROFS), NAMED(ENAMETOOLONG), NAMED(ENOSYS),
	NAMED(ELOOP), NAMED(ENODATA), NAMED(EBADMSG), NAMED(EOPNOTSUPP), NAMED(ETIMEDOUT), NAMED(ECANCELED),
	NAMED(ENOKEY), NAMED(EKEYREJECTED),
};

const char *errno_name(int error)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].number == error)
			return errors[i].name;
	return text_of("errno %u", (unsigned)error);
}
