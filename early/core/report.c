/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision, or what became of it, as the records of the log. */
#include "report.h"

#include "errors.h"
#include "faults.h"
#include "iommu.h"
#include "record.h"
#include "request.h"
#include "root.h"

#include <string.h>

static const char *const result_names[] = {
	[RESULT_PLANNED] = "planned", [RESULT_BOUND] = "bound", [RESULT_ALREADY] = "already",
	[RESULT_REFUSED] = "refused", [RESULT_FAILED] = "failed", [RESULT_RETURNED] = "returned",
	[RESULT_LEFT] = "left",
};

static const char *const group_result_names[] = {
	[GROUP_VIABLE] = "viable", [GROUP_REFUSED] = "refused", [GROUP_FAILED] = "failed",
	[GROUP_UNCHECKED] = "unchecked",
};

static const char *const status_names[] = {
	[STATUS_OK] = "ok", [STATUS_DEGRADED] = "degraded", [STATUS_REFUSED] = "refused", [STATUS_OFF] = "off",
	[STATUS_NOTHING] = "nothing",
};

const char *status_name(enum status status)
{
	return status_names[status];
}

const char *report_list(const struct strings *strings, const char *separator)
{
	struct text list = { 0 };
	size_t i;

	for (i = 0; i < strings->count; i++)
		text_print(&list, "%s%s", i ? separator : "", strings->items[i]);
	return list.bytes;
}

const char *report_refusals(unsigned refusals)
{
	struct strings names = { 0 };
	unsigned refusal;

	for (refusal = 1; refusal <= refusals; refusal <<= 1)
		if (refusals & refusal)
			strings_add(&names, refusal_name(refusal));
	return report_list(&names, ",");
}

struct counts report_counts(const struct decision *decision)
{
	struct counts counts = { .absent = (unsigned)decision->selection.absence_count };
	size_t i, j;

	for (i = 0; i < decision->group_count; i++)
		for (j = 0; j < decision->groups[i].member_count; j++) {
			enum result result = decision->groups[i].members[j].result;

			counts.planned += result == RESULT_PLANNED;
			counts.bound += result == RESULT_BOUND;
			counts.already += result == RESULT_ALREADY;
			counts.refused += result == RESULT_REFUSED;
			counts.failed += result == RESULT_FAILED || result == RESULT_RETURNED;
		}
	return counts;
}

enum status report_status(const struct situation *situation)
{
	const struct selection *selection = &situation->decision.selection;
	struct counts counts = report_counts(&situation->decision);
	size_t faults = situation->config.faults.count + selection->faults.count, missing = 0, i;

	for (i = 0; i < selection->absence_count; i++)
		missing += !selection->absences[i].request->optional;
	if (situation->config.mode == MODE_OFF)
		return STATUS_OFF;
	if (!situation->config.request_count && !faults)
		return STATUS_NOTHING;
	if (!counts.refused && !counts.failed && !missing && !faults)
		return STATUS_OK;
	if (counts.refused && !counts.failed && !missing && !faults &&
	    !counts.bound && !counts.already && !counts.planned)
		return STATUS_REFUSED;
	return STATUS_DEGRADED;
}

static void report_faults(struct text *log, const struct faults *faults)
{
	size_t i;

	for (i = 0; i < faults->count; i++) {
		record_begin(log, "error");
		record_add(log, "at", where_exactly(faults->items[i].at));
		record_add(log, "text", faults->items[i].text);
		record_end(log);
	}
}

static void report_iommu(struct text *log, const struct iommu *iommu)
{
	record_begin(log, "iommu");
	record_add(log, "state", iommu_state_name(iommu->state));
	if (iommu->kind)
		record_add(log, "kind", iommu->kind);
	if (iommu->state != IOMMU_ON) {
		record_add(log, "cause", iommu->cause);
		record_add(log, "remedy", iommu->remedy);
	}
	record_end(log);
}

static void report_member(struct text *log, const struct group *group, const struct member *member)
{
	const struct device *device = member->device;

	record_begin(log, "device");
	record_add(log, "address", device->name);
	record_add(log, "path", device->path);
	record_add(log, "id", device->is_pci ? text_of("%04x:%04x", device->id.vendor, device->id.device) : NULL);
	record_add(log, "class", device->is_pci ? text_of("%06x", (unsigned)device->class) : NULL);
	record_add(log, "group", group->id);
	record_add(log, "for", member->want ? where_line(member->want->first->at) : "group");
	record_add(log, "before", member->before);
	record_add(log, "after", member->after);
	if (member->result == RESULT_FAILED) {
		record_add(log, "errno", error_name(member->error));
		record_add(log, "step", member->step);
	}
	record_add(log, "result", result_names[member->result]);
	record_end(log);
}

static void report_group(struct text *log, const struct group *group)
{
	size_t i;

	for (i = 0; i < group->member_count; i++)
		report_member(log, group, &group->members[i]);
	record_begin(log, "group");
	record_add(log, "id", group->id);
	record_add(log, "result", group_result_names[group->result]);
	if (group->refusals) {
		record_add(log, "refusal", report_refusals(group->refusals));
		record_add(log, "because", report_list(&group->because, ","));
		record_add(log, "remedy", report_list(&group->remedies, "; "));
	}
	record_end(log);
}

static void report_absence(struct text *log, const struct absence *absence)
{
	record_begin(log, "device");
	record_add(log, "address", NULL);
	record_add(log, "select", absence->request->text);
	record_add(log, "for", where_line(absence->request->at));
	if (absence->id_mismatch)
		record_add(log, "why", "id-mismatch");
	if (absence->now_at.count)
		record_add(log, "now-at", report_list(&absence->now_at, ","));
	record_add(log, "result", "absent");
	record_end(log);
}

static void report_result(struct text *log, const struct situation *situation, const unsigned long *microseconds)
{
	struct counts counts = report_counts(&situation->decision);

	record_begin(log, "result");
	record_add(log, "status", status_name(report_status(situation)));
	if (situation->config.mode == MODE_OFF)
		record_add(log, "why", situation->config.off_because);
	record_add_number(log, "bound", counts.bound);
	record_add_number(log, "already", counts.already);
	record_add_number(log, "refused", counts.refused);
	record_add_number(log, "failed", counts.failed);
	record_add_number(log, "absent", counts.absent);
	if (microseconds)
		record_add_number(log, "us", *microseconds);
	else
		record_add_number(log, "planned", counts.planned);
	record_end(log);
}

struct text report(const struct situation *situation, const unsigned long *microseconds)
{
	const struct decision *decision = &situation->decision;
	struct text log = { 0 };
	size_t i;

	record_begin(&log, "vfio-early");
	record_add(&log, "version", VERSION);
	record_add(&log, "kernel", situation->kernel);
	record_add(&log, "by", situation->manifest.by);
	record_add(&log, "stamp", situation->manifest.stamp);
	record_end(&log);
	report_faults(&log, &situation->config.faults);
	report_faults(&log, &decision->selection.faults);
	report_iommu(&log, &decision->iommu);
	for (i = 0; i < decision->group_count; i++)
		report_group(&log, &decision->groups[i]);
	for (i = 0; i < decision->selection.absence_count; i++)
		report_absence(&log, &decision->selection.absences[i]);
	for (i = 0; i < decision->warnings.count; i++) {
		record_begin(&log, "warning");
		record_add(&log, "text", decision->warnings.items[i]);
		record_end(&log);
	}
	report_result(&log, situation, microseconds);
	return log;
}
