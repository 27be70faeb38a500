#!/bin/sh
# What the configuration files may look like, and in which order they are read.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
	rm -f "$conf"
	mkdir "$root/etc/vfio-early.conf.d"
}

# drop_in NAME TEXT
drop_in() {
	printf '%s\n' "$2" >"$root/etc/vfio-early.conf.d/$1"
}

test_no_configuration() {
	rmdir "$root/etc/vfio-early.conf.d"
	run_dry
	line 'result status=nothing bound=0 already=0 refused=0 failed=0 absent=0 planned=0'
	no_line 'error *'
	ended 0
}

test_empty_configuration() {
	dry ''
	line 'result status=nothing *'
	: >"$conf"
	run_dry
	line 'result status=nothing *'
	ended 0
}

test_comments() {
	dry '# 01:00.0\n  # 02:00.0\n#\n02:00.0 # the second\n\t# \303\251\n'
	taken 0000:02:00.0 0000:02:00.1
	no_line 'error *'
	ended 0
}

test_comment_behind_a_tab() {
	dry '02:00.0\t# the second'
	taken 0000:02:00.0 0000:02:00.1
	ended 0
}

test_no_newline_at_the_end() {
	printf '01:00.0' >"$conf"
	run_dry
	taken 0000:01:00.0 0000:01:00.1
}

test_crlf() {
	dry '01:00.0\r\n02:00.0 optional\r\n\r'
	taken 0000:01:00.0 0000:01:00.1 0000:02:00.0 0000:02:00.1
	no_line 'error *'
	ended 0
}

test_bom() {
	dry '\357\273\27701:00.0'
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_bom_and_comment() {
	dry '\357\273\277# comment\n01:00.0'
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:2 *'
}

test_blanks_around() {
	dry '  \t01:00.0 \t  optional  '
	taken 0000:01:00.0 0000:01:00.1
	ended 0
}

test_drop_ins_alone() {
	drop_in 50-gpu.conf 01:00.0
	run_dry
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf.d/50-gpu.conf:1 *'
}

test_order_of_drop_ins() {
	drop_in 90.conf 01:00.0
	drop_in a.conf 01:00.0
	drop_in Z.conf 01:00.0
	run_dry
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf.d/90.conf:1 *'
	rm "$root/etc/vfio-early.conf.d/90.conf"
	run_dry
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf.d/Z.conf:1 *'
}

test_the_file_comes_before_the_drop_ins() {
	drop_in 00.conf 01:00.0
	dry 02:00.0
	taken 0000:02:00.0 0000:02:00.1 0000:01:00.0 0000:01:00.1
	dry 01:00.0
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:1 *'
}

test_other_files_in_the_directory() {
	drop_in 50-gpu.conf.bak 01:00.0
	drop_in 50-gpu.conf~ 01:00.0
	drop_in .hidden.conf 01:00.0
	drop_in conf 01:00.0
	drop_in .conf 01:00.0
	drop_in README nonsense
	run_dry
	line 'result status=nothing *'
	ended 0
}

test_same_line_twice() {
	dry '01:00.0\n01:00.0'
	taken 0000:01:00.0 0000:01:00.1
	line 'device address=0000:01:00.0 *for=/etc/vfio-early.conf:1 *'
	ended 0
}

test_words_that_begin_like_a_setting() {
	dry 'settimeout=5'
	line 'error at=/etc/vfio-early.conf:1:1 text=*settimeout=5*'
	dry 'set\ttimeout=5\n02:00.0'
	no_line 'error *'
	dry set
	line 'error at=/etc/vfio-early.conf:1:4 text="no such setting: *"'
}

# shellcheck source=/dev/null
. shunit2
