/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The input is a machine, as a tree, with the log of its boot: what "vfio-early check" and "verify" find there. */
#include "../fuzz.h"

#include "../../../early/core/report.h"
#include "../../../early/host/commands/check/checks.h"
#include "../../../early/host/commands/verify/verification.h"

#include <assert.h>
#include <pci/pci.h>

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's name */
char *__wrap_pci_lookup_name(struct pci_access *access, char *name, int size, int flags, ...);

/* libpci reads files, and udev's, which has a leak where there are none. */
char *__wrap_pci_lookup_name(struct pci_access *access, char *name, int size, int flags, ...)
{
	assert(access && size > 1 && flags);
	name[0] = 'x';
	name[1] = '\0';
	return name;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static void check_findings(const struct findings *findings)
{
	for_each(finding, findings)
		assert(finding->check && finding->text && finding->level <= LEVEL_FAIL);
}

void one_input(const char *bytes, size_t length)
{
	/* libmount and libkmod read on their own, and find nothing there */
	struct machine machine = { .root = "/nonexistent", .fd = TREE, .config_fd = TREE };
	struct verification verification;
	struct checking checking;
	struct report said;

	tree_plant(bytes, length);
	check_everything(&machine, NULL, 0, &checking);
	check_findings(&checking.findings);
	said = report(&checking.rehearsal.boot, NULL);
	check_log(said.text.bytes, said.text.length);
	verify_machine(&machine, &verification);
	check_findings(&verification.findings);
	assert(verification.unsettled <= findings_count(&verification.findings, LEVEL_FAIL));
}
