/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/crypttab, and how what stands in it is unlocked. */
#include "crypttab.h"
#include "block.h"

#include "../machine/block_node.h"
#include "../../core/cmdline.h"
#include "../../core/decide.h"
#include "../../core/root.h"
#include "../../core/text.h"

#include <string.h>

#define CRYPTTAB_SIZE_MAX ((size_t)256 * 1024)
#define LUKS_HEADER_SIZE 16384		/* the usual one, with the tokens as JSON in its last three quarters */
#define LUKS_JSON 4096

static const char *next_word(char **rest)
{
	char *word = strtok_r(NULL, " \t\r", rest);

	return word ? word : "";
}

static void read_file(const struct machine *machine, const char *path, struct crypttab *crypttab)
{
	const char *text, *line;
	size_t length;

	if (root_read(machine->fd, path, CRYPTTAB_SIZE_MAX, &text, &length))
		return;
	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char *rest, *name = strtok_r(keep_bytes(line, strcspn(line, "\n")), " \t\r", &rest);
		struct crypttab_entry entry = { .name = name };

		if (!name || *name == '#')
			continue;
		entry.source = next_word(&rest);
		entry.key = next_word(&rest);
		entry.options = next_word(&rest);
		if (!*entry.key)
			entry.key = "none";
		*list_add(crypttab) = entry;
	}
}

void crypttab_read(const struct machine *machine, struct crypttab *crypttab)
{
	*crypttab = (struct crypttab) { 0 };
	/* what mkinitcpio's sd-encrypt puts into the image as crypttab; it comes first */
	read_file(machine, "etc/crypttab.initramfs", crypttab);
	read_file(machine, "etc/crypttab", crypttab);
}

/* Whether a comma-separated list has an option that begins so. */
static bool has_option(const char *options, const char *beginning)
{
	while (*options) {
		if (text_begins(options, beginning))
			return true;
		options += strcspn(options, ",");
		options += *options == ',';
	}
	return false;
}

bool crypttab_is_awaited(const struct crypttab_entry *entry)
{
	return !list_has(entry->options, "nofail") && !list_has(entry->options, "noauto");
}

/* A TPM or another token has the key; a PIN is typed (crypttab(5)). */
static bool has_token_option(const char *options)
{
	if (has_option(options, "tpm2-pin=y") || has_option(options, "tpm2-pin=t") || has_option(options, "tpm2-pin=1"))
		return false;
	return has_option(options, "tpm2-device=") || has_option(options, "fido2-device=") ||
	       has_option(options, "pkcs11-uri=");
}

static bool exists(const struct machine *machine, const char *const *paths, size_t count)
{
	while (count--)
		if (root_exists(machine->fd, paths[count]))
			return true;
	return false;
}

static bool has_clevis(const struct machine *machine)
{
	static const char *const paths[] = {
		"usr/share/initramfs-tools/hooks/clevis", "usr/lib/dracut/modules.d/60clevis",
		"usr/lib/dracut/modules.d/50clevis",
	};

	return exists(machine, paths, sizeof(paths) / sizeof(paths[0]));
}

static bool has_remote_shell(const struct machine *machine)
{
	static const char *const paths[] = {
		"etc/dropbear/initramfs/authorized_keys", "etc/dropbear-initramfs/authorized_keys",
		"usr/lib/dracut/modules.d/46sshd",
	};

	return exists(machine, paths, sizeof(paths) / sizeof(paths[0]));
}

/* The tokens of a LUKS device as JSON, or NULL: it may not be read. */
static const char *tokens_of(const struct machine *machine, const char *source)
{
	const char *name = source ? block_named(machine, source) : NULL;
	char header[LUKS_HEADER_SIZE];

	if (!name || !block_bytes(machine, name, header, sizeof(header)))
		return NULL;
	return keep_bytes(header + LUKS_JSON, sizeof(header) - LUKS_JSON);
}

/* Whether clevis has bound itself to a LUKS device; one that may not be read may well be bound. */
static bool is_bound_to_clevis(const struct machine *machine, const char *source)
{
	const char *tokens = tokens_of(machine, source);

	return !tokens || strstr(tokens, "\"clevis\"");
}

/* Whether the token that systemd-cryptenroll(1) has put there asks for its PIN. */
static bool asks_for_pin(const struct machine *machine, const char *source)
{
	const char *tokens = tokens_of(machine, source);

	return tokens && (strstr(tokens, "\"tpm2-pin\":true") || strstr(tokens, "\"fido2-clientPin-required\":true"));
}

static const struct crypttab_entry *find(const struct crypttab *crypttab, const char *mapping)
{
	for_each(entry, crypttab)
		if (!strcmp(entry->name, mapping))
			return entry;
	return NULL;
}

/*
 * Without a line of crypttab the kernel command line says it (dracut.cmdline(7),
 * systemd-cryptsetup-generator(8); cryptkey= is of mkinitcpio's encrypt).
 */
static bool is_typed_by_cmdline(const struct machine *machine)
{
	struct cmdline cmdline = read_cmdline(machine->fd, &(struct errors) { 0 });
	const char *options = cmdline_value(&cmdline, "rd.luks.options");

	/* its value may begin with "UUID=" */
	return !cmdline_value(&cmdline, "rd.luks.key") && !cmdline_value(&cmdline, "cryptkey") &&
	       !(options && (has_token_option(options) || has_token_option(options + strcspn(options, "=") + 1)));
}

static bool is_typed(const struct machine *machine, const struct crypttab_entry *entry)
{
	if (!entry)
		return is_typed_by_cmdline(machine);
	/* those of cryptsetup-initramfs that ask nobody; any other may */
	if (has_option(entry->options, "keyscript="))
		return !strstr(entry->options, "passdev") && !strstr(entry->options, "decrypt_derived");
	return (!strcmp(entry->key, "none") || !strcmp(entry->key, "-")) &&
	       (!has_token_option(entry->options) || asks_for_pin(machine, entry->source));
}

void unlock_add(const struct machine *machine, const struct crypttab *crypttab, const char *mapping,
		struct unlock *unlock)
{
	const struct crypttab_entry *entry = find(crypttab, mapping);

	if (!is_typed(machine, entry))
		return;
	if (has_clevis(machine) && is_bound_to_clevis(machine, entry ? entry->source : NULL)) {
		unlock->over_network = true;
		return;
	}
	unlock->passphrase = PASSPHRASE_TYPED;
	unlock->over_network |= has_remote_shell(machine);
}
