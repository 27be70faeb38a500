/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB whose menu grub-mkconfig makes: two lines of ours, in a file of our own where that script reads
 * /etc/default/grub.d, as Debian's does, else at the end of /etc/default/grub. Both are shell: whatever stands there
 * before stays as it is, and is added to.
 */
#include "lines.h"
#include "loaders.h"

#include "../../image/booting.h"
#include "../../image/entries.h"
#include "../../machine/path.h"
#include "../../machine/run.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

#define DEFAULT_FILE "etc/default/grub"
#define DIRECTORY "etc/default/grub.d"
#define OWN_FILE DIRECTORY "/90-vfio-early.cfg"
#define COMMENT "# written by vfio-early enable --kernel-params, removed by disable --kernel-params\n"

/* As it is called by distributions, and where it puts what GRUB reads if there is no such file yet. */
static const struct mkconfig {
	const char *name, *makes;
} mkconfigs[] = {
	{ "grub-mkconfig", "boot/grub/grub.cfg" }, { "grub2-mkconfig", "boot/grub2/grub.cfg" },
};

#define MKCONFIGS_END (mkconfigs + sizeof(mkconfigs) / sizeof(mkconfigs[0]))

static const struct mkconfig *find_mkconfig(const struct machine *machine)
{
	const struct mkconfig *mkconfig = mkconfigs;

	while (mkconfig < MKCONFIGS_END && !program_path(machine, mkconfig->name))
		mkconfig++;
	return mkconfig < MKCONFIGS_END ? mkconfig : NULL;
}

bool grub_is_here(const struct machine *machine)
{
	return program_path(machine, "update-grub") || find_mkconfig(machine);
}

/* What the last line of /etc/default/grub says that sets it; NULL: none does. */
static const char *setting(const struct machine *machine, const char *name)
{
	const char *line = lines_read(machine, DEFAULT_FILE, NULL), *value = NULL;

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (text_begins(line, name) && line[strlen(name)] == '=')
			value = line + strlen(name) + 1 + strspn(line + strlen(name) + 1, "\"'");
	return value;
}

/* Where the settings do not tell, the menu itself does. */
bool grub_has_entries(const struct machine *machine)
{
	const char *says = setting(machine, "GRUB_ENABLE_BLSCFG");
	struct boot_entries entries = boot_entries_find(machine);

	if (says)
		return text_begins(says, "true");
	for_each(entry, &entries)
		if (name_ends(entry->source, ".cfg"))
			return false;
	return loader_entries(machine).count && (!grub_is_here(machine) || program_path(machine, "grubby") ||
						 program_path(machine, "sdbootutil"));
}

/* The script itself tells; where it does not, a machine with update-grub is taken for a Debian. */
static bool reads_directory(const struct machine *machine)
{
	const struct mkconfig *mkconfig = find_mkconfig(machine);
	const char *script = mkconfig ? program_path(machine, mkconfig->name) : NULL;

	if (script && root_contains(machine->fd, script, "default/grub"))
		return root_contains(machine->fd, script, "default/grub.d");
	return program_path(machine, "update-grub");
}

static struct parameter_command command_of(const struct machine *machine)
{
	const struct mkconfig *mkconfig = find_mkconfig(machine);
	const char *makes = mkconfig ? mkconfig->makes : mkconfigs[0].makes;

	for (const struct mkconfig *other = mkconfigs; other < MKCONFIGS_END; other++)
		if (!root_exists(machine->fd, makes) && root_exists(machine->fd, other->makes))
			makes = other->makes;
	if (!mkconfig || program_path(machine, "update-grub"))
		return (struct parameter_command) { .line = "update-grub", .makes = makes };
	return (struct parameter_command) { .line = text_of("%s -o /%s", mkconfig->name, makes), .makes = makes };
}

static const char *own_line(const char *parameter)
{
	return text_of("GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\n", parameter);
}

/* A word ends where a blank, a quote or a backslash does not let it go on. */
static struct standing standing_in(const char *text, const char *parameter)
{
	static const char ends[] = " \t\"'\\\r\n";
	struct standing standing = { 0 };

	while (*text) {
		bool is_comment = text[strspn(text, " \t")] == '#';
		size_t length = strcspn(text, "\n");
		const char *end = text + length + (text[length] == '\n');

		while (text < end) {
			length = strcspn(text, ends);
			/* behind the name of a variable its first word may stand without quotes */
			if (text_begins(text, "GRUB_CMDLINE_LINUX"))
				length = strcspn(text, "=\n");
			if (!is_comment)
				standing_look(&standing, text, length, parameter);
			text += length + (text + length < end);
		}
		text = end;
	}
	return standing;
}

/* Looks at a file of settings: whether the parameter stands there already, and what stands against it. */
static void look_into(const struct machine *machine, const char *path, struct parameter_plan *plan)
{
	const char *text = lines_read(machine, path, plan);
	struct standing standing = standing_in(text ? text : "", plan->parameter);

	if (standing.against)
		strings_add(&plan->obstacles, text_of("%s has %s: take it out there first", machine_path(machine, path),
						      standing.against));
	if (standing.has)
		strings_add(&plan->kept, path);
}

/* What is added begins a line of its own. */
static const char *with_end(const char *text)
{
	size_t length = strlen(text);

	if (length > 1 && text[length - 1] == '\n' && text[length - 2] == '\\')
		return text_of("%s\n", text);
	return length && text[length - 1] != '\n' ? text_of("%s\n", text) : text;
}

static void add(const struct machine *machine, struct parameter_plan *plan)
{
	const char *content = text_of(COMMENT "%s", own_line(plan->parameter)), *text;
	size_t kept = plan->kept.count;
	struct strings names = { 0 };
	bool in_directory = reads_directory(machine);

	look_into(machine, DEFAULT_FILE, plan);
	if (in_directory)
		root_list(machine->fd, DIRECTORY, &names);
	for_each(name, &names)
		if (name_ends(*name, ".cfg"))
			look_into(machine, text_of(DIRECTORY "/%s", *name), plan);
	*list_add(&plan->commands) = command_of(machine);
	if (plan->kept.count > kept)
		return;
	text = in_directory ? "" : lines_read(machine, DEFAULT_FILE, plan);
	if (!text && !plan->obstacles.count)
		strings_add(&plan->obstacles, text_of("%s: there is none", machine_path(machine, DEFAULT_FILE)));
	else if (text)
		plan_edit(plan, &(struct parameter_edit) {
			.loader = &boot_loader_grub, .place = in_directory ? OWN_FILE : DEFAULT_FILE,
			.path = in_directory ? OWN_FILE : DEFAULT_FILE, .is_ours = in_directory,
			.content = text_of("%s%s", with_end(text), content),
		});
}

/* The text without our two lines, or the one that is left of them; NULL: they are not there. */
static const char *without(const char *text, const char *line)
{
	const char *at = strstr(text, line), *from;
	size_t comment = strlen(COMMENT);

	while (at && at > text && at[-1] != '\n')
		at = strstr(at + 1, line);
	if (!at)
		return NULL;
	from = (size_t)(at - text) >= comment && text_begins(at - comment, COMMENT) ? at - comment : at;
	return text_of("%s%s", keep_bytes(text, (size_t)(from - text)), at + strlen(line));
}

static void take_back(const struct machine *machine, const char *path, struct parameter_plan *plan)
{
	bool is_ours = !strcmp(path, OWN_FILE);
	const char *text = lines_read(machine, path, plan);
	const char *content = text && !is_ours ? without(text, own_line(plan->parameter)) : NULL;
	struct booting booting;

	if (text && !is_ours && !content && standing_in(text, plan->parameter).has)
		strings_add(&plan->obstacles, text_of("%s was changed since %s was added: take it out there",
						      machine_path(machine, path), plan->parameter));
	if (content || (text && is_ours))
		plan_edit(plan, &(struct parameter_edit) { .path = path, .content = content, .is_ours = is_ours });
	booting_find(machine, &booting);
	if (grub_is_here(machine) || booting.loader == LOADER_GRUB)
		*list_add(&plan->commands) = command_of(machine);
}

const struct boot_loader boot_loader_grub = {
	.name = "grub", .add = add, .take_back = take_back,
};
