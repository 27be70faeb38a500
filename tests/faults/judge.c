/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold after every run, whatever went wrong in it. */
#include "judge.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "sys/bus/pci/devices/"
#define DRIVERS "sys/bus/pci/drivers/"
#define LOG "run/vfio-early.log"
#define MEMBERS_MAX 256

/* A function that is in a group that the program may change. */
struct member {
	const char *address, *group;
	bool named;
};

struct members {
	struct member items[MEMBERS_MAX];
	unsigned count;
};

/* ---- the machine ---- */

const char *attribute(const struct tree *tree, const char *address, const char *name)
{
	const struct entry *link = tree_find(tree, format(DEVICES "%s", address));

	return link ? format("sys/%s/%s", link->bytes + strlen("../../../"), name) : "";
}

const char *driver_in(const struct tree *tree, const char *address)
{
	return tree_link_name(tree, attribute(tree, address, "driver"));
}

static const char *override_in(const struct tree *tree, const char *address)
{
	return tree_text(tree, attribute(tree, address, "driver_override"));
}

static const char *group_in(const struct tree *tree, const char *address)
{
	return tree_link_name(tree, attribute(tree, address, "iommu_group"));
}

static unsigned long class_in(const struct tree *tree, const char *address)
{
	return strtoul(tree_text(tree, attribute(tree, address, "class")), NULL, 16);
}

static bool is_endpoint(const struct tree *tree, const char *address)
{
	const struct entry *config = tree_find(tree, attribute(tree, address, "config"));

	return config && config->length > 0x0e && !(config->bytes[0x0e] & 0x7f);
}

const char *next_device(const struct tree *tree, size_t *i)
{
	while (*i < tree->count) {
		const char *path = tree->items[(*i)++].path;

		if (!strncmp(path, DEVICES, strlen(DEVICES)))
			return path + strlen(DEVICES);
	}
	return "";
}

const char *compare_devices(const struct tree *wanted, const struct tree *actual)
{
	const char *address;
	size_t i = 0;

	while (*(address = next_device(wanted, &i))) {
		if (strcmp(driver_in(wanted, address), driver_in(actual, address)))
			return format("%s has the driver \"%s\", not \"%s\"", address, driver_in(actual, address),
				      driver_in(wanted, address));
		if (strcmp(override_in(wanted, address), override_in(actual, address)))
			return format("%s has the override %s, not %s", address, override_in(actual, address),
				      override_in(wanted, address));
	}
	return NULL;
}

/* ---- who may be changed ---- */

static struct member *find_member(struct members *members, const char *address)
{
	unsigned i;

	for (i = 0; i < members->count; i++)
		if (!strcmp(members->items[i].address, address))
			return &members->items[i];
	return NULL;
}

/* The machine whose groups count: where they are made at a probe, they are those that came of it. */
static const struct tree *with_groups(const struct judged *judged)
{
	size_t i;

	for (i = 0; i < judged->before->count; i++)
		if (!strncmp(judged->before->items[i].path, "sim.groups/", strlen("sim.groups/")))
			return judged->after;
	return judged->before;
}

static void add_group(struct members *members, const struct tree *tree, const char *of)
{
	const char *group = group_in(tree, of), *address;
	size_t i = 0;

	while (*(address = next_device(tree, &i))) {
		if (find_member(members, address) || members->count == MEMBERS_MAX)
			continue;
		if (strcmp(address, of) && (!*group || strcmp(group_in(tree, address), group)))
			continue;
		members->items[members->count++] = (struct member) {
			.address = address, .group = strdup(*group ? group : "-"),
		};
	}
}

static bool is_usb(const struct tree *tree, const char *address)
{
	unsigned long class = class_in(tree, address);

	return class == 0x0c0300 || class == 0x0c0310 || class == 0x0c0320;
}

/* The companions of a USB controller are taken with it: they share memory through their drivers. */
static void add_companions(struct members *members, const struct tree *tree)
{
	unsigned i;

	for (i = 0; i < members->count; i++) {
		const char *member = members->items[i].address, *address;
		size_t at = 0;

		if (!is_usb(tree, member))
			continue;
		while (*(address = next_device(tree, &at)))
			if (is_usb(tree, address) && !strncmp(address, member, strlen(member) - 1))
				add_group(members, tree, address);
	}
}

/* The configurations of these tests have slots and "set" lines only. */
static void read_members(struct members *members, const struct tree *tree)
{
	const struct entry *configuration = tree_find(tree, "etc/vfio-early.conf");
	char *copy = strdup(configuration ? configuration->bytes : ""), *line, *rest = copy;
	const char *named[16];
	unsigned count = 0;

	members->count = 0;
	while ((line = strsep(&rest, "\n")) && count < 16) {
		char address[NAME_SIZE];

		line[strcspn(line, " ")] = '\0';
		find_device(format("0000:%s", line), address);
		if (*line && !tree_find(tree, format(DEVICES "%s", address)))
			find_device(line, address);
		if (!*address)
			continue;
		named[count] = strdup(address);
		add_group(members, tree, named[count++]);
	}
	add_companions(members, tree);
	while (count--) {
		struct member *member = find_member(members, named[count]);

		if (member)
			member->named = true;
		free((char *)named[count]);
	}
	free(copy);
}

static void free_members(struct members *members)
{
	while (members->count--)
		free((char *)members->items[members->count].group);
}

/* ---- the log ---- */

/* The value of a key in a line, "" if it has none. */
static const char *value_of(const char *line, const char *key)
{
	const char *at = strstr(line, format(" %s=", key));

	if (!at || at > line + strcspn(line, "\n"))
		return "";
	at += strlen(key) + 2;
	return format("%.*s", (int)strcspn(at, " \n"), at);
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

/* Whether it has a line with this beginning, and somewhere behind it this. */
static bool log_has(const struct tree *tree, const char *beginning, const char *part)
{
	const struct entry *log = tree_find(tree, LOG);
	const char *line;

	for (line = log ? log->bytes : ""; *line; line = next_line(line))
		if (!strncmp(line, beginning, strlen(beginning)) &&
		    strstr(format("%.*s", (int)strcspn(line, "\n"), line), part))
			return true;
	return false;
}

bool log_is_whole(const struct tree *tree)
{
	const struct entry *log = tree_find(tree, LOG);
	const char *line, *last = "";

	for (line = log ? log->bytes : ""; *line; line = next_line(line))
		last = line;
	return log && !strncmp(log->bytes, "vfio-early version=", 19) && !strncmp(last, "result status=", 14) &&
	       strchr(last, '\n');
}

/* ---- what became of them ---- */

/* Every member that can be taken is, and the others are as they were, or kept without a driver. */
static bool is_whole(const struct judged *judged, const struct member *member)
{
	const char *driver = driver_in(judged->after, member->address);
	const char *override = override_in(judged->after, member->address);
	unsigned long class = class_in(judged->before, member->address);

	if (is_endpoint(judged->before, member->address) && (member->named || class >> 16 != 0x06))
		return !strcmp(driver, "vfio-pci") && !strcmp(override, "vfio-pci");
	return !strcmp(driver, driver_in(judged->before, member->address)) &&
	       (!strcmp(override, override_in(judged->before, member->address)) ||
		(!*driver && !strcmp(override, "none")));
}

/* By an override from before, when vfio-pci was registered; the program could not even see that it has to do with it. */
static bool was_bound_by_the_kernel(const struct judged *judged, const struct member *member)
{
	return !strcmp(override_in(judged->before, member->address), "vfio-pci") &&
	       !*driver_in(judged->before, member->address) && is_whole(judged, member) &&
	       !log_has(judged->after, "device ", format("address=%s ", member->address));
}

static bool is_as_found(const struct judged *judged, const struct member *member)
{
	return was_bound_by_the_kernel(judged, member) ||
	       (!strcmp(driver_in(judged->after, member->address), driver_in(judged->before, member->address)) &&
		!strcmp(override_in(judged->after, member->address), override_in(judged->before, member->address)));
}

/* Itself or with the bridge that it is behind. */
static bool has_vanished(const struct judged *judged, const char *address)
{
	return !tree_find(judged->after, attribute(judged->before, address, "uevent"));
}

/* A device hung in one of its steps, or was at hand when the child died. */
static bool is_lost(const struct judged *judged, const char *name)
{
	const struct entry *calls = tree_find(judged->after, "sim.log");
	const char *line = calls ? calls->bytes : "";
	unsigned i;

	for (i = 0; i < judged->run->lost_count; i++)
		if (!strcmp(judged->run->lost[i], name))
			return true;
	for (; *line; line += strcspn(line, "\n") + 1) {
		const char *text = format("%.*s", (int)strcspn(line, "\n"), line);

		if (strstr(text, name) && (strstr(text, "-> hang") || strstr(text, "-> exit")))
			return true;
	}
	return false;
}

/*
 * A driver that came at a step of the way back, when the device was given
 * back to the host anyway: the host may do with it what it likes.
 */
static bool came_on_the_way_back(const struct judged *judged, const struct member *member)
{
	const char *faults = judged->run->faults ? judged->run->faults : "", *back = strstr(faults, "=back:");
	const char *driver = driver_in(judged->after, member->address);

	return back && judged->way_back && *driver && !strcmp(back + strlen("=back:"), driver) &&
	       !strcmp(override_in(judged->after, member->address), override_in(judged->before, member->address));
}

static const char *judge_group(const struct judged *judged, const struct members *members, const char *group)
{
	bool whole = true, as_found = true, others_as_found = true, lost = false;
	const char *odd = "";
	unsigned i;

	for (i = 0; i < members->count; i++) {
		const struct member *member = &members->items[i];

		if (strcmp(member->group, group))
			continue;
		whole &= is_whole(judged, member);
		if (is_as_found(judged, member))
			continue;
		as_found = false;
		if (is_lost(judged, member->address) || has_vanished(judged, member->address)) {
			lost = true;
		} else if (!came_on_the_way_back(judged, member)) {
			others_as_found = false;
			odd = member->address;
		}
	}
	if (whole || as_found)
		return NULL;
	if (!others_as_found)
		return format("group %s is neither whole nor as it was found: %s has the driver \"%s\" and the override %s",
			      group, odd, driver_in(judged->after, odd), override_in(judged->after, odd));
	if (lost && tree_find(judged->after, LOG) && !log_has(judged->after, format("group id=%s ", group), "result=failed"))
		return format("group %s lost a device and is not failed", group);
	return NULL;
}

/*
 * What hangs or has died in the kernel may hold its device for ever: nothing
 * more may be done with it. But the override of a probe is put back, before
 * the first module is loaded; and what lets that happen does not hang.
 */
static const char *judge_lost(const struct judged *judged)
{
	const struct entry *calls = tree_find(judged->after, "sim.log");
	const char *line = calls ? calls->bytes : "";
	bool discovering = true;
	char lost[NAME_SIZE] = "";

	for (; *line; line += strcspn(line, "\n") + 1) {
		const char *text = format("%.*s", (int)strcspn(line, "\n"), line);

		if (strstr(text, "insmod") || strstr(text, "modprobe"))
			discovering = false;
		if (*lost && discovering && strstr(text, format("override %s", lost)))
			*lost = '\0';
		if (*lost && strstr(text, lost))
			return format("%s is lost, and not left alone: %s", lost, text);
		if (strstr(text, "-> hang") || strstr(text, "-> exit"))
			find_device(text, lost);
	}
	return NULL;
}

static const char *judge_groups(const struct judged *judged, const struct members *members)
{
	const char *wrong = NULL;
	unsigned i;

	for (i = 0; i < members->count && !wrong; i++)
		wrong = judge_group(judged, members, members->items[i].group);
	return wrong;
}

/* ---- nothing else ---- */

static bool is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return *directory && !strncmp(path, directory, length) && (!path[length] || path[length] == '/');
}

/* What is pulled out is gone, and a driver that comes by itself has the device: whoever it is, it was not the program. */
static bool follows_fault(const struct judged *judged, const char *path)
{
	const char *device = judged->device && strchr(judged->device, ':') ? judged->device : "";

	if (!*device || !strstr(path, device))
		return false;
	return has_vanished(judged, device) ||
	       (strstr(judged->run->faults, "=back:") && !strstr(path, "driver_override"));
}

/* What follows a device's driver and override, and what the program leaves behind in any case. */
static bool may_change(const struct judged *judged, const struct members *members, const char *path)
{
	static const char *const any[] = {
		LOG, LOG ".new", "dev/kmsg", "sim.log", "sys/module", DRIVERS "vfio-pci", DRIVERS LATE_DRIVER,
		"sys/kernel/iommu_groups",
	};
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	unsigned i;

	for (i = 0; i < sizeof(any) / sizeof(*any); i++)
		if (is_below(path, any[i]))
			return true;
	if (!strcmp(name, "iommu_group") || follows_fault(judged, path))
		return true;
	for (i = 0; i < members->count; i++) {
		const char *address = members->items[i].address;

		if (!strcmp(path, attribute(judged->before, address, "driver")) ||
		    !strcmp(path, attribute(judged->before, address, "driver_override")) ||
		    !strcmp(path, attribute(judged->before, address, "uevent")) ||
		    (!strncmp(path, DRIVERS, strlen(DRIVERS)) && !strcmp(name, address)) ||
		    (has_vanished(judged, address) && strstr(path, address)))
			return true;
	}
	return false;
}

/* The firmware's framebuffer in the memory of a device lets go of it only if it is taken. */
static const char *judge_framebuffer(const struct judged *judged, const struct members *members, const char *path)
{
	unsigned i;

	if (is_lost(judged, "efi-framebuffer.0"))
		return NULL;
	for (i = 0; i < members->count; i++)
		if (!is_whole(judged, &members->items[i]))
			return format("%s has changed, and %s is not taken", path, members->items[i].address);
	return NULL;
}

static const char *judge_rest(const struct judged *judged, const struct members *members)
{
	const struct entry *entry;
	size_t i = 0, j = 0;

	while ((entry = tree_difference(judged->before, judged->after, &i, &j))) {
		const char *wrong = may_change(judged, members, entry->path) ? NULL :
				    strstr(entry->path, "framebuffer") ? judge_framebuffer(judged, members, entry->path) :
				    format("%s has changed", entry->path);

		if (wrong)
			return wrong;
	}
	return NULL;
}

/* ---- what the log says ---- */

/* word( key=value)+, where a value is plain or in quotes with escapes. */
static bool is_record(const char *line, size_t length)
{
	const char *end = line + length;
	unsigned values = 0;

	while (line < end && (islower((unsigned char)*line) || *line == '-'))
		line++;
	while (line < end && *line == ' ') {
		const char *key = ++line;

		while (line < end && (islower((unsigned char)*line) || *line == '-'))
			line++;
		if (line == key || line == end || *line != '=')
			return false;
		line++;
		if (line < end && *line == '"') {
			for (line++; line < end && *line != '"'; line++)
				if (*line == '\\')
					line += line[1] == 'x' ? 3 : 1;
			if (line >= end)
				return false;
			line++;
		} else {
			key = line;
			while (line < end && *line > ' ' && *line < 0x7f && *line != '"' && *line != '\\')
				line++;
			if (line == key)
				return false;
		}
		values++;
	}
	return line == end && values;
}

/* What the log says of a device is so. */
static const char *judge_device(const struct judged *judged, const char *line)
{
	const char *address = value_of(line, "address"), *after = value_of(line, "after");
	const char *result = value_of(line, "result"), *driver = driver_in(judged->after, address);

	if (!strcmp(address, "-") || !tree_find(judged->before, format(DEVICES "%s", address)))
		return NULL;
	if ((!strcmp(result, "bound") && strcmp(override_in(judged->after, address), "vfio-pci")) ||
	    ((!strcmp(result, "bound") || !strcmp(result, "already")) && strcmp(driver, "vfio-pci")))
		return format("the log has %s %s, which is wrong", address, result);
	if (is_lost(judged, address) || has_vanished(judged, address))
		return NULL;
	if (!judged->lied && strcmp(strcmp(after, "-") ? after : "", driver))
		return format("the log says that %s has the driver %s, and it has \"%s\"", address, after, driver);
	return NULL;
}

static const char *judge_claim_of_group(const struct judged *judged, const struct members *members, const char *line)
{
	const char *group = value_of(line, "id");
	unsigned i;

	if (strcmp(value_of(line, "result"), "viable"))
		return NULL;
	for (i = 0; i < members->count; i++) {
		const struct member *member = &members->items[i];
		const char *driver = driver_in(judged->after, member->address);

		if (strcmp(member->group, group) || has_vanished(judged, member->address))
			continue;
		if (*driver && strcmp(driver, "vfio-pci") && strcmp(driver, "pci-stub") && strcmp(driver, "pcieport"))
			return format("the log has group %s viable, and %s has the driver %s", group, member->address,
				      driver);
	}
	return NULL;
}

/* What was asked for is there, if the log says so. */
static const char *judge_success(const struct judged *judged, const struct members *members)
{
	unsigned i;

	for (i = 0; i < members->count; i++)
		if (members->items[i].named && !is_whole(judged, &members->items[i]))
			return format("all is said to be well, and %s is not bound", members->items[i].address);
	return NULL;
}

static const char *judge_status(const struct judged *judged, const struct members *members, const char *line)
{
	const char *status = value_of(line, "status");
	bool problem = !strcmp(status, "degraded") || !strcmp(status, "refused");

	if (judged->run->status != problem)
		return format("exit code %d with status %s", judged->run->status, status);
	if (strcmp(status, "ok") && strcmp(status, "nothing") && !problem)
		return format("status %s", status);
	/* no configuration at all asks for nothing */
	if (problem || (judged->lied && !strcmp(status, "nothing")))
		return NULL;
	return judge_success(judged, members);
}

/* If it failed, then the log says with what; and it fails only if something went wrong. */
static const char *judge_cause(const struct judged *judged)
{
	bool failed = log_has(judged->after, "group ", "result=failed");

	if (failed && judged->error && *judged->device && !judged->way_back &&
	    !log_has(judged->after, format("device address=%s ", judged->device), format("errno=%s ", judged->error)))
		return format("the log does not say that %s failed with %s", judged->device, judged->error);
	if (failed && !*judged->run->faults && !judged->run->disturbance)
		return "something failed, although nothing went wrong";
	return NULL;
}

static const char *judge_log(const struct judged *judged, const struct members *members)
{
	const struct entry *log = tree_find(judged->after, LOG), *kernel = tree_find(judged->after, "dev/kmsg");
	const char *line, *last = "", *wrong = NULL;

	if (!log)
		return judged->run->status == 1 || judged->run->status == 2 ||
		       (kernel && strstr(kernel->bytes, "<3>vfio-early: /" LOG)) ? NULL :
		       format("no log, and nobody is told (exit %d)", judged->run->status);
	if (!log_is_whole(judged->after))
		return "the log is not complete";
	for (line = log->bytes; *line && !wrong; line = next_line(line)) {
		last = line;
		if (!is_record(line, strcspn(line, "\n")))
			wrong = format("no record: %.*s", (int)strcspn(line, "\n"), line);
		else if (!strncmp(line, "device ", 7))
			wrong = judge_device(judged, line);
		else if (!strncmp(line, "group ", 6))
			wrong = judge_claim_of_group(judged, members, line);
	}
	if (!wrong)
		wrong = judge_cause(judged);
	return wrong ? wrong : judge_status(judged, members, last);
}

const char *judge(const struct judged *judged)
{
	struct members members;
	const char *wrong = NULL;

	if (!judged->run->in_time)
		return "it did not end in time";
	if (judged->run->status < 0 || judged->run->status > 2)
		return format("it ended with %d: %s", judged->run->status, judged->run->error);
	read_members(&members, with_groups(judged));
	wrong = judge_groups(judged, &members);
	if (!wrong)
		wrong = judge_lost(judged);
	if (!wrong)
		wrong = judge_rest(judged, &members);
	if (!wrong)
		wrong = judge_log(judged, &members);
	free_members(&members);
	return wrong;
}
