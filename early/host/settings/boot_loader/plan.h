/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_PARAMETER_PLAN_H
#define VFIO_EARLY_PARAMETER_PLAN_H

#include "../../machine/machine.h"
#include "../../../core/model.h"

struct boot_loader;

/* A file as it is to be. */
struct parameter_edit {
	const struct boot_loader *loader;
	const char *place;		/* for the note: how the loader finds it again */
	const char *path;		/* below the root */
	const char *content;		/* NULL: the file goes */
	bool is_ours;			/* nobody else has that file */
};

/* What makes the boot loader's own file of those. */
struct parameter_command {
	const char *line, *makes;
};

/* What a change of a kernel parameter will do: nothing of it is done yet. */
struct parameter_plan {
	const char *parameter;		/* "intel_iommu=on" */
	bool adds;			/* else it is taken out */
	struct strings kept;		/* places that had it before: it stays there */
	LIST(struct parameter_edit) edits;
	LIST(struct parameter_command) commands;
	struct strings typed;		/* what is left to a person */
	struct strings obstacles;	/* why nothing can be done */
};

/* How far a change of kernel parameters has come. */
enum change {
	CHANGE_DONE,
	CHANGE_LEFT,			/* something is left to type in that system, which was said: see run.h */
	CHANGE_TYPED,			/* something is left to a person on this one, after a complaint */
	CHANGE_FAILED,			/* after a complaint */
};

/* Plans a content of a file, unless one is planned already. */
void plan_edit(struct parameter_plan *plan, const struct parameter_edit *edit);

/* Carries it out, also behind an edit that failed, or says what that would do: the worst result. */
enum change plan_carry_out(const struct machine *machine, const struct parameter_plan *plan, bool dry_run);

#endif
