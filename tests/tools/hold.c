/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hold [-x] PATH: keeps it open, with -x as a file system would: nobody else gets it alone. Until it is killed. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	int exclusive = count > 2 && !strcmp(arguments[1], "-x");
	int fd = open(arguments[count - 1], O_RDONLY | (exclusive ? O_EXCL : 0));

	if (fd < 0) {
		perror(arguments[count - 1]);
		return 1;
	}
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
