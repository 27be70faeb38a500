/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_COMMANDS_H
#define VFIO_EARLY_COMMANDS_H

/* What every command ends with. */
enum exit_code {
	EXIT_FINE = 0,
	EXIT_PROBLEM = 1,		/* the command ran and found something wrong */
	EXIT_USAGE = 2,
	EXIT_CANNOT_RUN = 3,
};

/* One file per command; arguments[0] is for getopt(): "vfio-early: NAME". */
int command_list(int count, char **arguments);
int command_check(int count, char **arguments);
int command_enable(int count, char **arguments);
int command_disable(int count, char **arguments);
int command_verify(int count, char **arguments);
int command_image(int count, char **arguments);
int command_import(int count, char **arguments);
int command_capture(int count, char **arguments);

/* "vfio-early: what: why" on standard error; returns the exit code that it is given. */
__attribute__((format(printf, 2, 3)))
int complain(enum exit_code code, const char *format, ...);

#endif
