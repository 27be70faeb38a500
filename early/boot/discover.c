/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before the decision: from functions without a group to their groups, by probes that fail. */
#include "discover.h"

#include "../core/errno_name.h"
#include "../core/device.h"
#include "../core/inventory.h"
#include "../core/iommu.h"
#include "../core/modules_to_load.h"
#include "../core/root.h"
#include "../core/text.h"
#include "../core/topology.h"
#include "apply.h"

#define CLASS_HOST_BRIDGE 0x0600
#define CLASS_EVENT_COLLECTOR 0x0807	/* pcieport takes it */
#define RESTORE_SECONDS 5		/* for overrides that the first child did not put back */

/* Built in where there are PCI Express ports; it looks at the type of a function, and touches nothing of others. */
#define REFUSING_DRIVER "pcieport"

/*
 * Whether a probe of the function could take the stream of another one away:
 * an SMMU's driver gives it to the first that is probed, and a neighbour on the
 * same conventional bus then loses its DMA.
 */
static bool shares_a_stream(struct inventory *inventory, const struct device *device)
{
	struct device *bridge = conventional_bridge_of(inventory, device);

	return bridge && functions_behind(inventory, bridge).count > 1;
}

/* Left by a run that was killed at a probe: nobody else gives this override to what is no port. */
static bool has_our_override(const struct device *device)
{
	return text_same(device->override, REFUSING_DRIVER);
}

static bool needs_probe(struct inventory *inventory, struct device *device)
{
	unsigned class = device->class >> 8;

	if (device->driver || class == CLASS_HOST_BRIDGE || class == CLASS_EVENT_COLLECTOR)
		return false;
	device_detail(inventory->root, device);
	return (!device->group || has_our_override(device)) && !is_pcie_port(inventory, device) &&
	       !shares_a_stream(inventory, device);
}

/* Parents come first, since their bus has the lower number. An override that cannot be read could not be put back. */
static struct devices functions_to_probe(struct inventory *inventory)
{
	struct devices functions = { 0 };

	inventory_walk(inventory);
	for_each(device, &inventory->devices) {
		if (!needs_probe(inventory, *device))
			continue;
		if ((*device)->override_known)
			*list_add(&functions) = *device;
		else
			(*device)->unprobed = !(*device)->group;
	}
	return functions;
}

static void add_loads(struct plan *plan, const struct modules *modules)
{
	for_each(module, &modules->to_load)
		*list_add(&plan->steps) = (struct step) {
			.kind = STEP_LOAD, .subject = module->path, .value = module->options,
		};
}

/* Steps of no group: each is made whatever became of the one before, so that an override is always put back. */
static void add_step(struct plan *plan, enum step_kind kind, struct member *member, const char *value)
{
	*list_add(&plan->steps) = (struct step) {
		.kind = kind, .member = member, .subject = member->device->name, .value = value ? value : "",
	};
}

/* Whether there was anything to load. */
static bool load_iommu(struct boot *boot)
{
	struct modules modules = modules_for_iommu(boot);
	struct plan plan = { 0 };
	const int *outcome;

	add_loads(&plan, &modules);
	outcome = apply(boot, &plan, boot->config.timeout);
	for_each(step, &plan.steps) {
		int error = outcome_error(*outcome++);

		if (error < 0)
			strings_add(&boot->decision.urgent_warnings,
				    text_of("module %s of the IOMMU could not be loaded: %s", step->subject,
					    errno_name(-error)));
	}
	return plan.steps.count;
}

/* What a probe that ended has left: a group or none; and a driver, if one was faster. */
static void look_at(struct inventory *inventory, struct device *device, int outcome)
{
	device->group = device_group_now(inventory->root, device);
	device->driver = device_driver_now(inventory->root, device);
	device->unprobed = !device->group && !device->driver && outcome != 0;
}

/* Where the first child did not come to it; a device whose override stays gets no driver from the host. */
static void restore_overrides(struct boot *boot, const struct plan *probes, const int *outcomes)
{
	struct plan plan = { 0 };

	for_each(step, &probes->steps) {
		if (step->kind == STEP_RESTORE && *outcomes) {
			step->member->hung = false;
			add_step(&plan, STEP_RESTORE, step->member, step->value);
		}
		outcomes++;
	}
	outcomes = apply(boot, &plan, RESTORE_SECONDS);
	for_each(step, &plan.steps)
		if (outcome_error(*outcomes++))
			strings_add(&boot->decision.urgent_warnings,
				    text_of("%s keeps the override " REFUSING_DRIVER ", and gets no driver: reboot",
					    step->subject));
}

/*
 * Drivers whose probe was deferred until the IOMMU came are tried again by the
 * kernel, in a thread of its own: one that met our override there would not be
 * tried once more, so that the function is offered to it.
 */
static void probe_functions(struct boot *boot, const struct devices *functions, bool deferred)
{
	bool refusing = root_exists(boot->root, "sys/bus/pci/drivers/" REFUSING_DRIVER);
	struct member *member = keep(functions->count * sizeof(*member));
	struct modules modules = { 0 };
	struct plan plan = { 0 };
	const int *outcomes;
	size_t i;

	if (!refusing)
		modules = modules_to_load(boot);
	add_loads(&plan, &modules);
	for_each(function, functions) {
		const char *driver = refusing ? REFUSING_DRIVER : "vfio-pci";

		member->device = *function;
		if (has_our_override(*function))
			(*function)->override = NULL;
		add_step(&plan, STEP_OVERRIDE, member, driver);
		add_step(&plan, STEP_PROBE, member, driver);
		add_step(&plan, STEP_RESTORE, member, (*function)->override);
		if (deferred)
			add_step(&plan, STEP_OFFER, member, NULL);
		member++;
	}
	apply_ready(2, functions->count);
	outcomes = apply(boot, &plan, boot->config.timeout);
	for (i = 0; i < plan.steps.count; i++)
		if (plan.steps.items[i].kind == STEP_PROBE)
			look_at(&boot->inventory, plan.steps.items[i].member->device, outcomes[i]);
	inventory_forget_missing(&boot->inventory);
	restore_overrides(boot, &plan, outcomes);
}

void discover_groups(struct boot *boot)
{
	struct devices functions;
	struct iommu iommu;
	bool loaded;

	if (!boot->config.requests.count || boot->config.mode != MODE_BIND)
		return;
	loaded = load_iommu(boot);
	iommu_judge(boot->root, &boot->cmdline, &boot->manifest, false, &iommu);
	if (iommu.state == IOMMU_ON && iommu.groups_at_probe) {
		functions = functions_to_probe(&boot->inventory);
		probe_functions(boot, &functions, loaded);
	}
	boot->discovered = true;
}
