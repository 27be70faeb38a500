/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells MemorySanitizer what getdents64() has written: the one call here that it does not know. */
#include <sys/types.h>

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the sanitizer's and the linker's names */
void __msan_unpoison(const volatile void *bytes, size_t size);
ssize_t __real_getdents64(int fd, void *entries, size_t size);
ssize_t __wrap_getdents64(int fd, void *entries, size_t size);

ssize_t __wrap_getdents64(int fd, void *entries, size_t size)
{
	ssize_t got = __real_getdents64(fd, entries, size);

	if (got > 0)
		__msan_unpoison(entries, (size_t)got);
	return got;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
