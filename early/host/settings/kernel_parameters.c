/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel parameters, wherever this distribution keeps them. */
#include "kernel_parameters.h"
#include "../machine/atomic_file.h"
#include "../image/images.h"
#include "../machine/run.h"

#include "../../core/root.h"
#include "../../core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NOTE RECORDS "/kernel-parameter"	/* the word, the places it was added to, and whether all was done */
#define COMPLETE "complete"
#define GRUBBY "grubby"
#define GRUB_FILE "etc/default/grub.d/90-vfio-early.cfg"
#define CMDLINE_FILE "etc/kernel/cmdline"
#define FILE_SIZE_MAX (64ul * 1024)
#define STAT_SIZE_MAX (1024ul * 1024)

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

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Where a word stands in a line of words, or NULL. */
static const char *find_word(const char *line, size_t length, const char *word)
{
	size_t size = strlen(word);
	const char *at;

	for (at = line; at + size <= line + length; at++)
		if (!strncmp(at, word, size) && (at == line || is_blank(at[-1])) &&
		    (at + size == line + length || is_blank(at[size])))
			return at;
	return NULL;
}

/* A line with a word added or taken out; NULL: it is so already. */
static const char *edited_line(const char *line, size_t length, const char *word, bool add)
{
	const char *at = find_word(line, length, word);
	size_t before;

	if (add)
		return at ? NULL : text_of("%s%s%s", keep_bytes(line, length), length ? " " : "", word);
	if (!at)
		return NULL;
	before = (size_t)(at - line);
	at += strlen(word);
	if (before)
		before--;		/* the blank before it goes with it */
	else if (*at == ' ')
		at++;
	return text_of("%s%s", keep_bytes(line, before), keep_bytes(at, (size_t)(line + length - at)));
}

/* Of an entry the line of its options; else the first one that is no comment. */
static const char *line_of_parameters(const char *path, const char *text)
{
	bool is_entry = strstr(path, "loader/entries");
	const char *line = text;

	while (*line && (is_entry ? !text_begins(line, "options") : *line == '#' || *line == '\n')) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return *line || !is_entry ? line : NULL;
}

/* The line of a file, edited; NULL: it is so already, or cannot be read (*error). */
static const char *edited_file(const struct machine *machine, const char *path, const char *word, bool add, int *error)
{
	const char *text, *line, *edited = NULL;
	size_t length;

	*error = root_read(machine->fd, path, FILE_SIZE_MAX, &text, &length);
	line = *error ? NULL : line_of_parameters(path, text);
	if (line) {
		length = strcspn(line, "\r\n");
		edited = edited_line(line, length, word, add);
	}
	return edited ? text_of("%s%s%s", keep_bytes(text, (size_t)(line - text)), edited, line + length) : NULL;
}

static enum exit_code edit_file(const struct machine *machine, const char *path, const char *word, bool add)
{
	int error;
	const char *content = edited_file(machine, path, word, add, &error);
	enum exit_code code;

	if (error)
		return fail(machine, path, error);
	code = content ? write_file(machine, path, content) : EXIT_FINE;
	if (content && !code)
		printf("%s %s in %s\n", add ? "added" : "removed", word, machine_path(machine, path));
	return code;
}

static enum exit_code run_or_complain(const struct machine *machine, const char *command)
{
	int code = run(machine, command);

	if (code)
		return complain(EXIT_PROBLEM, "%s failed (%d): run it again once its cause is gone", command, code);
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

static void add_if_missing(const struct machine *machine, const char *path, const char *word, struct strings *places)
{
	int error;

	/* what cannot be read is tried, and complained about */
	if (edited_file(machine, path, word, true, &error) || error)
		strings_add(places, path);
}

/* Where the word has to be added. */
static struct strings places_without(const struct machine *machine, const char *word)
{
	struct strings places = { 0 }, files;

	switch (way_of(machine)) {
	case WAY_GRUB:
		strings_add(&places, GRUB_FILE);
		break;
	case WAY_GRUBBY:
		strings_add(&places, GRUBBY);
		break;
	case WAY_CMDLINE:
		add_if_missing(machine, CMDLINE_FILE, word, &places);
		break;
	case WAY_ENTRIES:
		files = entry_files(machine);
		for_each(file, &files)
			add_if_missing(machine, *file, word, &places);
		break;
	case WAY_NONE:
		break;
	}
	return places;
}

static enum exit_code edit_grub(const struct machine *machine, const char *word, bool add)
{
	enum exit_code code = EXIT_FINE;
	int error = 0;

	if (add)
		code = write_file(machine, GRUB_FILE, text_of(
			"# written by vfio-early enable --kernel-params, removed by disable --kernel-params\n"
			"GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\n", word));
	else
		error = remove_durably(machine->fd, GRUB_FILE);
	if (error)
		return fail(machine, GRUB_FILE, error);
	if (code)
		return code;
	printf("%s %s\n", add ? "wrote" : "removed", machine_path(machine, GRUB_FILE));
	return run_or_complain(machine, "update-grub");
}

/* Images, or entries, have the words in them that stand there when they are made. */
static enum exit_code edit_cmdline_file(const struct machine *machine, const char *word, bool add, bool images)
{
	const char *command = rebuild_command(machine, NULL);
	enum exit_code code = edit_file(machine, CMDLINE_FILE, word, add);

	if (code)
		return code;
	if (images && command) {
		printf("%s ...\n", command);
		return run_or_complain(machine, command);
	}
	puts("it counts once the images are made anew");
	return images ? complain(EXIT_PROBLEM, "neither update-initramfs nor dracut is here: make the images anew") :
			EXIT_FINE;
}

static enum exit_code edit_place(const struct machine *machine, const char *place, const char *word, bool add,
				 bool images)
{
	if (!strcmp(place, GRUBBY))
		return run_or_complain(machine, text_of("grubby --update-kernel=ALL --%s=%s", add ? "args" : "remove-args",
							word));
	if (!strcmp(place, GRUB_FILE))
		return edit_grub(machine, word, add);
	if (!strcmp(place, CMDLINE_FILE))
		return edit_cmdline_file(machine, word, add, images);
	/* the entry of a kernel that is gone is gone, too */
	return root_exists(machine->fd, place) ? edit_file(machine, place, word, add) : EXIT_FINE;
}

struct note {
	const char *word;		/* NULL: none was added */
	struct strings places;
	bool complete;			/* nothing of it is left to do */
};

static struct note read_note(const struct machine *machine)
{
	const char *text = root_text(machine->fd, NOTE);
	struct note note = { 0 };

	while (text && *text) {
		const char *line = keep_bytes(text, strcspn(text, "\n"));

		text += strlen(line);
		text += *text == '\n';
		if (!note.word)
			note.word = line;
		else if (!strcmp(line, COMPLETE))
			note.complete = true;
		else
			strings_add(&note.places, line);
	}
	return note;
}

static enum exit_code write_note(const struct machine *machine, const struct note *note)
{
	struct text text = { 0 };

	text_print(&text, "%s\n", note->word);
	for_each(place, &note->places)
		text_print(&text, "%s\n", *place);
	if (note->complete)
		text_print(&text, COMPLETE "\n");
	return write_file(machine, NOTE, text.bytes);
}

bool parameter_is_ours(const struct machine *machine)
{
	return read_note(machine).word;
}

bool parameter_is_added(const struct machine *machine)
{
	return read_note(machine).complete;
}

/* In seconds since the epoch, see proc_stat(5); 0: not known. */
static unsigned long long boot_time(int root)
{
	static const char name[] = "\nbtime ";
	const char *text, *at;
	size_t length;

	if (root_read(root, "proc/stat", STAT_SIZE_MAX, &text, &length))
		return 0;
	at = strstr(text, name);
	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

bool parameter_is_booted(const struct machine *machine)
{
	struct stat status;

	return parameter_is_added(machine) && !fstatat(machine->fd, NOTE, &status, 0) &&
	       (unsigned long long)status.st_mtime < boot_time(machine->fd);
}

enum exit_code parameter_add(const struct machine *machine, const char *parameter, bool images)
{
	struct note note = read_note(machine);
	enum exit_code code = EXIT_FINE;

	if (note.complete)
		return EXIT_FINE;
	if (way_of(machine) == WAY_NONE)
		return complain(EXIT_PROBLEM, "no boot loader that is known here: add %s to the kernel command line yourself",
				parameter);
	/* what was begun is gone on with: places that had the word by themselves are not among them */
	if (!note.word)
		note = (struct note) { .word = parameter, .places = places_without(machine, parameter) };
	if (!note.places.count) {
		printf("kernel parameters: %s has %s already\n", parameters_place(machine), parameter);
		return EXIT_FINE;
	}
	/* first, so that also what is done by half can be taken back */
	if (write_note(machine, &note))
		return EXIT_PROBLEM;
	for_each(place, &note.places)
		if (edit_place(machine, *place, note.word, true, images))
			code = EXIT_PROBLEM;
	if (code)
		return code;
	note.complete = true;
	return write_note(machine, &note);
}

enum exit_code parameter_remove(const struct machine *machine, bool images)
{
	struct note note = read_note(machine);
	enum exit_code code = EXIT_FINE;
	int error;

	for_each(place, &note.places)
		if (edit_place(machine, *place, note.word, false, images))
			code = EXIT_PROBLEM;
	if (code || !note.word)
		return code;
	error = remove_durably(machine->fd, NOTE);
	return error ? fail(machine, NOTE, error) : EXIT_FINE;
}
