/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of errors: the same on every libc, as the log spells them. */
#include "errno_name.h"

#include "text.h"

#include <errno.h>
#include <string.h>

#define ERRORS(each) \
	each(EPERM) each(ENOENT) each(EINTR) each(EIO) each(ENXIO) each(ENOEXEC) each(EAGAIN) each(ENOMEM) \
	each(EACCES) each(EBUSY) each(EEXIST) each(ENODEV) each(ENOTDIR) each(EISDIR) each(EINVAL) each(EFBIG) \
	each(ENOSPC) each(EROFS) each(ENAMETOOLONG) each(ENOSYS) each(ELOOP) each(ENODATA) each(EBADMSG) \
	each(EOPNOTSUPP) each(ETIMEDOUT) each(ECANCELED) each(ENOKEY) each(EKEYREJECTED)
#define NUMBER(error) error,
#define NAME(error) #error "\0"

const char *errno_name(int error)
{
	static const unsigned char numbers[] = { ERRORS(NUMBER) };
	const char *name = ERRORS(NAME);
	size_t i;

	for (i = 0; i < sizeof(numbers); i++, name += strlen(name) + 1)
		if (numbers[i] == error)
			return name;
	return text_of("errno %u", (unsigned)error);
}
