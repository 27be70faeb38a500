#!/bin/sh
# What a dry run costs in system calls: a slot the same on every machine, an ID no more than it must.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# calls FUNCTIONS CONFIGURATION: system calls of a dry run on a machine of that size, in $calls
calls() {
	[ "$(cat "$work/size" 2>/dev/null)" = "$1" ] || {
		awk -v functions="$1" -f "$top/tests/tools/big-machine.awk" >"$work/big"
		machine "$work/big"
		echo "$1" >"$work/size"
	}
	configure "$2"
	strace -f -o "$work/calls" "$BOOT" --dry-run --root "$root" >"$out"
	calls=$(wc -l <"$work/calls")
}

test_slot() {
	calls 20 '01:00.1 siblings=none'
	few=$calls
	calls 500 '01:00.1 siblings=none'
	[ "$calls" -le "$few" ] || fail "$few calls with 20 functions, $calls with 500"
}

# Another display for the host is near: nobody looks any further. The list of names takes some memory.
test_display() {
	calls 20 '01:00.0'
	few=$calls
	calls 500 '01:00.0'
	[ "$calls" -le $((few + 2)) ] || fail "$few calls with 20 functions, $calls with 500"
}

test_path() {
	calls 20 '00:01.0/00.1 siblings=none'
	few=$calls
	calls 500 '00:01.0/00.1 siblings=none'
	[ "$calls" -le "$few" ] || fail "$few calls with 20 functions, $calls with 500"
}

test_nothing() {
	calls 20 ''
	few=$calls
	calls 500 ''
	[ "$calls" -le "$few" ] || fail "$few calls with 20 functions, $calls with 500"
}

test_id() {
	calls 20 '10de:1b80'
	few=$calls
	calls 500 '10de:1b80'
	[ $(((calls - few) / 480)) -le 4 ] || fail "$few calls with 20 functions, $calls with 500"
}

# shellcheck source=/dev/null
. shunit2
