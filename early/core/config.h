/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CONFIG_H
#define VFIO_EARLY_CONFIG_H

#include "model.h"

#define CONFIG_FILE "etc/vfio-early.conf"
#define CONFIG_DIRECTORY "etc/vfio-early.conf.d"
#define CONFIG_SIZE_MAX (256ul * 1024)
#define TIMEOUT_DEFAULT 10		/* seconds */

/* The configuration files that are there, in the order in which they are read; paths below the root. */
struct strings config_files(int root, struct errors *errors);

/* Reads them into requests, errors and settings. */
void config_read_files(int root, const struct strings *files, struct config *config);

/*
 * Adds what the kernel command line says: vfio.slots=, vfio.ids=,
 * vfio.timeout=, and whether anything is to be bound in this boot
 * (vfio.early=, recovery and kdump boots).
 */
void config_read_cmdline(int root, const struct cmdline *cmdline, struct config *config);

/* Whether a person, or a boot menu, asks with this word for a boot that can be repaired. */
bool config_is_recovery_word(const struct kernel_word *word);

/*
 * IDs that are given to vfio-pci itself, in modprobe.d or as vfio-pci.ids=,
 * would let it take devices behind our back: they become requests instead. As
 * for the module, the last list counts, and the command line comes last.
 */
void config_read_ids(const struct cmdline *cmdline, const struct manifest *manifest, struct config *config);

/* timeout=SECONDS, from a file or the command line. */
void config_set_timeout(struct config *config, struct where at, const char *value);

#endif
