/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What klibc lacks: include this where a file uses clone(), finit_module() or
 * clock_gettime().
 * With another C library it is that one's own header, and the one function
 * that those lack.
 */
#ifndef VFIO_EARLY_KLIBC_H
#define VFIO_EARLY_KLIBC_H

#ifdef __KLIBC__
#include <linux/sched.h>		/* CLONE_VM */
#include <time.h>

/*
 * clone(2) as in other C libraries, for flags that take no further argument;
 * stack is the upper end of the child's. Implemented in klibc.c.
 */
int clone(int (*function)(void *), void *stack, int flags, void *argument);

/* clock_gettime(2), of this clock: it never steps. Implemented in klibc.c. */
#define CLOCK_MONOTONIC 1
int clock_gettime(int clock, struct timespec *time);

/* finit_module(2): klibc has the function, but no prototype. 0, or -1 with errno. */
int finit_module(int fd, const char *options, int flags);
#else
#include <sched.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int finit_module(int fd, const char *options, int flags)
{
	return (int)syscall(SYS_finit_module, fd, options, flags);
}
#endif

#endif
