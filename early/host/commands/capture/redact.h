/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REDACT_H
#define VFIO_EARLY_REDACT_H

#include "../../../core/model.h"
#include "../../../core/text.h"

/*
 * Texts of a machine with nothing left in them but what the decision and the
 * commands read: what nobody has thought of stays private.
 *
 * Each part of a text, a word or a line, is brought into a form that has only
 * what is read of it, and is kept if that form is needed. The form of a form
 * is itself, and no part that is dropped decides about another: what a
 * redaction has left, it leaves again.
 */
struct redaction {
	const char *beginnings[7];	/* of lines that are needed; none: the form decides */
	const char *end;		/* of what is read; NULL: all is */
	/* Adds the form of a line, without its end, or nothing if it is not needed; NULL: the line itself. */
	void (*add_form)(struct text *kept, const char *line, size_t length);
	bool numbered;			/* lines keep their numbers */
	bool continued;			/* by a backslash at the end: such lines are one */
};

/* Nothing if no line is needed. */
struct text redact(const struct redaction *redaction, const char *text, size_t length);

/* Our configuration without the text of comments; what is left keeps its line and column. */
extern const struct redaction redact_configuration;

/* Lines of modprobe.d about modules that give devices away, soft dependencies and blacklists. */
extern const struct redaction redact_modprobe;

/* Unraid's vfio-pci.cfg: what is bound. */
extern const struct redaction redact_unraid;

/* A file of driverctl: the driver. */
extern const struct redaction redact_driverctl;

/* The image's manifest: what the boot reads of it. The log of a boot: what "verify" reads of it. */
extern const struct redaction redact_records;

/* The IOMMU's default in a kernel's build options. */
extern const struct redaction redact_kernel_config;

/* A PCI device's uevent: what it is, not which one of its kind. */
extern const struct redaction redact_uevent;

/* Vendor, and whether it virtualizes or is virtual, of the first processor. */
extern const struct redaction redact_cpuinfo;

/* The kinds of interrupt controllers. */
extern const struct redaction redact_interrupts;

/* Memory of PCI devices and framebuffers. */
extern const struct redaction redact_iomem;

/* Release, and whether Debian has built it. */
extern const struct redaction redact_version;

/*
 * The kernel command line: words about PCI, IOMMUs, vfio and recovery, and
 * numbers that the modules are told, at the columns where they were.
 */
struct text redact_cmdline(const char *text, size_t length, const struct strings *modules);

#endif
