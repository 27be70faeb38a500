/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_OWN_FILE_H
#define VFIO_EARLY_OWN_FILE_H

#include "../machine/machine.h"

/* The configuration file that "enable" and "disable" have to themselves; every other is a person's. Below the root. */
#define OWN_FILE "etc/vfio-early.conf.d/90-enable.conf"

/* EXIT_FINE, or EXIT_PROBLEM after a complaint; an empty content removes the file. */
enum exit_code own_file_write(const struct machine *machine, const char *content);

/* The content of the file, "" if there is none; NULL, after a complaint, if it cannot be read. */
const char *own_file_read(const struct machine *machine);

#endif
