#!/bin/sh
# The kernel command line: devices on it, other words of ours, quoting, and ids= for vfio-pci.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
	rm "$conf"
}

# on WORDS: a dry run with these words on the command line
on() {
	cmdline "$1"
	run_dry
}

test_slots() {
	on 'quiet vfio.slots=01:00.0'
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.0 *for=cmdline *'
	line 'device address=0000:01:00.1 *for=group *'
	ended 0
}

test_several_slots() {
	on 'vfio.slots=01:00.0,02:00.0'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
}

test_ids() {
	on 'vfio.ids=10de:1b80,144d:a808'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1 0000:03:00.0
}

test_slots_and_ids_take_any_selector() {
	on 'vfio.slots=144d:a808 vfio.ids=00:01.1/00.0'
	taken 0000:03:00.0 0000:02:00.0 0000:02:00.1
}

test_word_given_twice_adds_up() {
	on 'vfio.slots=01:00.0 ro vfio.slots=02:00.0'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
}

test_more_words_joined_by_plus() {
	on 'vfio.slots=01:00.0+10de:1b80+siblings=none'
	taken 0000:01:00.0
	on 'vfio.slots=01:00.0+144d:a808'
	exact 'device address=- select="01:00.0 144d:a808" for=cmdline why=id-mismatch now-at=0000:03:00.0 result=absent'
}

test_allow() {
	machine last-display
	rm "$conf"
	on 'vfio.slots=01:00.0+allow=last-display'
	taken 0000:01:00.0 0000:01:00.1
	on 'vfio.slots=01:00.0+allow=in-use+allow=last-display'
	taken 0000:01:00.0 0000:01:00.1
}

test_except() {
	on 'vfio.ids=10de:1b80+except=01:00.0'
	taken 0000:02:00.0 0000:02:00.1
}

test_in_addition_to_the_files() {
	configure '02:00.0'
	on 'vfio.slots=01:00.0'
	taken 0000:02:00.0 0000:02:00.1 0000:01:00.0 0000:01:00.1
}

test_files_come_first() {
	configure '01:00.0'
	on 'vfio.slots=01:00.0+driver=pci-stub'
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:1 *after=pci-stub *'
}

test_quoted_value() {
	on 'vfio.slots="01:00.0"'
	taken 0000:01:00.0 0000:01:00.1
	on '"vfio.slots=01:00.0"'
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_words_in_quotes_are_no_words() {
	on 'foo="a vfio.slots=01:00.0 single" bar'
	line 'result status=nothing *'
	on 'dyndbg="file x +p; vfio.early=off" vfio.slots=01:00.0'
	taken 0000:01:00.0 0000:01:00.1
}

test_words_behind_two_dashes_are_for_init() {
	on 'quiet -- vfio.slots=01:00.0'
	line 'result status=nothing *'
	no_line 'error *'
}

test_words_that_only_look_like_ours() {
	on 'xvfio.slots=01:00.0 vfio.enable_unsafe_noiommu_mode=0 vfio.enable-unsafe-noiommu-mode=0 vfio_pci.disable_vga=1 vfio_iommu_type1.allow_unsafe_interrupts=1'
	line 'result status=nothing *'
	no_line 'error *'
	ended 0
}

test_newline_and_other_blanks() {
	printf 'quiet\tvfio.slots=01:00.0\n' >"$root/proc/cmdline"
	run_dry
	taken 0000:01:00.0 0000:01:00.1
}

test_very_long_command_line() {
	on "$(printf '%09000d' 0) vfio.slots=01:00.0"
	taken 0000:01:00.0 0000:01:00.1
}

test_wrong_item_is_reported_with_its_column() {
	on 'quiet vfio.slots=01:00.0,nonsense,02:00.0'
	line 'error at=cmdline:1:26 text=*nonsense*'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	ended 1
}

test_wrong_word_of_an_item() {
	on 'vfio.slots=01:00.0+foo'
	line 'error at=cmdline:1:20 text=*foo*'
	taken
}

# nothing_in WORD COLUMN REMOVE: an item of it has no device, and that is said
nothing_in() {
	on "$1"
	line "error at=cmdline:1:$2 text=\"no device here: ${1%%=*}=* name one, as in ${1%%=*}=01:00.0, or remove the $3\""
	ended 1
}

test_empty_items() {
	for word in vfio.slots vfio.ids; do
		for items in '' + ++; do
			nothing_in "$word=$items" '*' word
			taken
		done
		for items in ',' '+,' ',+' '+,+'; do
			nothing_in "$word=$items" '*' comma
			taken
		done
		for items in '01:00.0,' '01:00.0,+' ',01:00.0' '+,01:00.0' '01:00.0,,02:00.0'; do
			nothing_in "$word=$items" '*' comma
			line 'device address=0000:01:00.0 *result=planned'
		done
	done
	nothing_in 'vfio.slots=,01:00.0' 12 comma
	nothing_in 'vfio.slots=01:00.0,+' 20 comma
}

test_word_without_a_value() {
	for word in vfio.slots vfio.ids vfio.early vfio.timeout; do
		on "quiet $word"
		line "error at=cmdline:1:7 text=\"$word needs a value: $word=\""
		ended 1
	done
}

test_more_joiners_than_needed() {
	on 'vfio.slots=01:00.0++optional'
	ended 0
}

test_unknown_word_of_ours() {
	on 'vfio.slot=01:00.0'
	line 'error at=cmdline:1:1 text=*vfio.slot*'
	line 'result status=degraded *'
	ended 1
}

test_early_off() {
	configure '01:00.0'
	on 'vfio.early=off'
	line 'result status=off why=* bound=0 *planned=0'
	no_line 'device *'
	ended 0
}

test_early_on() {
	configure '01:00.0'
	on 'vfio.early=on'
	taken 0000:01:00.0 0000:01:00.1
}

test_early_dry_run() {
	configure '01:00.0'
	on 'vfio.early=dry-run'
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_early_with_another_value_is_ignored() {
	configure '01:00.0'
	on 'vfio.early=maybe'
	line 'error at=cmdline:1:12 text=*maybe*'
	taken 0000:01:00.0 0000:01:00.1
	ended 1
}

test_last_early_counts() {
	configure '01:00.0'
	on 'vfio.early=off vfio.early=on'
	taken 0000:01:00.0 0000:01:00.1
}

test_timeout() {
	configure '01:00.0'
	on 'vfio.timeout=20'
	no_line 'error *'
	on 'vfio.timeout=soon'
	line 'error at=cmdline:1:14 text=*soon*'
	taken 0000:01:00.0 0000:01:00.1
	ended 1
}

test_ids_for_vfio_pci() {
	on 'vfio-pci.ids=10de:1b80'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	line 'device address=0000:01:00.0 *for=vfio-pci.ids *'
	ended 0
}

test_ids_for_vfio_pci_with_underscore() {
	on 'vfio_pci.ids=144d:a808'
	taken 0000:03:00.0
	line 'device address=0000:03:00.0 *for=vfio-pci.ids *'
}

test_ids_for_vfio_pci_with_subsystem_and_class() {
	on 'vfio-pci.ids=10de:1b80:1043:85aa'
	taken 0000:02:00.0 0000:02:00.1
	on 'vfio-pci.ids=10de:1b80:ffffffff:ffffffff'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
}

test_ids_for_vfio_pci_that_are_wrong() {
	on 'vfio-pci.ids=10de,10de:1b80'
	line 'error at=cmdline:1:14 text=*10de*'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	ended 1
}

test_list_behind_an_exception() {
	for items in 10de:1b80+except=01:00.0,02:00.0 144d:a808,10de:1b80+except=01:00.0,02:00.0; do
		on "vfio.ids=$items"
		line 'error at=cmdline:1:* text="excepted or taken? Write +except=A+except=B, or another vfio.ids="'
		ended 1
	done
	on 'vfio.ids=144d:a808,10de:1b80+except=01:00.0'
	no_line 'error *'
	taken 0000:03:00.0 0000:02:00.0 0000:02:00.1
}

test_unknown_word_of_ours_without_a_value() {
	on 'quiet vfio.frobnicate'
	line 'error at=cmdline:1:7 text="no such word: vfio.frobnicate; known: *"'
}

test_quotes_without_end() {
	on 'vfio.slots=01:00.0 "'
	taken 0000:01:00.0 0000:01:00.1
	on 'vfio.slots=01:00.0 "quiet splash'
	taken 0000:01:00.0 0000:01:00.1
	on 'vfio.slots="'
	line 'error at=cmdline:1:13 text="no device here: *"'
	on 'vfio.slots="01:00.0'
	taken 0000:01:00.0 0000:01:00.1
}

test_ids_for_vfio_pci_with_empty_items() {
	on 'vfio-pci.ids=,10de:1b80,,144d:a808,'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1 0000:03:00.0
	ended 0
}

test_ids_for_vfio_pci_whose_subsystem_is_too_large() {
	on 'vfio-pci.ids=10de:1b80:1458:12345678'
	line 'error at=cmdline:1:14 text=*10de:1b80:1458:12345678*'
	taken
}

# drivers/vfio/pci/vfio_pci.c reads each ID by sscanf("%x:%x:%x:%x:%x:%x")
test_ids_for_vfio_pci_as_the_kernel_reads_them() {
	for list in 0x10de:0x1b80 0X10DE:0x1b80 10de:1b80zoo 10de:1b80: 10de:1b80:xyz 000010de:00001b80 \
		10de:1b80:ffffffff:ffffffff:030000:ffffff '10de: 1b80' ' 10de:1b80' 10de:1b80:ffffffff:ffffffff:0:0:77; do
		on "\"vfio-pci.ids=$list\""
		no_line 'error *'
		taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	done
	for list in 10de 10de: 10de:xyz :1b80 10de:123456789 -10de:1b80 '10de :1b80' 110de:1b80; do
		on "\"vfio-pci.ids=$list\""
		line 'error at=cmdline:1:* text="ids=: not VENDOR:DEVICE*'
		taken
	done
}

test_ids_for_vfio_pci_with_a_class() {
	on 'vfio-pci.ids=10de:ffffffff:ffffffff:ffffffff:00030000:ffff00ff'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	on 'vfio-pci.ids=10de:ffffffff:1043:ffffffff:040300:ffff00'
	taken 0000:02:00.0 0000:02:00.1
	line 'device address=0000:02:00.1 * for=vfio-pci.ids *'
	on 'vfio-pci.ids=10de:1b80:ffffffff:ffffffff:040300:ffffff'
	line 'device address=- select=10de:1b80:ffffffff:ffffffff:040300:ffffff for=vfio-pci.ids *result=absent*'
}

# shellcheck source=/dev/null
. shunit2
