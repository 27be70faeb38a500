/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay FILE...: what libFuzzer does with a corpus, without libFuzzer. A target that fails ends the program. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SIZE_LARGEST (1024 * 1024)

int main(int count, char **files)
{
	static uint8_t bytes[SIZE_LARGEST];
	int i;

	for (i = 1; i < count; i++) {
		int file = open(files[i], O_RDONLY);
		ssize_t size = file < 0 ? -1 : read(file, bytes, sizeof(bytes));
		uint8_t *input;

		if (size < 0) {
			perror(files[i]);
			return 1;
		}
		close(file);
		/* an item of its own size, so that a sanitizer sees where it ends */
		input = malloc(size ? (size_t)size : 1);
		if (!input)
			abort();
		for (ssize_t at = 0; at < size; at++)
			input[at] = bytes[at];
		fprintf(stderr, "%s\n", files[i]);
		LLVMFuzzerTestOneInput(input, (size_t)size);
		free(input);
	}
	printf("%d inputs\n", count - 1);
	return 0;
}
