#!/bin/sh
# Every form of selector, and what it names on an ordinary PC.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
}

test_slot() {
	dry '01:00.0'
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:1 *'
	line 'device address=0000:01:00.1 *for=group *'
	ended 0
}

test_slot_with_domain() {
	dry '0000:01:00.1'
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.0 *for=group *'
}

test_slot_with_single_digits() {
	dry '1:0.0'
	taken 0000:01:00.0 0000:01:00.1
}

test_slot_in_upper_case() {
	dry '00:1F.3'
	taken 0000:00:1f.3 0000:00:1f.4 0000:00:1f.5
}

test_slot_of_a_domain_with_eight_digits() {
	machine desktop - <<-.
		20 fedcba98:01:00.0 0108 144d:a808 - - -
	.
	dry 'fedcba98:01:00.0'
	taken fedcba98:01:00.0
	line 'device address=fedcba98:01:00.0 path=fedcba98:01:00.0 *'
}

test_domain_is_not_cut() {
	machine desktop - <<-.
		20 10000:01:00.0 0108 144d:a808 - - -
	.
	dry '10000:01:00.0'
	taken 10000:01:00.0
}

test_leading_zeros_of_a_domain() {
	machine desktop - <<-.
		20 10000:01:00.0 0108 144d:a808 - - -
	.
	dry '00010000:01:00.0'
	taken 10000:01:00.0
}

test_all_functions() {
	dry '01:00'
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:1 *'
	line 'device address=0000:01:00.1 *for=/etc/vfio-early.conf:1 *'
}

test_all_functions_with_domain() {
	dry '0000:02:00'
	taken 0000:02:00.0 0000:02:00.1
}

test_all_functions_but_the_bridges() {
	dry '00:1f'
	taken 0000:00:1f.3 0000:00:1f.4 0000:00:1f.5
	line 'device address=0000:00:1f.0 *for=group *result=left'
	line 'device address=0000:00:1f.3 *for=/etc/vfio-early.conf:1 *'
	ended 0
}

test_all_functions_with_id_of_function_0() {
	dry '01:00 10de:1b80 siblings=none'
	taken 0000:01:00.0 0000:01:00.1
}

test_all_functions_with_id_of_another_function() {
	dry '01:00 10de:10f0'
	exact 'device address=- select="01:00 10de:10f0" for=/etc/vfio-early.conf:1 why=id-mismatch now-at=0000:01:00.1,0000:02:00.1 result=absent'
	ended 1
}

test_path() {
	dry '00:01.1/00.0'
	taken 0000:02:00.0 0000:02:00.1
	line 'device address=0000:02:00.0 path=00:01.1/00.0 *'
}

test_path_with_domain_and_short_digits() {
	dry '0000:00:1.1/0.1'
	taken 0000:02:00.0 0000:02:00.1
	line 'device address=0000:02:00.1 *for=/etc/vfio-early.conf:1 *'
}

test_path_with_a_switch() {
	machine - <<-.
		1  0000:00:1b.0 0604 8086:a340 - pcieport -
		20 0000:05:00.0 0604 1b21:1184 - pcieport 0000:00:1b.0
		21 0000:06:03.0 0604 1b21:1184 - pcieport 0000:05:00.0
		22 0000:08:00.0 0200 10ec:8168 - -        0000:06:03.0
	.
	dry '00:1b.0/00.0/03.0/00.0'
	taken 0000:08:00.0
	line 'device address=0000:08:00.0 path=00:1b.0/00.0/03.0/00.0 *'
}

test_path_that_ends_at_a_bridge() {
	machine power9
	dry '0001:00:00.0/00.0'
	taken 0001:01:00.0
	dry '0001:00:00.0'
	line 'error at=/etc/vfio-early.conf:1:1 text=*bridge*'
	ended 1
}

test_path_of_nothing() {
	dry '00:01.0/01.0'
	exact 'device address=- select=00:01.0/01.0 for=/etc/vfio-early.conf:1 result=absent'
	ended 1
}

test_id_takes_every_twin() {
	dry '10de:1b80'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	line 'group id=14 result=viable'
	line 'group id=15 result=viable'
}

test_id_in_upper_case_and_brackets() {
	dry '[10DE:1B80]'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
}

test_id_with_subsystem_tells_twins_apart() {
	dry '10de:1b80:1043:85aa'
	taken 0000:02:00.0 0000:02:00.1
}

test_id_of_nothing() {
	dry '10de:ffff'
	exact 'device address=- select=10de:ffff for=/etc/vfio-early.conf:1 result=absent'
	line 'result status=degraded *absent=1 planned=0'
	ended 1
}

test_id_leaves_bridges_out() {
	machine desktop - <<-.
		20 0000:05:00.0 0604 10b5:8725 - pcieport -
		21 0000:05:00.1 0880 10b5:8725 - -        -
	.
	dry '10b5:8725'
	taken 0000:05:00.1
	ended 0
}

test_slot_and_id() {
	dry '01:00.0 10de:1b80'
	taken 0000:01:00.0 0000:01:00.1
	dry '10de:1b80 01:00.0'
	taken 0000:01:00.0 0000:01:00.1
}

test_slot_and_id_in_brackets() {
	dry '01:00.0 [10de:1b80]'
	taken 0000:01:00.0 0000:01:00.1
}

test_slot_and_id_with_subsystem() {
	dry '01:00.0 10de:1b80:1458:3702'
	taken 0000:01:00.0 0000:01:00.1
	dry '01:00.0 10de:1b80:1043:85aa'
	line 'device address=- * why=id-mismatch now-at=0000:02:00.0 result=absent'
}

test_slot_and_wrong_id() {
	dry '03:00.0 10de:1b80'
	exact 'device address=- select="03:00.0 10de:1b80" for=/etc/vfio-early.conf:1 why=id-mismatch now-at=0000:01:00.0,0000:02:00.0 result=absent'
	taken
	ended 1
}

test_slot_and_id_at_an_empty_place() {
	dry '09:00.0 10de:1b80'
	line 'device address=- select="09:00.0 10de:1b80" *now-at=0000:01:00.0,0000:02:00.0 result=absent'
}

test_path_and_id() {
	dry '00:01.0/00.0 10de:1b80'
	taken 0000:01:00.0 0000:01:00.1
	dry '10de:1b80 00:01.1/00.0'
	taken 0000:02:00.0 0000:02:00.1
}

test_path_and_wrong_id() {
	dry '00:1b.0/00.0 10de:1b80'
	line 'device address=- select="00:1b.0/00.0 10de:1b80" * why=id-mismatch now-at=0000:01:00.0,0000:02:00.0 result=absent'
}

test_empty_slot() {
	dry '09:00.0'
	exact 'device address=- select=09:00.0 for=/etc/vfio-early.conf:1 result=absent'
}

test_all_functions_with_id_but_no_function_0() {
	machine - <<-.
		14 0000:01:00.1 0403 10de:10f0 a1 - -
	.
	dry '01:00 10de:10f0'
	line 'device address=- select="01:00 10de:10f0" *why=id-mismatch *result=absent'
	dry '01:00'
	taken 0000:01:00.1
}

test_all_functions_take_other_bridges_too() {
	machine other-bridge-named
	dry '00:08'
	taken 0000:00:08.0 0000:00:08.1
	line 'device address=0000:00:08.0 *for=/etc/vfio-early.conf:1 *'
}

test_id_takes_other_bridges_too() {
	machine other-bridge-named
	dry '8086:1911'
	taken 0000:00:08.0 0000:00:08.1
}

test_path_through_what_is_no_bridge() {
	dry '01:00.0/00.0'
	exact 'device address=- select=01:00.0/00.0 for=/etc/vfio-early.conf:1 result=absent'
}

test_path_in_another_domain() {
	machine vmd-disk
	dry '10000:e0:06.0/00.0 144d:a808 siblings=none'
	line 'device address=10000:e1:00.0 *for=/etc/vfio-early.conf:1 *'
}

test_path_from_another_root_bus() {
	machine "$top/tests/machines/snb-ep-2s-c602-3gpu.tsv"
	dry '80:03.0/00.0 10de:13c2'
	taken 0000:82:00.0 0000:82:00.1
}

test_real_twins() {
	machine "$top/tests/machines/x570-two-gt710.tsv"
	dry '10de:128b'
	assertEquals 2 "$(grep -c 'id=10de:128b .*for=/etc/vfio-early.conf:1 ' "$out")"
}

test_real_machine_whose_buses_were_renumbered() {
	# the card's line, written before an NVMe drive was added
	machine "$top/tests/machines/x570-1080ti-gt710.tsv"
	dry '10de:1b06'
	old=$(sed -n 's/^device address=\([^ ]*\) .*id=10de:1b06 .*/\1/p' "$out")
	machine "$top/tests/machines/x570-1080ti-gt710-nvme-added.tsv"
	dry '10de:1b06'
	new=$(sed -n 's/^device address=\([^ ]*\) .*id=10de:1b06 .*/\1/p' "$out")
	assertNotEquals "$old" "$new"
	dry "$old 10de:1b06"
	line "device address=- *now-at=$new result=absent"
}

# Its configuration space reads as ones, the header type too: the class says what it is.
test_a_device_that_does_not_answer_is_no_bridge() {
	machine desktop
	for function in 0 1; do
		printf '\377%.0s' $(seq 64) >"$root/sys/bus/pci/devices/0000:01:00.$function/config"
	done
	dry 01:00.0
	taken 0000:01:00.0 0000:01:00.1
	line 'warning text="0000:01:00.0 does not answer: power-cycle the machine"'
}

# A virtual function has no vendor in its configuration space, and answers.
test_a_virtual_function_answers() {
	machine virtual-functions
	printf '\377\377\377\377' | dd of="$root/sys/bus/pci/devices/0000:07:10.2/config" conv=notrunc 2>/dev/null
	dry 07:10.2
	taken 0000:07:10.2
	no_line '*does not answer*'
}

test_id_with_another_subsystem_of_the_same_vendor() {
	dry '10de:1b80:1458:3703'
	exact 'device address=- select=10de:1b80:1458:3703 for=/etc/vfio-early.conf:1 result=absent'
}

test_a_configuration_space_that_cannot_be_read() {
	machine desktop
	rm "$root/sys/bus/pci/devices/0000:01:00.0/config"
	printf '\377' | dd of="$root/sys/bus/pci/devices/0000:01:00.1/config" conv=notrunc 2>/dev/null
	dry 01:00.0
	taken 0000:01:00.0 0000:01:00.1
	no_line '*does not answer*'
}

# shellcheck source=/dev/null
. shunit2
