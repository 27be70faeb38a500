/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What klibc lacks; empty with another C library. */
#include "klibc.h"

#ifdef __KLIBC__
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **arguments);

/*
 * What klibc's crt0 calls with the words that the kernel left on the stack. The
 * one of klibc itself sets up an environment, stdio and atexit(): 2 KiB that
 * nothing here uses.
 */
__attribute__((noreturn))
void __libc_init(uintptr_t *words, void (*at_exit)(void));

void __libc_init(uintptr_t *words, void (*at_exit)(void))
{
	(void)at_exit;
	_exit(main((int)words[0], (char **)(words + 1)));
}

int clone(int (*function)(void *), void *stack, int flags, void *argument)
{
	uintptr_t top = (uintptr_t)stack & -(uintptr_t)16;
#if defined(__x86_64__)
	long result;

	__asm__ volatile("syscall\n\t"
			 "test	%%rax, %%rax\n\t"
			 "jnz	1f\n\t"
			 "mov	%[argument], %%rdi\n\t"
			 "call	*%[function]\n\t"
			 "mov	%%eax, %%edi\n\t"
			 "mov	%[exit], %%eax\n\t"
			 "syscall\n"
			 "1:"
			 : "=a" (result)
			 : "a" (__NR_clone), "D" (flags), "S" (top), [function] "r" (function),
			   [argument] "r" (argument), [exit] "i" (__NR_exit)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long call __asm__("x8") = __NR_clone;
	register long result __asm__("x0") = flags;
	register uintptr_t second __asm__("x1") = top;

	__asm__ volatile("svc	#0\n\t"
			 "cbnz	x0, 1f\n\t"
			 "mov	x0, %[argument]\n\t"
			 "blr	%[function]\n\t"
			 "mov	x8, %[exit]\n\t"
			 "svc	#0\n"
			 "1:"
			 : "+r" (result)
			 : "r" (call), "r" (second), [function] "r" (function), [argument] "r" (argument),
			   [exit] "i" (__NR_exit)
			 : "memory");
#else
#error "klibc has no clone() for this architecture: build with BOOT_CC=musl-gcc"
#endif
	if (result >= 0)
		return (int)result;
	errno = (int)-result;
	return -1;
}

int clock_gettime(int clock, struct timespec *time)
{
#if defined(__x86_64__)
	long result;

	__asm__ volatile("syscall"
			 : "=a" (result)
			 : "a" (__NR_clock_gettime), "D" ((long)clock), "S" (time)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long call __asm__("x8") = __NR_clock_gettime;
	register long result __asm__("x0") = clock;
	register struct timespec *second __asm__("x1") = time;

	__asm__ volatile("svc	#0" : "+r" (result) : "r" (call), "r" (second) : "memory");
#endif
	if (!result)
		return 0;
	errno = (int)-result;
	return -1;
}
#endif
