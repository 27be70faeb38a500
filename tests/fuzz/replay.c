/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay FILE...: what libFuzzer does with a corpus, without libFuzzer. A target that fails ends the program. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#define SIZE_LARGEST (1024 * 1024)

int main(int count, char **files)
{
	static uint8_t bytes[SIZE_LARGEST];
	int i;

	for (i = 1; i < count; i++) {
		FILE *file = fopen(files[i], "rb");
		size_t size = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
		uint8_t *input;

		if (!file || ferror(file)) {
			perror(files[i]);
			return 1;
		}
		fclose(file);
		/* an item of its own size, so that a sanitizer sees where it ends */
		input = malloc(size ? size : 1);
		if (!input)
			abort();
		for (size_t at = 0; at < size; at++)
			input[at] = bytes[at];
		fprintf(stderr, "%s\n", files[i]);
		LLVMFuzzerTestOneInput(input, size);
		free(input);
	}
	printf("%d inputs\n", count - 1);
	return 0;
}
