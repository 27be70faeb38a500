/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peak COMMAND...: runs it and prints "peak RSS OWN FILE", in KiB: its highest
 * RSS (VmHWM), and of what it has at its end its own memory and the pages of its
 * file. Stops it on its way out, because the ru_maxrss of wait4() is never less
 * than the size of the program that forked.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(125);
}

static unsigned long field(pid_t process, const char *file, const char *name)
{
	char path[64], line[256];
	unsigned long value;
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)process, file);
	stream = fopen(path, "r");
	if (!stream)
		die(path);
	while (fgets(line, sizeof(line), stream))
		if (!strncmp(line, name, strlen(name)) && sscanf(line + strlen(name), ": %lu kB", &value) == 1) {
			fclose(stream);
			return value;
		}
	fprintf(stderr, "peak: %s has no %s\n", path, name);
	exit(125);
}

static void print_memory(pid_t process)
{
	unsigned long rss = field(process, "smaps_rollup", "Rss"), own = field(process, "smaps_rollup", "Anonymous");

	printf("peak %lu %lu %lu\n", field(process, "status", "VmHWM"), own, rss - own);
}

int main(int count, char **arguments)
{
	pid_t child;
	int status;

	if (count < 2) {
		fputs("usage: peak COMMAND...\n", stderr);
		return 125;
	}
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(arguments[1], arguments + 1);
		die(arguments[1]);
	}
	/* the first stop is its execve() */
	if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)))
		die("ptrace");
	do {
		int signal = WSTOPSIG(status);

		if (ptrace(PTRACE_CONT, child, NULL, (void *)(long)(signal == SIGTRAP ? 0 : signal)) ||
		    waitpid(child, &status, 0) < 0)
			die("ptrace");
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
			print_memory(child);
	} while (!WIFEXITED(status) && !WIFSIGNALED(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 124;
}
