/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots of the machines in tests/machines: every function is asked for, and something goes wrong, by chance. */
#include "parts.h"

#include "judge.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HANGS_ONE_IN 40

static unsigned long long draw(unsigned long long *state)
{
	unsigned long long z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

struct boots {
	unsigned long long seed;
	glob_t tables;
};

/* A fault of one call of the undisturbed run, if it made any. */
static void draw_fault(struct test *test, const struct tree *before, const struct tree *after,
		       unsigned long long *state)
{
	static const struct scenario none = { "", "", NULL };
	struct tests faults = { 0 };

	if (draw(state) % HANGS_ONE_IN)
		plan_faults(&faults, &none, before, after);
	else
		plan_hangs(&faults, &none, after, false);
	if (faults.count)
		*test = faults.items[draw(state) % faults.count];
	free(faults.items);
}

/* Without a fault, and then with one. */
static void boot(struct machine *machine, const char *name, const char *device, unsigned long long seed)
{
	struct test test = { 0 };

	strcpy(test.asked, device);
	tree_put(&machine->before, machine->root, "etc/vfio-early.conf", format("%s\n", device));
	count("boots", name, &test, try(machine, &test));
	run_undisturbed(machine, "", NULL);
	draw_fault(&test, &machine->before, &machine->after, &seed);
	tree_free(&machine->after);
	strcpy(test.asked, device);
	if (*test.faults)
		count("boots", name, &test, try(machine, &test));
}

/* The simulated kernel has no IDs for vfio-pci: it could not give them back as they were. */
static void override_those_on_vfio_pci(struct machine *machine)
{
	const char *device;
	size_t i = 0;

	while (*(device = next_device(&machine->before, &i)))
		if (!strcmp(driver_in(&machine->before, device), "vfio-pci"))
			tree_put(&machine->before, machine->root,
				 attribute(&machine->before, device, "driver_override"), "vfio-pci\n");
}

static void boot_all(const char *table, unsigned long long seed)
{
	const char *device;
	char name[64];
	struct machine machine;
	size_t i = 0;

	snprintf(name, sizeof(name), "%s", strrchr(table, '/') + 1);
	name[strcspn(name, ".")] = '\0';
	make_machine(&machine, table, own_root());
	override_those_on_vfio_pci(&machine);
	while (*(device = next_device(&machine.before, &i)))
		boot(&machine, name, device, seed + i);
	remove_machine(&machine);
}

static void work_on_boots(const void *argument)
{
	const struct boots *boots = argument;
	size_t i;

	while ((i = __atomic_fetch_add(&tally->next, 1, __ATOMIC_SEQ_CST)) < boots->tables.gl_pathc)
		boot_all(boots->tables.gl_pathv[i], boots->seed + i * 1000003);
}

void run_boots(const char *only)
{
	const char *seed = getenv("SEED");
	struct boots boots = { .seed = seed ? strtoull(seed, NULL, 10) : (unsigned long long)time(NULL) };

	if (glob(format("tests/machines/%s.tsv", only ? only : "*"), 0, NULL, &boots.tables))
		die("no machines");
	work_in_parallel(PROCESSORS, work_on_boots, &boots);
	printf("boots: %zu boots of %zu machines with SEED=%llu, %zu wrong\n\n", tally->passed + tally->failed,
	       boots.tables.gl_pathc, boots.seed, tally->failed);
	globfree(&boots.tables);
}
