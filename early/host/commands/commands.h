/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_COMMANDS_H
#define VFIO_EARLY_COMMANDS_H

/* The commands, one file each: an exit code. arguments[0] is for getopt(): "vfio-early: NAME". */
int command_list(int count, char **arguments);
int command_check(int count, char **arguments);
int command_enable(int count, char **arguments);
int command_disable(int count, char **arguments);
int command_verify(int count, char **arguments);
int command_image(int count, char **arguments);
int command_import(int count, char **arguments);
int command_capture(int count, char **arguments);

#endif
