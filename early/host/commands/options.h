/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OPTIONS_H
#define VFIO_EARLY_OPTIONS_H

#include "../machine/say.h"

#include <getopt.h>

/*
 * As getopt_long(3), with -h for --help; -1: no more options. What is wrong is
 * complained about ('?' is returned): what it is, what may have been meant,
 * and where help is.
 */
int next_option(const char *command, int count, char **arguments, const char *letters, const struct option *known);

#endif
