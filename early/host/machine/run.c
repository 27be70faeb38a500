/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs of the live system that this command has work done by. */
#include "run.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

const char *program_path(const struct machine *machine, const char *name)
{
	static const char *const directories[] = { "usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin" };
	size_t i;

	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		const char *path = text_of("%s/%s", directories[i], name);

		if (root_exists(machine->fd, path))
			return path;
	}
	return NULL;
}

static int start(const struct machine *machine, char *const *arguments)
{
	const char *program = program_path(machine, arguments[0]);
	int status;
	pid_t child;

	fflush(stdout);		/* its output comes behind ours */
	if (!program || posix_spawn(&child, machine_path(machine, program), NULL, NULL, arguments, environ) ||
	    waitpid(child, &status, 0) != child)
		return RUN_UNSTARTED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : RUN_UNSTARTED;
}

int run(const struct machine *machine, const char *command)
{
	char *copy = keep_string(command), *word, *rest;
	LIST(char *) arguments = { 0 };

	if (!machine->live) {
		say("left to type in that system: %s\n", command);
		return RUN_LEFT;
	}
	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		*list_add(&arguments) = word;
	*list_add(&arguments) = NULL;
	return start(machine, arguments.items);
}
