/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel command line asks for, and whether this boot may bind anything at all. */
#include "config.h"

#include "cmdline.h"
#include "errors.h"
#include "request.h"
#include "root.h"
#include "text.h"

#include <string.h>

/* Words by which a person, or a boot menu, asks for a boot that can be repaired. */
#define RECOVERY_WORDS "s,S,1,-b,single,rescue,emergency,recovery,break,rd.break"
#define SHELLS "sh,bash,dash,ash,busybox,ksh,mksh,zsh,fish"
#define OWN_WORDS "slots,ids,timeout,early"

static bool is_recovery_word(const struct kernel_word *word)
{
	const char *slash;

	if (!word->value)
		return list_has(RECOVERY_WORDS, word->name);
	if (!strcmp(word->name, "systemd.unit") || !strcmp(word->name, "rd.systemd.unit"))
		return text_begins(word->value, "rescue") || text_begins(word->value, "emergency");
	if (!strcmp(word->name, "init")) {
		slash = strrchr(word->value, '/');
		return list_has(SHELLS, slash ? slash + 1 : word->value);
	}
	return !strcmp(word->name, "break") || !strcmp(word->name, "rd.break");
}

static struct where place_of(const struct kernel_word *word)
{
	return (struct where) { .source = "cmdline", .column = word->value ? word->value_column : word->column };
}

/* A comma-separated list of requests, whose words are joined by "+". */
static void read_items(struct config *config, const struct kernel_word *word)
{
	const char *item = word->value, *except;
	struct where at = place_of(word);
	bool unclear = false;

	for (;;) {
		size_t length = strcspn(item, ",");

		if (unclear)
			errors_add(&config->errors, at, "excepted or taken? Write +except=A+except=B, or another vfio.slots=");
		else if (!length)
			errors_add(&config->errors, at, "%s: a device is missing here", word->name);
		else
			request_parse(config, at, item, length, "+");
		/* is what follows excepted, or taken? */
		except = strstr(item, "+except=");
		unclear = except && except < item + length;
		if (!item[length])
			return;
		item += length + 1;
		at.column += (unsigned)length + 1;
	}
}

/* Words that begin with "vfio." are ours, but for the one that is a parameter of the kernel's vfio. */
static void read_own_word(struct config *config, const struct kernel_word *word, const char **early)
{
	const char *key = word->name + strlen("vfio."), *value = word->value;
	struct where at = place_of(word);

	if (!strcmp(key, "enable_unsafe_noiommu_mode"))
		return;
	if (!value || !list_has(OWN_WORDS, key))
		errors_add(&config->errors, (struct where) { .source = "cmdline", .column = word->column },
			   "no such word: %s%s; known: vfio.slots=, vfio.ids=, vfio.early=, vfio.timeout=",
			   text_shown(word->name, strlen(word->name)), value ? "=" : "");
	else if (*key == 't')
		config_set_timeout(config, at, value);
	else if (*key != 'e')
		read_items(config, word);
	else if (!strcmp(value, "on") || !strcmp(value, "off") || !strcmp(value, "dry-run"))
		*early = value;
	else
		errors_add(&config->errors, at, "vfio.early is on, off or dry-run, not %s",
			   text_shown(value, strlen(value)));
}

void config_read_cmdline(int root, const struct cmdline *cmdline, struct config *config)
{
	const char *early = NULL, *recovery = NULL;
	bool kdump = root_exists(root, "proc/vmcore");

	for_each(word, cmdline) {
		/* init reads these wherever they stand */
		if (!recovery && is_recovery_word(word))
			recovery = word->value ? text_of("%s=%s", word->name, word->value) : word->name;
		if (word->for_init)
			continue;
		if (text_begins(word->name, "vfio."))
			read_own_word(config, word, &early);
		else if (!strcmp(word->name, "elfcorehdr"))
			kdump = true;
	}
	if (kdump) {
		config->mode = MODE_OFF;
		config->off_because = "kdump boot";
	} else if (text_same(early, "off")) {
		config->mode = MODE_OFF;
		config->off_because = "vfio.early=off";
	} else if (recovery && !text_same(early, "on")) {
		config->mode = MODE_OFF;
		config->off_because = text_of("recovery boot: %s", recovery);
		config->recovery = !text_same(early, "dry-run");
	} else if (text_same(early, "dry-run")) {
		config->mode = MODE_DRY_RUN;
	}
}
