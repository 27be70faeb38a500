#!/bin/sh
# The corpora of tests/fuzz once more: inputs that were worth keeping, through each target, with the sanitizers.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

replay() {
	target=$1
	set -- "$top/tests/fuzz/corpus/$target"/*
	"$top/build/test/replay/$target" "$@" >"$out" 2>"$err"
	sound $?
	exact "$# inputs"
}

suite() {
	for target in "$top"/tests/fuzz/targets/*.c; do
		name=$(basename "$target" .c)
		eval "test_$name() { replay $name; }"
		suite_addTest "test_$name"
	done
}

# shellcheck source=/dev/null
. shunit2
