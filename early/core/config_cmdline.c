/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our words on the kernel command line to requests and settings, and whether this boot may bind at all. */
#include "config.h"

#include "cmdline.h"
#include "errors.h"
#include "request.h"
#include "root.h"
#include "text.h"

#include <string.h>

/* NULL-terminated, as the lists below. */
static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

/*
 * Of init and systemd (src/basic/runlevel.c there), of initramfs-tools (break)
 * and of dracut (rd.break).
 */
bool config_is_recovery_word(const struct kernel_word *word)
{
	static const char *const alone[] = {
		"s", "S", "-s", "1", "-b", "single", "rescue", "emergency", "recovery", "rd.rescue", "rd.emergency", NULL,
	};
	static const char *const breaks[] = { "break", "rd.break", "systemd.break", "rd.systemd.break", NULL };
	static const char *const units[] = { "systemd.unit", "rd.systemd.unit", NULL };
	static const char *const inits[] = { "init", "rdinit", NULL };
	static const char *const shells[] = {
		"sh", "bash", "dash", "ash", "busybox", "ksh", "mksh", "zsh", "fish", NULL,
	};
	const char *slash;

	if (is_one_of(word->name, breaks))
		return true;		/* with and without the place of the break */
	if (!word->value)
		return is_one_of(word->name, alone);
	if (is_one_of(word->name, units))
		return text_begins(word->value, "rescue") || text_begins(word->value, "emergency");
	slash = strrchr(word->value, '/');
	return is_one_of(word->name, inits) && is_one_of(slash ? slash + 1 : word->value, shells);
}

static struct where place_of_value(const struct kernel_word *word)
{
	return (struct where) { .source = "cmdline", .column = word->value_column };
}

/* The command line while it is read. */
struct reading {
	struct config *config;
	const char *early;		/* the last value of vfio.early=, NULL: there is none */
};

/* A comma-separated list of requests, whose words are joined by "+". */
static void read_items(struct reading *reading, const struct kernel_word *word)
{
	struct errors *errors = &reading->config->errors;
	const char *item = word->value, *except;
	struct where at = place_of_value(word);
	bool unclear = false;

	for (;;) {
		size_t length = strcspn(item, ",");

		if (unclear)
			errors_add(errors, at, "excepted or taken? Write +except=A+except=B, or another %s=", word->name);
		else if (strspn(item, "+") >= length)
			errors_add(errors, at, "no device here: %s=%s; name one, as in %s=01:00.0, or remove the %s",
				   word->name, text_shown(word->value, strlen(word->value)), word->name,
				   strchr(word->value, ',') ? "comma" : "word");
		else
			request_parse(reading->config, at, item, length, "+");
		/* a person may mean the next item as another exception, or as another device */
		except = strstr(item, "+except=");
		unclear = except && except < item + length;
		if (!item[length])
			return;
		item += length + 1;
		at.column += (unsigned)length + 1;
	}
}

static void read_timeout(struct reading *reading, const struct kernel_word *word)
{
	config_set_timeout(reading->config, place_of_value(word), word->value);
}

static void read_early(struct reading *reading, const struct kernel_word *word)
{
	static const char *const values[] = { "on", "off", "dry-run", NULL };

	if (is_one_of(word->value, values))
		reading->early = word->value;
	else
		errors_add(&reading->config->errors, place_of_value(word), "vfio.early is on, off or dry-run, not %s",
			   text_shown(word->value, strlen(word->value)));
}

static const struct {
	const char *name;
	void (*read)(struct reading *reading, const struct kernel_word *word);
} own_words[] = {
	{ "vfio.slots", read_items },
	{ "vfio.ids", read_items },
	{ "vfio.early", read_early },
	{ "vfio.timeout", read_timeout },
};

/* Words that begin with "vfio." are ours, but for the one that is a parameter of the kernel's vfio. */
static void read_own_word(struct reading *reading, const struct kernel_word *word)
{
	struct where at = { .source = "cmdline", .column = word->column };
	size_t i;

	if (same_name(word->name, strlen(word->name), "vfio.enable_unsafe_noiommu_mode"))
		return;
	for (i = 0; i < sizeof(own_words) / sizeof(own_words[0]); i++) {
		if (strcmp(word->name, own_words[i].name))
			continue;
		if (word->value)
			own_words[i].read(reading, word);
		else
			errors_add(&reading->config->errors, at, "%s needs a value: %s=", word->name, word->name);
		return;
	}
	errors_add(&reading->config->errors, at,
		   "no such word: %s%s; known: vfio.slots=, vfio.ids=, vfio.early=, vfio.timeout=",
		   text_shown(word->name, strlen(word->name)), word->value ? "=" : "");
}

void config_read_cmdline(int root, const struct cmdline *cmdline, struct config *config)
{
	struct reading reading = { .config = config };
	const char *recovery = NULL;
	bool kdump = root_exists(root, "proc/vmcore");

	for_each(word, cmdline) {
		/* init reads these before and behind "--" */
		if (!recovery && config_is_recovery_word(word))
			recovery = word->value ? text_of("%s=%s", word->name, word->value) : word->name;
		if (word->for_init)
			continue;
		if (text_begins(word->name, "vfio."))
			read_own_word(&reading, word);
		else if (!strcmp(word->name, "elfcorehdr"))
			kdump = true;
	}
	if (kdump) {
		config->mode = MODE_OFF;
		config->off_because = "kdump boot";
	} else if (text_same(reading.early, "off")) {
		config->mode = MODE_OFF;
		config->off_because = "vfio.early=off";
	} else if (recovery && !text_same(reading.early, "on")) {
		config->mode = MODE_OFF;
		config->off_because = text_of("recovery boot: %s", recovery);
		config->recovery = !text_same(reading.early, "dry-run");
	} else if (text_same(reading.early, "dry-run")) {
		config->mode = MODE_DRY_RUN;
	}
}
