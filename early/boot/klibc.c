/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What klibc has in a form that is larger than this program needs. */
#ifdef __KLIBC__
#include <stdint.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments);

/* Called by its crt0 with what the kernel left on the stack: no environment, stdio or atexit() is needed here. */
__attribute__((externally_visible, noreturn))
void __libc_init(uintptr_t *words, void (*at_exit)(void));

void __libc_init(uintptr_t *words, void (*at_exit)(void))
{
	(void)at_exit;
	_exit(main((int)words[0], (char **)(words + 1)));
}

__attribute__((externally_visible))
char *strstr(const char *text, const char *wanted)
{
	for (; strncmp(text, wanted, strlen(wanted)); text++)
		if (!*text)
			return NULL;
	return (char *)text;
}
#endif
