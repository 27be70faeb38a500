/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision, or what became of it, as the records of the log. */
#include "report.h"

#include "errno_name.h"
#include "errors.h"
#include "iommu.h"
#include "record.h"
#include "refusal.h"
#include "root.h"

static const char *const result_names[] = {
	[RESULT_NOT_JUDGED] = "left", [RESULT_PLANNED] = "planned", [RESULT_BOUND] = "bound", [RESULT_ALREADY] = "already",
	[RESULT_REFUSED] = "refused", [RESULT_FAILED] = "failed", [RESULT_RETURNED] = "returned",
	[RESULT_LEFT] = "left", [RESULT_RELEASED] = "released",
};

static const char *const group_result_names[] = {
	[GROUP_NOT_JUDGED] = "unchecked", [GROUP_VIABLE] = "viable", [GROUP_REFUSED] = "refused", [GROUP_FAILED] = "failed",
	[GROUP_UNCHECKED] = "unchecked",
};

static const char *const status_names[] = {
	[STATUS_OK] = "ok", [STATUS_DEGRADED] = "degraded", [STATUS_REFUSED] = "refused", [STATUS_OFF] = "off",
	[STATUS_NOTHING] = "nothing",
};

bool status_is_problem(enum status status)
{
	return status == STATUS_DEGRADED || status == STATUS_REFUSED;
}

struct counts report_counts(const struct decision *decision)
{
	unsigned with[RESULT_RELEASED + 1] = { 0 };

	for_each(group, &decision->groups)
		for_each(member, &group->members)
			if (member->role != ROLE_RELEASE)
				with[member->result]++;
	return (struct counts) {
		.planned = with[RESULT_PLANNED], .bound = with[RESULT_BOUND], .already = with[RESULT_ALREADY],
		.refused = with[RESULT_REFUSED], .failed = with[RESULT_FAILED] + with[RESULT_RETURNED],
		.absent = (unsigned)decision->selection.absences.count,
	};
}

enum status report_status(const struct boot *boot)
{
	const struct selection *selection = &boot->decision.selection;
	struct counts counts = report_counts(&boot->decision);
	bool wrong = boot->config.errors.count || selection->errors.count || counts.failed;

	for_each(absence, &selection->absences)
		wrong |= !absence->request->optional;
	if (boot->config.mode == MODE_OFF)
		return STATUS_OFF;
	if (!boot->config.requests.count && !wrong)
		return STATUS_NOTHING;
	if (!counts.refused && !wrong)
		return STATUS_OK;
	return wrong || counts.bound || counts.already || counts.planned ? STATUS_DEGRADED : STATUS_REFUSED;
}

static void end(struct report *report, enum weight weight)
{
	record_end(&report->text);
	*list_add(&report->weights) = weight;
}

static void report_errors(struct report *report, const struct errors *errors)
{
	for_each(error, errors) {
		record_begin(&report->text, "error");
		record_add(&report->text, "at", where_exactly(error->at));
		record_add(&report->text, "text", error->text);
		end(report, WEIGHT_ERROR);
	}
}

static void report_iommu(struct report *report, const struct iommu *iommu)
{
	struct text *log = &report->text;

	record_begin(log, "iommu");
	record_add(log, "state", iommu_state_name(iommu->state));
	if (iommu->kind)
		record_add(log, "kind", iommu->kind);
	if (iommu->state != IOMMU_ON) {
		record_add(log, "cause", iommu->cause);
		record_add(log, "remedy", iommu->remedy);
	}
	end(report, WEIGHT_DETAIL);
}

static void report_member(struct report *report, const struct group *group, const struct member *member, bool planned)
{
	const struct device *device = member->device;
	struct text *log = &report->text;

	record_begin(log, "device");
	record_add(log, "address", device->name);
	record_add(log, "path", device->path);
	record_add(log, "id", device->is_pci ? text_of("%04x:%04x", device->id.vendor, device->id.device) : NULL);
	record_add(log, "class", device->is_pci ? text_of("%06x", (unsigned)device->class) : NULL);
	record_add(log, "group", group->id);
	record_add(log, "for", member->selected ? where_line(member->selected->first->at) : "group");
	if (device->holds)
		record_add(log, "holds", device->holds);
	record_add(log, "before", member->before);
	record_add(log, "after", planned ? member->intended : member->after);
	if (member->result == RESULT_FAILED) {
		record_add(log, "errno", errno_name(member->error));
		record_add(log, "step", member->step);
	}
	record_add(log, "result", result_names[member->result]);
	end(report, member->result == RESULT_FAILED ? WEIGHT_ERROR :
	    member->result == RESULT_BOUND || member->result == RESULT_RELEASED ? WEIGHT_INFO : WEIGHT_DETAIL);
}

static void report_group(struct report *report, const struct group *group, bool planned)
{
	struct strings because = { 0 }, remedies = { 0 };
	struct text *log = &report->text;

	for_each(member, &group->members)
		report_member(report, group, member, planned);
	record_begin(log, "group");
	record_add(log, "id", group->id);
	record_add(log, "result", group_result_names[group->result]);
	if (group->refusals) {
		for_each(reason, &group->reasons) {
			strings_add_once(&because, reason->because);
			strings_add_once(&remedies, reason->remedy);
		}
		record_add(log, "refusal", refusals_joined(group->refusals));
		record_add(log, "because", strings_join(&because, ","));
		record_add(log, "remedy", strings_join(&remedies, "; "));
	}
	end(report, group->result == GROUP_REFUSED || group->result == GROUP_FAILED ? WEIGHT_ERROR : WEIGHT_INFO);
}

static void report_absence(struct report *report, const struct absence *absence)
{
	struct text *log = &report->text;

	record_begin(log, "device");
	record_add(log, "address", NULL);
	record_add(log, "select", absence->request->text);
	record_add(log, "for", where_line(absence->request->at));
	if (absence->id_mismatch)
		record_add(log, "why", "id-mismatch");
	if (absence->now_at.count)
		record_add(log, "now-at", strings_join(&absence->now_at, ","));
	record_add(log, "result", "absent");
	end(report, absence->request->optional ? WEIGHT_INFO : WEIGHT_ERROR);
}

static void report_warnings(struct report *report, const struct strings *warnings, enum weight weight)
{
	for_each(warning, warnings) {
		record_begin(&report->text, "warning");
		record_add(&report->text, "text", *warning);
		end(report, weight);
	}
}

static void report_result(struct report *report, const struct boot *boot,
			  const unsigned long *microseconds)
{
	struct counts counts = report_counts(&boot->decision);
	enum status status = report_status(boot);
	struct text *log = &report->text;

	record_begin(log, "result");
	record_add(log, "status", status_names[status]);
	if (boot->config.mode == MODE_OFF)
		record_add(log, "why", boot->config.off_because);
	record_add_number(log, "bound", counts.bound);
	record_add_number(log, "already", counts.already);
	record_add_number(log, "refused", counts.refused);
	record_add_number(log, "failed", counts.failed);
	record_add_number(log, "absent", counts.absent);
	if (microseconds)
		record_add_number(log, "us", *microseconds);
	else
		record_add_number(log, "planned", counts.planned);
	end(report, status_is_problem(status) ? WEIGHT_ERROR : WEIGHT_INFO);
}

struct report report(const struct boot *boot, const unsigned long *microseconds)
{
	const struct decision *decision = &boot->decision;
	struct report report = { 0 };
	struct text *log = &report.text;

	record_begin(log, "vfio-early");
	record_add(log, "version", VERSION);
	record_add(log, "kernel", boot->kernel);
	record_add(log, "by", boot->manifest.by);
	record_add(log, "stamp", boot->manifest.stamp);
	end(&report, WEIGHT_DETAIL);
	report_errors(&report, &boot->config.errors);
	report_errors(&report, &decision->selection.errors);
	report_iommu(&report, &decision->iommu);
	for_each(group, &decision->groups) {
		if (boot->config.mode != MODE_OFF) {
			report_group(&report, group, !microseconds);
			continue;
		}
		/* a recovery boot: what is kept from the host all the same */
		for_each(member, &group->members)
			if (member->selected && member->selected->else_none)
				report_member(&report, group, member, !microseconds);
	}
	for_each(absence, &decision->selection.absences)
		report_absence(&report, absence);
	report_warnings(&report, &decision->warnings, WEIGHT_INFO);
	report_warnings(&report, &decision->urgent_warnings, WEIGHT_ERROR);
	report_result(&report, boot, microseconds);
	return report;
}
