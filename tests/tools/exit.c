/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In a program that counts its branches: _exit() writes the counters, which only exit() does otherwise. */
#include <gcov.h>
#include <unistd.h>

__attribute__((noreturn)) void __real__exit(int status);
__attribute__((noreturn)) void __wrap__exit(int status);

void __wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
