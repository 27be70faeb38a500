/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel parameters, wherever this distribution keeps them. */
#include "kernel_parameters.h"
#include "atomic_file.h"
#include "images.h"
#include "run.h"

#include "../core/root.h"
#include "../core/text.h"

#include <stdio.h>
#include <string.h>

#define NOTE RECORDS "/kernel-parameter"	/* what was added, and where */
#define GRUBBY "grubby"
#define GRUB_FILE "etc/default/grub.d/90-vfio-early.cfg"
#define CMDLINE_FILE "etc/kernel/cmdline"
#define FILE_SIZE_MAX (64 * 1024)

enum way { WAY_NONE, WAY_GRUB, WAY_GRUBBY, WAY_CMDLINE, WAY_ENTRIES };

static const char *const entry_directories[] = { "boot/loader/entries", "efi/loader/entries", "boot/efi/loader/entries" };

static const char *entries_of(const struct machine *machine)
{
	size_t i;

	for (i = 0; i < 3; i++) {
		struct strings names = { 0 };

		if (!root_list(machine->fd, entry_directories[i], &names) && names.count)
			return entry_directories[i];
	}
	return NULL;
}

/* Fedora has GRUB, too, but keeps the parameters in entries that grubby knows best. */
static enum way way_of(const struct machine *machine)
{
	if (root_exists(machine->fd, "usr/sbin/grubby") || root_exists(machine->fd, "usr/bin/grubby"))
		return WAY_GRUBBY;
	if (root_exists(machine->fd, CMDLINE_FILE))
		return WAY_CMDLINE;
	if (root_exists(machine->fd, "usr/sbin/update-grub"))
		return WAY_GRUB;
	return entries_of(machine) ? WAY_ENTRIES : WAY_NONE;
}

const char *parameters_place(const struct machine *machine)
{
	switch (way_of(machine)) {
	case WAY_GRUB:
		return "/" GRUB_FILE;
	case WAY_GRUBBY:
		return GRUBBY;
	case WAY_CMDLINE:
		return "/" CMDLINE_FILE;
	case WAY_ENTRIES:
		return text_of("/%s", entries_of(machine));
	case WAY_NONE:
		break;
	}
	return NULL;
}

const char *parameter_missing(const struct iommu *iommu)
{
	const char *const intel_on = "intel_iommu=on";

	return iommu->state == IOMMU_OFF && iommu->remedy && strstr(iommu->remedy, text_of("add %s ", intel_on)) ?
	       intel_on : NULL;
}

static enum exit_code fail(const struct machine *machine, const char *path, int error)
{
	return complain(EXIT_PROBLEM, "%s: %s", machine_path(machine, path), strerror(-error));
}

static enum exit_code write_file(const struct machine *machine, const char *path, const char *content)
{
	int error = write_atomically(machine->fd, path, content, strlen(content));

	return error ? fail(machine, path, error) : EXIT_FINE;
}

/* Where a word stands in a line of words, or NULL. */
static const char *find_word(const char *line, size_t length, const char *word)
{
	size_t size = strlen(word);
	const char *at;

	for (at = line; at + size <= line + length; at++)
		if (!strncmp(at, word, size) && (at == line || at[-1] == ' ') &&
		    (at + size == line + length || at[size] == ' '))
			return at;
	return NULL;
}

/* A line with a word added or taken out; NULL: it is so already. */
static const char *edited_line(const char *line, size_t length, const char *word, bool add)
{
	const char *at = find_word(line, length, word);
	size_t before;

	if (!at == !add)
		return NULL;
	if (add)
		return text_of("%s%s%s", keep_bytes(line, length), length ? " " : "", word);
	before = (size_t)(at - line);
	at += strlen(word);
	if (before)
		before--;		/* the blank before it goes with it */
	else if (*at == ' ')
		at++;
	return text_of("%s%s", keep_bytes(line, before), keep_bytes(at, (size_t)(line + length - at)));
}

/* Of an entry the line of its options; else the first one, which is the only one that counts. */
static const char *line_of_parameters(const char *path, const char *text)
{
	const char *beginning = strstr(path, "loader/entries") ? "options" : "", *line = text;

	while (*line && !text_begins(line, beginning)) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return *line || !*beginning ? line : NULL;
}

/* *changed: whether there was anything to do. */
static enum exit_code edit_file(const struct machine *machine, const char *path, const char *word, bool add,
				bool *changed)
{
	const char *text, *line, *edited = NULL;
	size_t length, size = 0;
	int error = root_read(machine->fd, path, FILE_SIZE_MAX, &text, &length);

	*changed = false;
	if (error)
		return fail(machine, path, error);
	line = line_of_parameters(path, text);
	if (line) {
		size = strcspn(line, "\n");
		edited = edited_line(line, size, word, add);
	}
	if (!edited)
		return EXIT_FINE;
	*changed = true;
	printf("%s %s in %s\n", add ? "added" : "removed", word, machine_path(machine, path));
	return write_file(machine, path, text_of("%s%s%s", keep_bytes(text, (size_t)(line - text)), edited, line + size));
}

static enum exit_code run_or_complain(const struct machine *machine, const char *command)
{
	int code = run(machine, command);

	if (code)
		return complain(EXIT_PROBLEM, "%s failed (%d): run it again once its cause is gone", command, code);
	return EXIT_FINE;
}

static enum exit_code add_to_grub(const struct machine *machine, const char *word)
{
	enum exit_code code = write_file(machine, GRUB_FILE, text_of(
		"# written by vfio-early enable --kernel-params, removed by disable --kernel-params\n"
		"GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\n", word));

	if (code)
		return code;
	printf("added %s in %s\n", word, machine_path(machine, GRUB_FILE));
	return run_or_complain(machine, "update-grub");
}

/* What was changed is added to the note, a line each. */
static enum exit_code add_to_files(const struct machine *machine, const struct strings *files, const char *word,
				   struct text *note)
{
	for_each(path, files) {
		bool changed;
		enum exit_code code = edit_file(machine, *path, word, true, &changed);

		if (code)
			return code;
		if (changed)
			text_print(note, "%s\n", *path);
	}
	return EXIT_FINE;
}

static struct strings entry_files(const struct machine *machine)
{
	struct strings names = { 0 }, files = { 0 };
	const char *directory = entries_of(machine);

	root_list(machine->fd, directory, &names);
	for_each(name, &names)
		if (strlen(*name) > 5 && !strcmp(*name + strlen(*name) - 5, ".conf"))
			strings_add(&files, text_of("%s/%s", directory, *name));
	return files;
}

static enum exit_code add(const struct machine *machine, const char *word, struct text *note)
{
	struct strings files = { 0 };

	switch (way_of(machine)) {
	case WAY_GRUB:
		text_print(note, "%s\n", GRUB_FILE);
		return add_to_grub(machine, word);
	case WAY_GRUBBY:
		text_print(note, "%s\n", GRUBBY);
		return run_or_complain(machine, text_of("grubby --update-kernel=ALL --args=%s", word));
	case WAY_CMDLINE:
		/* the images, or entries, are made anew with the image builder */
		strings_add(&files, CMDLINE_FILE);
		return add_to_files(machine, &files, word, note);
	case WAY_ENTRIES:
		files = entry_files(machine);
		return add_to_files(machine, &files, word, note);
	case WAY_NONE:
		break;
	}
	return complain(EXIT_PROBLEM, "no boot loader that is known here: add %s to the kernel command line yourself", word);
}

static enum exit_code take_back(const struct machine *machine, const char *word, const char *where)
{
	bool changed;

	if (!strcmp(where, GRUBBY))
		return run_or_complain(machine, text_of("grubby --update-kernel=ALL --remove-args=%s", word));
	if (!strcmp(where, GRUB_FILE)) {
		int error = remove_durably(machine->fd, where);

		if (error)
			return fail(machine, where, error);
		printf("removed %s\n", machine_path(machine, where));
		return run_or_complain(machine, "update-grub");
	}
	/* the entry of a kernel that is gone is gone, too */
	return root_exists(machine->fd, where) ? edit_file(machine, where, word, false, &changed) : EXIT_FINE;
}

/* The word, then the places, a line each; none without a note. */
static struct strings read_note(const struct machine *machine)
{
	const char *line = root_text(machine->fd, NOTE);
	struct strings lines = { 0 };

	while (line && *line) {
		strings_add(&lines, keep_bytes(line, strcspn(line, "\n")));
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return lines;
}

bool parameter_is_ours(const struct machine *machine)
{
	return read_note(machine).count;
}

enum exit_code parameter_add(const struct machine *machine, const char *parameter)
{
	struct text note = { 0 };
	enum exit_code code;

	if (parameter_is_ours(machine))
		return EXIT_FINE;
	text_print(&note, "%s\n", parameter);
	code = add(machine, parameter, &note);
	/* also what was done by half is to be taken back */
	if (strchr(note.bytes, '\n')[1] && write_file(machine, NOTE, note.bytes))
		code = EXIT_PROBLEM;
	return code;
}

enum exit_code parameter_remove(const struct machine *machine)
{
	struct strings note = read_note(machine);
	enum exit_code code = EXIT_FINE;
	size_t i;
	int error;

	for (i = 1; i < note.count; i++)
		if (take_back(machine, note.items[0], note.items[i]))
			code = EXIT_PROBLEM;
	if (code || !note.count)
		return code;
	error = remove_durably(machine->fd, NOTE);
	return error ? fail(machine, NOTE, error) : EXIT_FINE;
}
