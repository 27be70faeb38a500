/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All checks of what the next boot will do, which "check" prints and "enable" asks first. */
#include "checks.h"

void check_everything(const struct machine *machine, char *const *selectors, size_t count, struct checking *checking)
{
	*checking = (struct checking) { .machine = machine, .trial = count || machine->config_fd != machine->fd };
	rehearse(machine, selectors, count, &checking->rehearsal);
	check_host(checking);
	check_requests(checking);
	check_late(checking);
	check_groups(checking);
	check_data(checking);
	check_needs(checking);
	check_cards(checking);
	check_settings(checking);
	check_kernels(checking);
}
