#!/bin/sh
# Single functions of early/core, where no configuration and no tree can get at what they do.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# core CASE [N]: in both builds, with and without sanitizers, which end alike
core() {
	"$CORE" "$@" >"$out" 2>"$err"
	status=$?
	"$top/build/test/core" "$@" >"$work/other" 2>"$work/sanitized"
	assertEquals 'exit status of the sanitized build' $status $?
	assertEquals "$(cat "$out")" "$(cat "$work/other")"
}

test_formats() {
	core format
	ended 0
	exact 'text|4294967295|abcd|18446744073709551615|fe|17|abcde|05|000300'
}

test_a_format_that_is_not_known_ends_a_sanitized_build() {
	"$CORE" wrong-format >"$out" 2>"$err"
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

test_what_has_no_name() {
	core names
	ended 0
	exact '? errno 4711'
}

test_more_memory_than_there_is() {
	export ASAN_OPTIONS=$ASAN_OPTIONS:allocator_may_return_null=1
	for way in 0 1 2 3; do
		core sizes $way
		ended 1
		assertEquals "$way" 'vfio-early: out of memory' "$(cat "$err")"
		"$CORE" sizes $way 2>&-
		assertEquals "$way, with nowhere to say it" 1 $?
	done
}

# shellcheck source=/dev/null
. shunit2
