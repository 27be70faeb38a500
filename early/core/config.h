/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFIG_H
#define VFIO_EARLY_CONFIG_H

#include "model.h"

#define CONFIG_FILE "etc/vfio-early.conf"
#define CONFIG_DIRECTORY "etc/vfio-early.conf.d"
#define CONFIG_SIZE_MAX (256ul * 1024)
#define TIMEOUT_DEFAULT 10		/* seconds */

/* The configuration files that exist, in the order in which they are read; paths below the root, kept. */
struct strings config_files(int root, struct errors *errors);

/* Adds the requests and errors of these files, and sets the timeout where one says so. */
void config_read_files(int root, const struct strings *files, struct config *config);

/*
 * Adds the requests of vfio.slots= and vfio.ids=, sets the timeout of
 * vfio.timeout=, and sets mode, off_because and recovery from vfio.early=,
 * the recovery words and the signs of a kdump boot.
 */
void config_read_cmdline(int root, const struct cmdline *cmdline, struct config *config);

/* Whether a person, or a boot menu, asks with this word for a boot that can be repaired. */
bool config_is_recovery_word(const struct kernel_word *word);

/*
 * Adds requests for the IDs that are given to vfio-pci itself, in modprobe.d
 * (as the manifest has it) or as vfio-pci.ids=. The module never gets them: it
 * would take such devices without any check. As for the module, only the last
 * list counts, and the command line comes after modprobe.d.
 */
void config_read_ids(const struct cmdline *cmdline, const struct manifest *manifest, struct config *config);

/* Sets the timeout from the text of a number of seconds; a wrong one is an error at that place. */
void config_set_timeout(struct config *config, struct where at, const char *value);

#endif
