# vfio-early: "make" builds, "make demo" shows the main job on an emulated
# machine, "make check" runs all tests. What they need is installed by
# tests/install-packages, which says so first.

VERSION = 0.1.0

prefix ?= /usr/local
bindir = $(prefix)/bin

# The boot program is static: klibc, or BOOT_CC=musl-gcc, or BOOT_CC=gcc (glibc).
BOOT_CC ?= klcc
ifeq ($(origin CC),default)
CC = gcc
endif
CLANG = clang
PKG_CONFIG ?= pkg-config

# CPPFLAGS, CFLAGS and LDFLAGS, from the environment or the command line, come last and so win over ours.
# WERROR=1, as the tests have it, makes warnings errors.
COMMON = -std=gnu11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -MMD -MP \
	-Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes $(if $(WERROR),-Werror)
# -Oz is -Os that leaves no size to speed: 2 % less, and the limit is 48 KiB
BOOT_COMPILE = $(BOOT_CC) $(COMMON) -Oz -ffunction-sections -fdata-sections $(CPPFLAGS) $(CFLAGS) \
	$(if $(findstring klcc,$(BOOT_CC)),$(KLIBC_LACKS))
# of what distributions ask for: there is no __stack_chk_fail(), and klcc links without gcc's plugin
KLIBC_LACKS = -fno-stack-protector -fno-lto
# noseparate-code: no padding to whole pages between the sections, 5 KiB. Stripped, unless CFLAGS ask for debug symbols.
BOOT_LINK = $(BOOT_CC) -static -Wl,--gc-sections -Wl,-z,noseparate-code \
	$(if $(filter -g%,$(CFLAGS)),,-s) $(CFLAGS) $(LDFLAGS)
# Not for the boot program: klibc's own headers shadow builtins.
HOST_COMPILE = $(CC) $(COMMON) -O2 -g -Wshadow $(HOST_CFLAGS) $(CPPFLAGS) $(CFLAGS)
HOST_LINK = $(CC) $(CFLAGS) $(LDFLAGS)
SANITIZE = -O1 -g -Wshadow -fsanitize=address,undefined -fno-sanitize-recover=all
HOST_LIBRARIES = libkmod libpci smartcols mount blkid libmnl
HOST_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(HOST_LIBRARIES))
HOST_LIBS = $(shell $(PKG_CONFIG) --libs $(HOST_LIBRARIES))

# making and booting a Debian takes root
SUDO = $(if $(filter 0,$(shell id -u)),,sudo)

CORE = $(wildcard early/core/*.c)
BOOT = $(wildcard early/boot/*.c)
# main.c, and five rooms
HOST = $(wildcard early/host/*.c early/host/*/*.c early/host/*/*/*.c)
# the simulated kernel takes the place of the one file with side effects
SIM = $(filter-out early/boot/effects.c,$(BOOT)) tests/sim/effects.c

# Fuzz targets: the reader's system calls, the memory and libpci's names are replaced, and each is linked to what it needs.
# for_each() of an empty list is NULL + 0, which C2y (N3322) defines and clang's check of pointers does not
FUZZ = -O2 -g -DFUZZING -fsanitize=address,undefined -fno-sanitize=pointer-overflow -fno-sanitize-recover=all
# of what is fuzzed, not of the targets; comparisons cost more than the dictionary leaves for them to find
FUZZ_COVERAGE = -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp
FUZZ_TARGETS = $(patsubst tests/fuzz/targets/%.c,%,$(wildcard tests/fuzz/targets/*.c))
FUZZ_SHARED = $(addprefix tests/fuzz/,fuzz.c checks.c memory.c steps.c tree.c)
# of the host what its reach.c reads is a tree in memory: through the boot program's, whose system calls are replaced
FUZZED = $(filter-out early/core/memory.c early/host/main.c early/host/machine/reach.c,$(CORE) $(HOST)) \
	$(addprefix early/boot/,carry_out.c discover.c outcome.c reach.c read_back.c)
FUZZ_LINK = $(foreach function,root_read openat fstatat fstat readlinkat getdents64 read close pci_lookup_name,-Wl,--wrap=$(function))

objects_in = $(patsubst %.c,build/$(1)/%.o,$(2))

PROGRAMS = build/vfio-early-boot build/vfio-early
TEST_PROGRAMS = build/test/vfio-early-boot build/test/vfio-early-boot-sim build/test/vfio-early \
	build/test/mktree build/test/hold build/test/core build/test/core-plain build/test/vfio-early-boot-traced \
	build/test/vfio-early-plain build/test/faults \
	build/watched/vfio-early-boot build/watched/vfio-early-boot-sim $(FUZZ_TARGETS:%=build/test/replay/%)

all: $(PROGRAMS)

build/vfio-early-boot: $(call objects_in,boot,$(CORE) $(BOOT))
	@echo "  LD  $@"
	@$(BOOT_LINK) -o $@ $^

build/vfio-early: $(call objects_in,host,$(CORE) $(HOST))
	@echo "  LD  $@"
	@$(HOST_LINK) -o $@ $^ $(HOST_LIBS)

build/boot/%.o: %.c Makefile build/boot/flags
	@mkdir -p $(@D)
	@echo "  CC  $@"
	@$(BOOT_COMPILE) -c -o $@ $<

build/host/%.o: %.c Makefile build/host/flags
	@mkdir -p $(@D)
	@echo "  CC  $@"
	@$(HOST_COMPILE) -c -o $@ $<

# Another compiler or other flags make other objects; -Werror makes the same.
build/boot/flags: export FLAGS = $(filter-out -Werror,$(BOOT_COMPILE) $(BOOT_LINK))
build/host/flags: export FLAGS = $(filter-out -Werror,$(HOST_COMPILE) $(HOST_LINK))
build/%/flags: FORCE
	@mkdir -p $(@D)
	@echo "$$FLAGS" | cmp -s - $@ || echo "$$FLAGS" >$@

build/sanitized/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC  $@"
	@$(CC) $(COMMON) $(SANITIZE) $(HOST_CFLAGS) -c -o $@ $<

build/test/vfio-early-boot: $(call objects_in,sanitized,$(CORE) $(BOOT))
build/test/vfio-early-boot-sim: $(call objects_in,sanitized,$(CORE) $(SIM))
build/test/vfio-early: $(call objects_in,sanitized,$(CORE) $(HOST))
build/test/mktree: $(call objects_in,sanitized,tests/tools/mktree.c)
build/test/hold: $(call objects_in,sanitized,tests/tools/hold.c)
build/test/core: $(call objects_in,sanitized,$(CORE) early/boot/reach.c tests/tools/core.c)
build/test/core-plain: $(call objects_in,host,$(CORE) early/boot/reach.c tests/tools/core.c)
# what libFuzzer does with a corpus, without libFuzzer
$(FUZZ_TARGETS:%=build/test/replay/%): build/test/replay/%: build/sanitized/tests/fuzz/targets/%.o \
		$(call objects_in,sanitized,tests/fuzz/replay.c $(FUZZ_SHARED)) build/sanitized/early.a
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(SANITIZE) $(FUZZ_LINK) -o $@ $^ $(HOST_LIBS)
build/test/%:
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CC) $(SANITIZE) -o $@ $^ $(HOST_LIBS)

$(FUZZ_TARGETS:%=build/fuzz/%): build/fuzz/%: build/fuzzed/tests/fuzz/targets/%.o \
		$(call objects_in,fuzzed,$(FUZZ_SHARED)) build/fuzzed/early.a
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CLANG) $(FUZZ) -fsanitize=fuzzer $(FUZZ_LINK) -o $@ $^ $(HOST_LIBS)

build/fuzzed/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC  $@"
	@$(CLANG) $(COMMON) $(FUZZ) $(if $(findstring tests/,$<),,$(FUZZ_COVERAGE)) $(HOST_CFLAGS) -c -o $@ $<

build/sanitized/early.a: $(call objects_in,sanitized,$(FUZZED))
build/fuzzed/early.a: $(call objects_in,fuzzed,$(FUZZED))
build/%/early.a:
	@rm -f $@
	@ar rcs $@ $^

# Without sanitizers. A tracer has to do with the program alone: it is static.
build/test/vfio-early-boot-traced: $(call objects_in,host,$(CORE) $(SIM))
build/test/core-plain build/test/vfio-early-boot-traced:
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(HOST_LINK) -static -o $@ $^

# valgrind knows neither the sanitizers nor openat2()
build/test/vfio-early-plain: $(call objects_in,host,$(filter-out early/host/machine/below.c,$(CORE) $(HOST)) tests/sim/below.c)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(HOST_LINK) -o $@ $^ $(HOST_LIBS)

build/test/faults: $(call objects_in,sanitized,$(wildcard tests/faults/*.c))

# what sees values that were never set
WATCH = -O1 -g -fsanitize=memory -fno-sanitize-recover=all
build/watched/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC  $@"
	@$(CLANG) $(COMMON) $(WATCH) -c -o $@ $<

build/watched/vfio-early-boot: $(call objects_in,watched,$(CORE) $(BOOT) tests/sim/getdents.c)
build/watched/vfio-early-boot-sim: $(call objects_in,watched,$(CORE) $(SIM) tests/sim/getdents.c)
build/watched/%:
	@mkdir -p $(@D)
	@echo "  LD  $@"
	@$(CLANG) $(WATCH) -Wl,--wrap=getdents64 -o $@ $^

# What counts the branches that the tests take: see tests/run-coverage.
COVERAGE = -O0 -g --coverage
COVERED = vfio-early-boot vfio-early-boot-sim vfio-early core
build/coverage/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC  $@"
	@$(CC) $(COMMON) $(COVERAGE) $(HOST_CFLAGS) -c -o $@ $<

build/coverage/vfio-early-boot: $(call objects_in,coverage,$(CORE) $(BOOT))
build/coverage/vfio-early-boot-sim: $(call objects_in,coverage,$(CORE) $(SIM))
build/coverage/vfio-early: $(call objects_in,coverage,$(CORE) $(HOST))
build/coverage/core: $(call objects_in,coverage,$(CORE) early/boot/reach.c tests/tools/core.c tests/tools/exit.c)
# a program that ends by _exit() writes its counters before
build/coverage/core: private COVERAGE += -Wl,--wrap=_exit
$(COVERED:%=build/coverage/%):
	@echo "  LD  $@"
	@$(CC) $(COVERAGE) -o $@ $^ $(HOST_LIBS)

# What tests/lint asks for: a stamp for each file that the analyzers were content with.
# cppcheck does not know __typeof__, and gives up a file that uses it. gcc's own analyzer
# loses sight of memory that lists take and give back, as only test programs do.
stamp = @mkdir -p $(@D); rm -f $@

build/clean/%.c.ok: %.c Makefile .clang-tidy tests/.clang-tidy
	$(stamp)
	@$(HOST_COMPILE) $(if $(filter early/%,$<),-fanalyzer) -MT $@ -MF $(@:.ok=.d) -c -o /dev/null $<
	@said=$$(clang-tidy --quiet $< -- $(COMMON) -Wshadow $(HOST_CFLAGS) 2>&1) || \
		{ echo "$$said"; exit 1; }
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
		--suppress=normalCheckLevelMaxBranches \
		$(filter -D%,$(COMMON)) -D'__typeof__(of)=some_type' $<
	@touch $@

# whatever may be sourced counts for all
build/clean/%.ok: % $(wildcard tests/unit/lib.sh tests/vm/*.sh) Makefile
	$(stamp)
	@case $$(head -n 1 $<) in '#!/bin/bash') shell=bash ;; *) shell=sh ;; esac; \
		shellcheck -x -P tests/vm -s $$shell $<
	@touch $@

# The glue goes where the image builders look, whatever the prefix.
initramfs_tools = $(DESTDIR)/usr/share/initramfs-tools
dracut_module = $(DESTDIR)/usr/lib/dracut/modules.d/90vfio-early
units = $(DESTDIR)/usr/lib/systemd/system
located = sed 's|@bindir@|$(bindir)|'

install: all
	install -D -m 755 build/vfio-early $(DESTDIR)$(bindir)/vfio-early
	install -D -m 755 build/vfio-early-boot $(DESTDIR)$(prefix)/lib/vfio-early/vfio-early-boot
	install -d $(initramfs_tools)/hooks $(initramfs_tools)/scripts/init-top $(dracut_module)
	$(located) initramfs-tools/hooks/vfio-early >$(initramfs_tools)/hooks/vfio-early
	chmod 755 $(initramfs_tools)/hooks/vfio-early
	install -m 755 initramfs-tools/scripts/init-top/00-vfio-early $(initramfs_tools)/scripts/init-top/
	$(located) dracut-module/90vfio-early/module-setup.sh >$(dracut_module)/module-setup.sh
	chmod 755 $(dracut_module)/module-setup.sh
	install -m 755 dracut-module/90vfio-early/vfio-early.sh $(dracut_module)/
	install -D -m 644 hooks/vfio-early-boot.service $(units)/vfio-early-boot.service
	$(located) hooks/vfio-early-verify.service >$(units)/vfio-early-verify.service
	chmod 644 $(units)/vfio-early-verify.service
	install -m 644 hooks/vfio-early-verify.timer $(units)/

uninstall:
	rm -f $(DESTDIR)$(bindir)/vfio-early $(DESTDIR)$(prefix)/lib/vfio-early/vfio-early-boot
	rm -f $(initramfs_tools)/hooks/vfio-early $(initramfs_tools)/scripts/init-top/00-vfio-early
	rm -f $(dracut_module)/module-setup.sh $(dracut_module)/vfio-early.sh $(units)/vfio-early-boot.service
	rm -f $(units)/vfio-early-verify.service $(units)/vfio-early-verify.timer
	-rmdir $(DESTDIR)$(prefix)/lib/vfio-early $(dracut_module) 2>/dev/null

# Whatever needs no VM: about a minute on two processors, some minutes the first time.
test: build-packages
	$(MAKE) --no-print-directory WERROR=1 programs
	tests/run-all lint unit

# Everything that can go wrong in a boot, in a simulated kernel: some minutes.
faults: build-packages
	$(MAKE) --no-print-directory WERROR=1 programs
	tests/run-all faults

# All tests; of the boots those that tell most.
check: vm-packages
	$(MAKE) --no-print-directory WERROR=1 programs
	tests/run-all

# All tests, and every boot on every release.
check-matrix: vm-packages
	$(MAKE) --no-print-directory WERROR=1 programs
	tests/run-all lint unit faults vm-matrix

demo: vm-packages
	$(MAKE) --no-print-directory all
	$(SUDO) tests/vm/demo.sh

# The branches that the unit and fault tests take, per file, and whether they are enough: some minutes.
coverage: coverage-packages
	$(MAKE) --no-print-directory WERROR=1 programs $(COVERED:%=build/coverage/%)
	tests/run-coverage

bench: bench-packages
	$(MAKE) --no-print-directory WERROR=1 programs
	$(SUDO) tests/bench/run

# The parsers and the decision on random input: FUZZ_SECONDS (60) or FUZZ_RUNS for each target.
fuzz: fuzz-packages
	$(MAKE) --no-print-directory $(FUZZ_TARGETS:%=build/fuzz/%)
	tests/fuzz/run $(FUZZ_TARGETS)

# Of what it has found into the corpora what covers something new.
fuzz-merge: fuzz-packages
	$(MAKE) --no-print-directory $(FUZZ_TARGETS:%=build/fuzz/%)
	tests/fuzz/merge $(FUZZ_TARGETS)

programs: $(PROGRAMS) $(TEST_PROGRAMS)

build-packages:
	tests/install-packages build unit

vm-packages:
	tests/install-packages build unit vm

coverage-packages:
	tests/install-packages build unit coverage

bench-packages:
	tests/install-packages build unit vm bench

fuzz-packages:
	tests/install-packages build fuzz

clean:
	rm -rf build

FORCE:

.PHONY: all install uninstall test faults check check-matrix demo coverage bench fuzz fuzz-merge programs build-packages \
	vm-packages coverage-packages bench-packages fuzz-packages clean

-include $(shell find build/boot build/host build/sanitized build/watched build/coverage build/fuzzed build/clean -name '*.d' 2>/dev/null)
