/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_MARKS_H
#define VFIO_EARLY_MARKS_H

/*
 * A system call that no kernel has, by which a tracer (tests/faults/trace.c)
 * tells the calls of the program from those of the simulated kernel. Its
 * arguments are one of these and, with MARK_ENTER, two strings.
 */
#define MARK_CALL 0x5eaf00d
#define MARK_MAIN 1			/* the program begins */
#define MARK_ENTER 2			/* the simulated kernel is called: what with, and which value */
#define MARK_LEAVE 3			/* and it returns */

#endif
