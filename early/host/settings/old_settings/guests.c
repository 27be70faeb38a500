/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that definitions of guests name: Proxmox VE, and libvirt as it writes them itself. */
#include "parts.h"

#include "../../machine/path.h"
#include "../../../core/root.h"
#include "../../../core/text.h"

#include <stdlib.h>
#include <string.h>

#define PROXMOX "etc/pve/qemu-server"
#define LIBVIRT "etc/libvirt/qemu"

/* hostpciN: [host=]ADDRESS[;ADDRESS...][,OPTION...], or mapping=NAME (qm.conf(5)) */
static void read_hostpci(const char *path, unsigned number, const char *line, struct old_settings *settings)
{
	struct old_setting *setting = setting_add(settings, OLD_GUEST, text_of("/%s:%u", path, number), line, NULL);
	const char *value = line + strcspn(line, ":");

	value += *value == ':';
	value += strspn(value, " ");
	if (text_begins(value, "host="))
		value += strlen("host=");
	do {
		value += *value == ';';
		setting_add_device(setting, value, strcspn(value, ";, \t"));
		value += strcspn(value, ";, \t");
	} while (*value == ';');
}

static void read_proxmox(const struct machine *machine, const char *path, struct old_settings *settings)
{
	const char *text = settings_read_file(machine, path, settings), *line;
	unsigned number = 0;

	/* behind it the states of snapshots follow */
	while ((line = settings_line(&text, &number)) && *line != '[')
		if (text_begins(line, "hostpci"))
			read_hostpci(path, number, line, settings);
}

static const char *attribute(const char *element, const char *name)
{
	const char *at = strstr(element, text_of(" %s='", name));

	at = at ? strchr(at, '\'') + 1 : "";
	return keep_bytes(at, strcspn(at, "'"));
}

static unsigned number_in(const char *element, const char *name)
{
	return (unsigned)strtoul(attribute(element, name), NULL, 0);
}

static unsigned line_at(const char *text, const char *at)
{
	unsigned number = 1;

	for (; text < at; text++)
		number += *text == '\n';
	return number;
}

/* <hostdev type='pci' managed='yes'>...<source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/> */
static void read_element(const char *place, const char *element, struct old_settings *settings)
{
	const char *source = strstr(element, "<source"), *address = source ? strstr(source, "<address") : NULL;
	const char *opening = keep_bytes(element, strcspn(element, ">")), *name;
	bool is_managed = !strcmp(attribute(opening, "managed"), "yes");
	struct old_setting *setting;

	if (!address || (text_begins(element, "<hostdev") && strcmp(attribute(opening, "type"), "pci")))
		return;
	address = keep_bytes(address, strcspn(address, ">"));
	name = text_of("%04x:%02x:%02x.%x", number_in(address, "domain"), number_in(address, "bus"),
		       number_in(address, "slot"), number_in(address, "function"));
	setting = setting_add(settings, is_managed ? OLD_GUEST_AND_BACK : OLD_GUEST, place,
			      text_of("%s%s", name, is_managed ? " managed='yes'" : ""), NULL);
	setting_add_device(setting, name, strlen(name));
}

static void read_libvirt(const struct machine *machine, const char *path, struct old_settings *settings)
{
	static const struct { const char *begin, *end; } kinds[] = {
		{ "<hostdev ", "</hostdev>" }, { "<interface type='hostdev'", "</interface>" },
	};
	const char *text = settings_read_file(machine, path, settings), *at, *end;
	size_t i;

	for (i = 0; text && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (at = text; (at = strstr(at, kinds[i].begin)) && (end = strstr(at, kinds[i].end)); at = end)
			read_element(text_of("/%s:%u", path, line_at(text, at)), keep_bytes(at, (size_t)(end - at)), settings);
}

static void read_all(const struct machine *machine, const char *directory, const char *ending,
		     void (*read)(const struct machine *machine, const char *path, struct old_settings *settings),
		     struct old_settings *settings)
{
	struct strings names = { 0 };

	root_list(machine->fd, directory, &names);
	for_each(name, &names)
		if (name_ends(*name, ending))
			read(machine, text_of("%s/%s", directory, *name), settings);
}

void find_in_guests(const struct machine *machine, struct old_settings *settings)
{
	read_all(machine, PROXMOX, ".conf", read_proxmox, settings);
	read_all(machine, LIBVIRT, ".xml", read_libvirt, settings);
}
