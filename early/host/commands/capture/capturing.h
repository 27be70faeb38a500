/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_CAPTURING_H
#define VFIO_EARLY_CAPTURING_H

#include "redact.h"
#include "../../machine/machine.h"
#include "../../machine/new_tree.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

/* A capture that is being made. */
struct capture {
	struct machine machine;		/* of which it is */
	struct new_tree to;
	struct strings modules;		/* of drivers */
	struct strings unread;		/* for want of permission */
	size_t devices, groups, settings;
};

/* The parts. sysfs first: it notes the modules whose parameters the command line may keep. */
void capture_sysfs(struct capture *capture);
void capture_proc(struct capture *capture);
void capture_configuration(struct capture *capture);
void capture_old_settings(struct capture *capture);

/* ---- one thing, to the path where it is; what is not there is left out ---- */

/* The content of a file; NULL: there is nothing to read. What may not be read is noted. */
const char *copy_read(struct capture *capture, const char *path, size_t *length);

void copy_file(struct capture *capture, const char *path);
/* True if anything is left of it. */
bool copy_redacted(struct capture *capture, const char *path, const struct redaction *redaction);
/* Files of a directory, NULL at the end. */
void copy_attributes(struct capture *capture, const char *directory, const char *const *names);

/* A link that stays within; returns where it leads, below the root, or NULL. */
const char *copy_link(struct capture *capture, const char *path);
/* One to a device, whose directory it makes. */
const char *copy_device_link(struct capture *capture, const char *path);

#endif
