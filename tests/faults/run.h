/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_RUN_H
#define VFIO_EARLY_RUN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __x86_64__
#define CAN_TRACE true
#else
#define CAN_TRACE false			/* how a system call is replaced is another matter on each */
#endif

#define NAME_SIZE 32			/* of a device, terminated */

/* One system call of the program: neither libc's before main() nor the simulated kernel's. */
struct call {
	unsigned process;		/* 0: the first; its children count up */
	unsigned number;		/* in its process */
	long nr;			/* MARK_CALL at the begin and end of a call of the simulated kernel */
	char what[120];			/* path, or "" */
};

struct calls {
	struct call *items;
	size_t count;
};

/* What is to go wrong in a run, at one system call of the program. */
struct disturbance {
	enum { CALL_FAILS, CHILD_DIES, ALL_DIE } kind;
	struct call at;
	int error;			/* with CALL_FAILS */
};

/* A run of a program on a fake tree. */
struct run {
	const char *program, *root;
	const char *faults;		/* SIM_FAULTS */
	const struct disturbance *disturbance;	/* NULL: none; only if traced */
	bool unkillable;		/* SIGKILL reaches none of its children, as if they hung in the kernel; only if traced */
	struct calls *record;		/* NULL: none; only if traced */

	/* what came of it */
	bool in_time;
	bool disturbed;			/* the disturbance took place */
	int status;			/* exit code, or minus the signal that ended it */
	char error[400];		/* what stood on its standard error */
	char lost[8][NAME_SIZE];	/* devices at hand when a child died */
	unsigned lost_count;
};

void run(struct run *run);

/* In the hands of a tracer, if this machine CAN_TRACE. */
void run_traced(struct run *run);

/* The last address of a PCI function in a text, or the framebuffer that it acts on; "" if there is none. */
void find_device(const char *text, char name[NAME_SIZE]);

/* Of a system call that a disturbance can be at, "" of another. */
const char *call_name(long nr);

#endif
