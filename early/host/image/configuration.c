/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which configuration files can be trusted: what root reads at boot, nobody else may have written. */
#include "configuration.h"

#include "../machine/path.h"
#include "../machine/status.h"
#include "../../core/config.h"
#include "../../core/errors.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

/* Of a tree of --root only the mode tells anything: it may belong to whoever captured it. */
static bool is_safe(const struct machine *machine, const char *path)
{
	struct stat status;

	if (status_of(machine->config_fd, path, true, &status))
		return true;		/* that it cannot be read is said when it is read */
	return !(status.st_mode & 022) && !(machine->live && machine->config_fd == machine->fd && status.st_uid);
}

struct strings configuration_read(const struct machine *machine, struct config *config)
{
	struct strings all = config_files(machine->config_fd, &config->errors), safe = { 0 };

	for_each(path, &all) {
		const char *unsafe = !is_safe(machine, *path) ? *path :
				     !is_safe(machine, path_directory(*path)) ? path_directory(*path) : NULL;

		if (unsafe)
			errors_add(&config->errors, (struct where) { .source = text_of("/%s", *path) },
				   "nothing of it is used: others than root can write to /%s; run: chown root:root /%s; chmod go-w /%s",
				   unsafe, unsafe, unsafe);
		else
			strings_add(&safe, *path);
	}
	config_read_files(machine->config_fd, &safe, config);
	return safe;
}
