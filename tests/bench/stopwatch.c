/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stopwatch COMMAND...: runs it and prints the microseconds from its execve() to its end. */
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The child of vfork() writes it into our memory. */
static volatile struct timespec start;

int main(int count, char **arguments)
{
	struct timespec now;
	int status;
	pid_t child;

	if (count < 2) {
		fputs("usage: stopwatch COMMAND...\n", stderr);
		return 125;
	}
	child = vfork();
	if (child < 0) {
		perror("stopwatch");
		return 125;
	}
	if (child == 0) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		start.tv_sec = now.tv_sec;
		start.tv_nsec = now.tv_nsec;
		execv(arguments[1], arguments + 1);
		_exit(127);
	}
	if (waitpid(child, &status, 0) < 0) {
		perror("stopwatch");
		return 125;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "stopwatch: %s failed with status %#x\n", arguments[1], (unsigned)status);
		return 1;
	}
	printf("%lld\n", (long long)(now.tv_sec - start.tv_sec) * 1000000 + (now.tv_nsec - start.tv_nsec) / 1000);
	return 0;
}
