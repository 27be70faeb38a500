/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds for every input. */
#include "fuzz.h"

#include "../../early/core/address.h"
#include "../../early/core/refusal.h"
#include "../../early/core/request.h"

#include <assert.h>
#include <string.h>

/* These read what they expect and return what is behind it. */

static const char *read_event(const char *at)
{
	static const char *const events[] = { "vfio-early ", "error ", "iommu ", "device ", "group ", "warning ", "result " };
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (!strncmp(at, events[i], strlen(events[i])))
			return at + strlen(events[i]);
	assert(!"an event");
}

static const char *read_key(const char *at)
{
	size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz-");

	assert(length && *at != '-' && at[length] == '=');
	return at + length + 1;
}

static const char *read_plain(const char *at)
{
	const char *start = at;

	while (*at > ' ' && *at < 0x7f && *at != '"' && *at != '\\')
		at++;
	assert(at > start);
	return at;
}

static const char *read_quoted(const char *at)
{
	for (at++; *at != '"'; at++) {
		size_t digits;

		assert(*at >= ' ' && *at < 0x7f);
		if (*at != '\\')
			continue;
		at++;
		digits = strspn(at + 1, "0123456789abcdef");
		assert(*at == '"' || *at == '\\' || (*at == 'x' && digits >= 2));
		at += *at == 'x' ? 2 : 0;
	}
	return at + 1;
}

void check_log(const char *text, size_t length)
{
	const char *at = text;

	assert(strlen(text) == length);
	while (*at) {
		at = read_event(at);
		for (;;) {
			at = read_key(at);
			at = *at == '"' ? read_quoted(at) : read_plain(at);
			if (*at == '\n')
				break;
			assert(*at == ' ');
			at++;
		}
		at++;
	}
}

static bool same_id(const struct pci_id *one, const struct pci_id *other)
{
	return one->has_subsystem == other->has_subsystem && id_matches(one, other, 0);
}

void check_read_again(const struct config *config)
{
	for_each(request, &config->requests) {
		const struct selector *what = &request->what, *again;
		struct config read = { 0 };

		request_parse(&read, request->at, request->text, strlen(request->text), " ");
		assert(read.requests.count == 1 && !read.errors.count);
		again = &read.requests.items[0].what;
		assert(what->place == again->place && what->has_id == again->has_id && same_id(&what->id, &again->id));
		assert(!address_compare(&what->address, &again->address));
		assert(what->hop_count == again->hop_count && !memcmp(what->hops, again->hops, what->hop_count));
		assert(!(request->allow & ~REFUSALS_ALLOWABLE) && (what->place == PLACE_ANY || !request->except.count));
	}
}
