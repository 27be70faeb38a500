/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries out what a boot loader has planned, or says what that would do: both from the same plan. */
#include "plan.h"

#include "../../machine/run.h"
#include "../../machine/write.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <string.h>

void plan_edit(struct parameter_plan *plan, const struct parameter_edit *edit)
{
	for_each(other, &plan->edits)
		if (!strcmp(other->path, edit->path))
			return;
	*list_add(&plan->edits) = *edit;
}

static void say_edit(const struct machine *machine, const struct parameter_plan *plan,
		     const struct parameter_edit *edit, bool dry_run)
{
	const char *path = machine_path(machine, edit->path);

	if (!edit->content)
		say("%s %s\n", dry_run ? "would remove" : "removed", path);
	else if (plan->adds)
		say("%s %s: %s\n", dry_run ? "would add" : "added", plan->parameter, path);
	else
		say("%s %s out of %s\n", dry_run ? "would take" : "took", plan->parameter, path);
}

static enum change make_edit(const struct machine *machine, const struct parameter_plan *plan,
			     const struct parameter_edit *edit, bool dry_run)
{
	int error = 0;

	if (!dry_run)
		error = !edit->content ? remove_ours(machine, edit->path) :
			edit->is_ours ? write_ours(machine, edit->path, edit->content, strlen(edit->content)) :
			write_theirs(machine, edit->path, edit->content, strlen(edit->content));
	if (error) {
		complain(EXIT_PROBLEM, "%s: %s", machine_path(machine, edit->path), strerror(-error));
		return CHANGE_FAILED;
	}
	say_edit(machine, plan, edit, dry_run);
	return CHANGE_DONE;
}

/* What was made is looked at: settings of others may have overruled ours. */
static enum change check_made(const struct machine *machine, const struct parameter_plan *plan,
			      const struct parameter_command *command)
{
	if (!plan->adds || !root_exists(machine->fd, command->makes) ||
	    root_contains(machine->fd, command->makes, plan->parameter))
		return CHANGE_DONE;
	complain(EXIT_PROBLEM, "%s has made %s without %s: look for what overrules it in /etc/default/grub and "
		 "/etc/default/grub.d", command->line, machine_path(machine, command->makes), plan->parameter);
	return CHANGE_FAILED;
}

static enum change run_command(const struct machine *machine, const struct parameter_plan *plan,
			       const struct parameter_command *command, bool dry_run)
{
	int code;

	if (dry_run && machine->live) {
		say("would run: %s\n", command->line);
		return CHANGE_DONE;
	}
	code = run(machine, command->line);
	if (code == RUN_LEFT)
		return CHANGE_LEFT;
	if (!code)
		return check_made(machine, plan, command);
	complain(EXIT_PROBLEM, "%s failed%s: run it again once its cause is gone", command->line,
		 code > 0 ? text_of(" (%u)", (unsigned)code) : ", it cannot be started");
	return CHANGE_FAILED;
}

enum change plan_carry_out(const struct machine *machine, const struct parameter_plan *plan, bool dry_run)
{
	enum change worst = CHANGE_DONE, change;

	for_each(edit, &plan->edits) {
		change = make_edit(machine, plan, edit, dry_run);
		worst = change > worst ? change : worst;
	}
	for_each(command, &plan->commands) {
		change = worst == CHANGE_FAILED ? worst : run_command(machine, plan, command, dry_run);
		worst = change > worst ? change : worst;
	}
	for_each(typed, &plan->typed) {
		complain(EXIT_PROBLEM, "kernel parameters: left to you: %s; then reboot", *typed);
		worst = worst == CHANGE_FAILED ? worst : CHANGE_TYPED;
	}
	return worst;
}
