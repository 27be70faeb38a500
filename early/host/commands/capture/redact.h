/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_REDACT_H
#define VFIO_EARLY_REDACT_H

#include "../../../core/model.h"
#include "../../../core/text.h"

/*
 * Texts of a machine with nothing left in them but what the decision and the
 * commands read. All of these keep what they know to be needed and drop the
 * rest: what nobody has thought of stays private.
 */

/* Words about PCI, IOMMUs, vfio and recovery, and parameters of the modules, at the columns where they were. */
struct text redact_cmdline(const char *text, size_t length, const struct strings *modules);

/* Our configuration without the text of comments; what is left keeps its line and column. */
struct text redact_configuration(const char *text, size_t length);

/* Lines of modprobe.d about modules that give devices away, soft dependencies and blacklists, at their numbers. */
struct text redact_modprobe(const char *text, size_t length);

/* Unraid's vfio-pci.cfg: what is bound. */
struct text redact_unraid(const char *text, size_t length);

/* The image's manifest: what the boot reads of it. */
struct text redact_manifest(const char *text, size_t length);

/* The IOMMU's default in a kernel's build options. */
struct text redact_kernel_config(const char *text, size_t length);

/* A PCI device's uevent: what it is, not which one of its kind. */
struct text redact_uevent(const char *text, size_t length);

/* Vendor, and whether it virtualizes or is virtual, of the first processor. */
struct text redact_cpuinfo(const char *text, size_t length);

/* The kinds of interrupt controllers. */
struct text redact_interrupts(const char *text, size_t length);

/* Memory of PCI devices and framebuffers. */
struct text redact_iomem(const char *text, size_t length);

/* Release, and whether Debian has built it. */
struct text redact_version(const char *text, size_t length);

#endif
