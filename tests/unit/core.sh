#!/bin/sh
# Single functions of early/core, where no configuration and no tree can get at what they do.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# core CASE: in both builds, with and without sanitizers, which end alike
core() {
	"$top/build/test/core-plain" "$1" >"$out" 2>"$err"
	status=$?
	"$top/build/test/core" "$1" >"$work/other" 2>"$work/sanitized"
	assertEquals 'exit status of the sanitized build' $status $?
	assertEquals "$(cat "$out")" "$(cat "$work/other")"
}

test_formats() {
	core format
	ended 0
	exact 'text|4294967295|abcd|18446744073709551615|fe|17|abcde|05|000300'
}

test_a_format_that_is_not_known_ends_a_sanitized_build() {
	"$top/build/test/core-plain" wrong-format >"$out" 2>"$err"
	status=$?
	ended 0
	exact 'before '
	# the shell says that it was aborted
	{ "$top/build/test/core" wrong-format >"$out"; } 2>/dev/null
	status=$?
	ended 134
	assertEquals '' "$(cat "$out")"
}

test_memory_is_made_ready_before_any_is_kept() {
	core ready
	ended 0
	exact kept
}

test_more_memory_than_there_is() {
	core endless
	ended 1
	assertEquals 'vfio-early: out of memory' "$(cat "$err")"
}

# shellcheck source=/dev/null
. shunit2
