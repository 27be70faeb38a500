/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data that the stages hand on, in the order in which it comes to be:
 * words and lines, requests, devices, groups, steps. Everything is allocated
 * with keep() and lives until the process ends; pointers are never owned.
 */
#ifndef VFIO_EARLY_MODEL_H
#define VFIO_EARLY_MODEL_H

#include "memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- text and where it stands ---- */

/* Where something was read: line 0 means that the source has no lines. Columns are 1-based bytes. */
struct where {
	const char *source;		/* "/etc/vfio-early.conf", "cmdline", "vfio-pci.ids" */
	unsigned line, column;
};

struct error {
	struct where at;
	const char *text;
};

struct errors {
	struct error *items;
	size_t count;
};

struct strings {
	const char **items;
	size_t count;
};

/* ---- PCI names ---- */

struct pci_address {
	uint32_t domain;
	uint8_t bus, device, function;
};

#define ID_ANY 0xffffffffu		/* PCI_ANY_ID of the kernel */

struct pci_id {
	uint32_t vendor, device;	/* 16 bits each; where devices are wanted, also ID_ANY */
	bool has_subsystem;
	uint32_t subvendor, subdevice;
	uint32_t class, class_mask;	/* of what is wanted: 0xCCSSPP, and which of its bits count */
};

#define PATH_BRIDGES_MAX 32

enum place {
	PLACE_ANY,			/* an ID alone */
	PLACE_SLOT,			/* one function */
	PLACE_ALL_FUNCTIONS,		/* 01:00 */
	PLACE_PATH,			/* address, then hops through bridges */
};

struct selector {
	enum place place;
	struct pci_address address;
	uint8_t hops[PATH_BRIDGES_MAX];	/* device << 3 | function, below address */
	unsigned hop_count;
	bool has_id;
	struct pci_id id;
};

/* ---- what was asked for ---- */

enum refusal {
	REFUSE_BOOT_DISK	= 1 << 0,
	REFUSE_ROOT_NETWORK	= 1 << 1,
	REFUSE_DEFAULT_ROUTE	= 1 << 2,
	REFUSE_IN_USE		= 1 << 3,
	REFUSE_LAST_INPUT	= 1 << 4,
	REFUSE_LAST_DISPLAY	= 1 << 5,
	REFUSE_OWN_PARENT	= 1 << 6,
	REFUSE_NOT_VIABLE	= 1 << 7,
	REFUSE_NO_IOMMU		= 1 << 8,
	REFUSE_SHARED_STREAM	= 1 << 9,
};

/* One line of the configuration, or one item of the kernel command line. */
struct request {
	struct where at;		/* of the selector */
	const char *text;		/* the selector as it was written */
	struct selector what;
	LIST(struct selector) except;
	unsigned allow;			/* set of enum refusal */
	const char *driver;		/* NULL: the default */
	unsigned driver_column;
	bool siblings_none;
	bool optional;
	bool else_none;
};

enum mode { MODE_BIND, MODE_DRY_RUN, MODE_OFF };

struct config {
	LIST(struct request) requests;
	struct errors errors;
	unsigned timeout;		/* seconds */
	enum mode mode;
	const char *off_because;	/* with MODE_OFF */
	bool recovery;			/* MODE_OFF, but else=none still holds */
};

/* ---- the kernel command line, and what the image carries ---- */

struct kernel_word {
	const char *name, *value;	/* value: NULL without "=" */
	unsigned column, value_column;	/* 1-based bytes in /proc/cmdline */
	bool for_init;			/* after "--" */
};

struct cmdline {
	struct kernel_word *items;
	size_t count;
};

struct module {
	const char *path;		/* below lib/modules/VERSION, without suffix */
	const char *options;		/* "" if none */
	bool for_iommu;			/* brings up an IOMMU: loaded before the groups are looked at */
};

struct id_list {
	const char *list;		/* as the ids= option of vfio-pci */
	struct where at;
};

/* What the host uses, as it was when the image was built. */
struct host_use {
	enum refusal reason;		/* that stands for it */
	bool unknown;			/* which functions carry it could not be told */
	const char *name;		/* of the function, as in sysfs; NULL: no PCI function carries it */
	const char *path;		/* its path, or its slot where it has none */
	struct selector place;		/* that and its ID: what survives a renumbered bus */
	const char *detail;		/* for a person: "/, swap" */
};

struct host_uses {
	struct host_use *items;
	size_t count;
};

struct manifest {
	bool found;
	bool knows_uses;		/* it says what the host uses, even if that is nothing */
	struct host_uses uses;
	const char *kernel, *by, *stamp;
	const char *intel_iommu;	/* the kernel's default: "on", "off", or NULL if not known */
	LIST(struct module) modules;
	LIST(struct id_list) ids;
};

/* ---- the machine ---- */

struct device {
	struct pci_address address;
	const char *name;		/* as in sysfs */
	bool is_pci;			/* false: a platform device; only name and driver are known, and real is "" */
	const char *holds;		/* a framebuffer: the function whose memory it holds, else NULL */
	struct pci_id id;
	uint32_t class;			/* 0xCCSSPP */
	const char *driver;		/* NULL: none */

	/* read on demand by device_detail() */
	bool detailed;
	const char *real;		/* real path below sys/, "devices/pci0000:00/..."; "" if there is none */
	const char *path;		/* the kernel's pci= path syntax */
	uint8_t header_type;		/* 0 endpoint, 1 bridge, 2 CardBus */
	bool silent;			/* its configuration space reads as ones: it does not answer */
	const char *group;		/* number, NULL: none */
	const char *override;		/* NULL: none */
	bool override_known;		/* false: it cannot be read */

	/* written by the discovery in the boot */
	bool unprobed;			/* it has no group, and the probe that would show one did not end well */
};

struct devices {
	struct device **items;
	size_t count;
};

#define KERNEL(major, minor) ((major) << 8 | (minor))

struct inventory {
	int root;			/* directory descriptor */
	struct devices devices;		/* by address once walked */
	bool walked;			/* every function of the bus is in devices */
	struct devices hidden;		/* of the bus, and not there for the decision: not yet in a rehearsed boot */
	bool listed;
	struct strings names;		/* of the bus, once listed */
	size_t next;			/* of them: those before it are in devices */
	bool platform_listed;
	struct strings platform_names;	/* of the platform bus, once listed */
	unsigned kernel;		/* version as KERNEL() has it; 0 if not known */
};

enum iommu_state { IOMMU_ON, IOMMU_OFF, IOMMU_ABSENT, IOMMU_NO_GROUPS, IOMMU_NOIOMMU };

struct iommu {
	enum iommu_state state;
	const char *kind;		/* NULL where none is known */
	const char *cause, *remedy;	/* NULL with IOMMU_ON */
	bool remaps_interrupts;		/* meaningful with IOMMU_ON */
	bool groups_at_enumeration;	/* VT-d, AMD-Vi, POWER: a function without a group never gets one, */
					/* and what shares a requester ID shares a group */
	bool groups_at_probe;		/* a function without a group may yet get one, when a driver probes it */
};

/* ---- the decision ---- */

/* A device that requests name, and what they ask for together. */
struct selected {
	struct device *device;
	const struct request *first;
	const struct request *driver_from;	/* that names the driver, NULL: none does */
	unsigned allow;
	bool siblings_none;
	bool else_none;
};

/* A request that selects nothing. */
struct absence {
	const struct request *request;
	struct strings now_at;		/* addresses that have its ID */
	bool id_mismatch;
};

struct selection {
	LIST(struct selected) devices;
	LIST(struct absence) absences;
	struct errors errors;
};

enum role {
	ROLE_TAKE,			/* bind to .driver */
	ROLE_LEAVE,			/* stays as it is */
	ROLE_LEAVE_DRIVERLESS,		/* stays without a driver: override "none" */
	ROLE_BELOW_CONTROLLER,		/* below a controller that is taken: gone when its driver goes */
	ROLE_RELEASE,			/* a framebuffer that must let go of a member's memory */
};

enum result {
	RESULT_NOT_JUDGED,
	RESULT_PLANNED, RESULT_BOUND, RESULT_ALREADY, RESULT_REFUSED, RESULT_FAILED, RESULT_RETURNED, RESULT_LEFT,
	RESULT_RELEASED,
};

struct member {
	struct device *device;
	const struct selected *selected;	/* NULL: a sibling */
	enum role role;
	const char *driver;		/* with ROLE_TAKE */

	/* drivers, NULL: none */
	const char *before;		/* found by the first look */
	const char *intended;		/* where the plan leads; set by decide() */
	const char *after;			/* what sysfs said last; equals before until it is read back */

	enum result result;
	int error;			/* errno, with RESULT_FAILED */
	const char *step;		/* in which it failed */
	bool hung;			/* a step with it never came back: leave it alone */
};

enum group_result { GROUP_NOT_JUDGED, GROUP_VIABLE, GROUP_REFUSED, GROUP_FAILED, GROUP_UNCHECKED };

/* One of the reasons why a group is refused. */
struct reason {
	enum refusal refusal;
	const char *because;		/* the address to blame */
	const char *remedy;
};

struct group {
	const char *id;			/* NULL: the device has none */
	const struct request *first;	/* that names a member */
	LIST(struct member) members;	/* by address */
	bool whole;			/* siblings are taken, too */
	bool unreadable;		/* its members are not known */
	bool given_up;			/* a step failed: the rest of its steps are skipped */
	size_t companion_set;		/* groups of the same set hold USB companions: taken together or not at all */
	unsigned allow;
	unsigned refusals;		/* set of enum refusal: of its reasons */
	LIST(struct reason) reasons;
	enum group_result result;
};

/* What is to be loaded before anything is bound. */
struct modules {
	LIST(struct module) to_load;	/* in this order, with all their options */
	struct strings blacklisted;	/* names of such that the kernel command line keeps out */
};

struct decision {
	struct iommu iommu;
	struct selection selection;
	LIST(struct group) groups;	/* in the order of the configuration */
	struct modules modules;		/* if anything is taken */
	struct strings warnings;
	struct strings urgent_warnings;		/* warnings that go to the kernel log as errors */
};

/* ---- all of it ---- */

/* One boot, real or rehearsed: what was read below its root, and what follows from it. */
struct boot {
	int root;
	const char *kernel;		/* release, or NULL */
	bool discovered;		/* every function that could be probed was, so that groups are final */
	struct cmdline cmdline;
	struct manifest manifest;
	struct config config;
	struct inventory inventory;
	struct decision decision;
};

/* ---- the plan ---- */

enum step_kind {
	STEP_LOAD,			/* subject: module, path or name; value: options */
	STEP_NEED,			/* value: driver that must be registered; subject: its module, NULL to load none */
	STEP_OVERRIDE,			/* value: driver name, "" to clear it */
	STEP_UNBIND,			/* value: driver to take it from */
	STEP_BIND,			/* value: driver */
	STEP_PROBE,			/* value: driver that refuses the device: its probe gives it a group */
	STEP_RESTORE,			/* the override back to value, "" for none, unless it is that already */
	STEP_OFFER,			/* to all drivers that are registered */
};

struct step {
	enum step_kind kind;
	struct group *group;		/* given up once the step fails; NULL: none */
	struct member *member;		/* NULL: concerns the group */
	const char *subject;
	const char *value;
};

struct plan {
	LIST(struct step) steps;
};

#endif
