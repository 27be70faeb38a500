#!/bin/sh
# Mistakes in the configuration: where they are, what is wrong, what the line should be; the other lines stand.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
}

# wrong LINE COLUMN WORDS: a mistake is reported there, in these words, and the line selects nothing
wrong() {
	dry "$1"
	line "error at=/etc/vfio-early.conf:1:$2 text=*$3*"
	no_line 'device *'
	line 'result status=degraded *'
	ended 1
}

test_digits_of_a_slot() {
	wrong '001:00.0' 1 '001:00.0'
	wrong '01:000.0' 1 '01:000.0'
	wrong '01:00.00' 1 '01:00.00'
	wrong '123:01:00.0' 1 '123:01:00.0'
	wrong '123456789:01:00.0' 1 '123456789:01:00.0'
}

test_numbers_that_are_too_large() {
	wrong '01:20.0' 1 '01:20.0'
	wrong '01:00.8' 1 '01:00.8'
	wrong '00:01.0/20.0' 1 '00:01.0/20.0'
}

test_digits_of_an_id() {
	wrong '10de:1b8' 1 '10de:1b8'
	wrong '10de:1b800' 1 '10de:1b800'
	wrong '10de:1b80:1458' 1 '10de:1b80:1458'
	wrong '10de:1b80:1458:3702:03' 1 '10de:1b80:1458:3702:03'
	wrong '10de:1bg0' 1 '10de:1bg0'
	wrong '[10de:1b80' 1 '?10de:1b80'
}

test_slots_that_are_no_slots() {
	wrong '01:00.' 1 '01:00.'
	wrong ':01:00.0' 1 ':01:00.0'
	wrong '01.00.0' 1 '01.00.0'
	wrong '-1:00.0' 1 '-1:00.0'
	wrong '01:00.0x' 1 '01:00.0x'
	wrong '01:00.0#no-comment' 1 '01:00.0#no-comment'
}

test_paths_that_are_no_paths() {
	wrong '00:01.0/' 1 '00:01.0/'
	wrong '/00:01.0' 1 '/00:01.0'
	wrong '00:01.0//00.0' 1 '00:01.0//00.0'
	wrong '00:01.0/00' 1 '00:01.0/00'
	wrong '00:01/00.0' 1 '00:01/00.0'
}

test_very_deep_path() {
	path=00:01.0
	for hop in 1 2 3 4 5 6 7 8 9 a b c d e f 1 2 3 4 5 6 7 8 9 a b c d e f 1 2 3 4 5 6 7 8 9 a b c d e f; do
		path=$path/$hop.0
	done
	dry "$path"
	no_line 'device address=0*'
	ended 1
}

test_words() {
	wrong 'nvidia' 1 'nvidia'
	wrong 'driver=vfio-pci 01:00.0' 1 '*'
	wrong '  \t nonsense' 5 'nonsense'
}

test_two_devices_on_a_line() {
	wrong '01:00.0 02:00.0' 9 '01:00.0*02:00.0'
	wrong '10de:1b80 10de:10f0' 11 '10de:1b80*10de:10f0'
	wrong '01:00.0 00:01.1/00.0' 9 '*'
	wrong '01:00.0 10de:1b80 02:00.0' 19 '*'
}

test_a_list_of_devices() {
	wrong '10de:1b80,10de:10f0' 1 '10de:1b80*10de:10f0'
	wrong '01:00.0,01:00.1' 1 '01:00.0*01:00.1'
}

test_a_line_of_lspci() {
	wrong '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GP104 [GeForce GTX 1080] [10de:1b80] (rev a1)' \
		9 'write: 01:00.0 10de:1b80'
	wrong '0000:01:00.1 Audio device: NVIDIA Corporation GP104 High Definition Audio Controller (rev a1)' \
		14 'write: 0000:01:00.1'
}

test_other_spellings() {
	wrong '0x10de:0x1b80' 1 'write: 10de:1b80'
	wrong 'pci_0000_01_00_0' 1 'write: 0000:01:00.0'
	wrong '01:00.0,' 1 'write: 01:00.0'
	wrong '01:00.0 0x10de:0x1b80' 9 'write: 10de:1b80'
}

test_unknown_option() {
	wrong '01:00.0 alow=last-display' 9 'alow=last-display'
	wrong '01:00.0 10de:1b80 Optional' 19 'Optional'
	wrong '01:00.0 =' 9 '='
	wrong '01:00.0 optional=yes' 9 'optional=yes'
	wrong '01:00.0 siblings' 9 'siblings'
	wrong '01:00.0   10de:1b80	frobnicate' 21 'frobnicate'
}

test_values_of_options() {
	wrong '01:00.0 siblings=all' 18 'all'
	wrong '01:00.0 siblings=' 18 ''
	wrong '01:00.0 else=host' 14 'host'
	wrong '01:00.0 allow=last-dispaly' 15 'last-dispaly'
	wrong '01:00.0 allow=in-use,all' 22 'all'
	wrong '01:00.0 allow=' 15 ''
	wrong '01:00.0 allow=in-use,' 22 ''
}

test_what_cannot_be_overruled() {
	wrong '01:00.0 allow=no-iommu' 15 'no-iommu'
	wrong '01:00.0 allow=group-not-viable' 15 'group-not-viable'
	wrong '01:00.0 allow=own-parent' 15 'own-parent'
}

test_drivers() {
	wrong '01:00.0 driver=vfio_pci' 16 'vfio-pci'
	wrong '01:00.0 driver=nouveau' 16 'nouveau'
	wrong '01:00.0 driver=' 16 ''
	wrong '01:00.0 driver=../vfio-pci' 16 ''
	wrong '01:00.0 driver=auto' 16 'auto'
}

test_except() {
	wrong '01:00.0 except=02:00.0' 9 'except'
	wrong '10de:1b80 except=' 18 ''
	wrong '10de:1b80 except=02:00.0,x' 26 'x'
	wrong '10de:1b80 except=pci_0000_02_00_0' 18 'write: 0000:02:00.0'
	wrong '10de:1b80 01:00.0 except=02:00.0' 19 'except'
}

test_options_given_twice() {
	wrong '01:00.0 driver=vfio-pci driver=pci-stub' 25 'driver'
	wrong '01:00.0 optional optional' 18 'optional'
}

test_settings() {
	wrong 'set timeout=0' 13 '0'
	wrong 'set timeout=abc' 13 'abc'
	wrong 'set timeout=' 13 ''
	wrong 'set timeout=-1' 13 '-1'
	wrong 'set timeout=99999999999999999999' 13 '99999999999999999999'
	wrong 'set tiemout=5' 5 'tiemout=5'
	wrong 'set' '*' ''
	wrong 'set timeout 5' 5 'timeout'
}

test_bridges_cannot_be_named() {
	wrong '00:01.0' 1 '0000:00:01.0*bridge'
	wrong '00:1f.0' 1 '0000:00:1f.0*bridge'
	wrong '00:00.0' 1 '0000:00:00.0*bridge'
	wrong '00:01' 1 'bridge'
	wrong '8086:1901' 1 'bridge'
}

test_every_mistake_of_a_line_is_listed() {
	wrong '01:00.0 foo bar' 9 'foo'
	line 'error at=/etc/vfio-early.conf:1:13 text=*bar*'
}

test_the_other_lines_stand() {
	dry '01:00.0 foo\n\n02:00.0\n09:0'
	line 'error at=/etc/vfio-early.conf:1:9 *'
	taken 0000:02:00.0 0000:02:00.1
	line 'device address=0000:02:00.0 *for=/etc/vfio-early.conf:3 *'
	line 'device address=- select=09:0 for=/etc/vfio-early.conf:4 result=absent'
	line 'result status=degraded *'
	ended 1
}

test_bytes_that_do_not_belong_there() {
	wrong '01:00.0 \001' 9 '01'
	wrong '01:00.0\377' 8 'ff'
	wrong '01:00.0 \000' 9 '00'
	wrong '\033[2J' 1 '1b'
}

test_columns_are_bytes() {
	wrong '\tfoo' 2 'foo'
	wrong '\357\273\277foo' 4 'foo'
}

test_line_that_is_too_long() {
	wrong "01:00.0 $(printf '%05000d' 0)" '*' 'long'
}

test_error_in_a_drop_in() {
	mkdir "$root/etc/vfio-early.conf.d"
	printf '\n\n02:00.0 foo\n' >"$root/etc/vfio-early.conf.d/10-x.conf"
	dry '01:00.0'
	line 'error at=/etc/vfio-early.conf.d/10-x.conf:3:9 text=*foo*'
	taken 0000:01:00.0 0000:01:00.1
}

test_id_with_other_prefixes() {
	for pasted in 0X10de:0X1b80 0x10DE:0x1B80 '10de:1b80,' '(10de:1b80)'; do
		dry "$pasted"
		line 'error at=/etc/vfio-early.conf:1:1 text=*write: 10*'
	done
	for nothing in 0 0x 00: 0y10de:1b80; do
		dry "$nothing"
		line 'error at=/etc/vfio-early.conf:1:1 *'
		no_line 'error *write:*'
	done
}

# shellcheck source=/dev/null
. shunit2
