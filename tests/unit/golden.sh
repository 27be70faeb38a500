#!/bin/sh
# Golden plans: the dry run of each fixture prints what stands beside it in NAME.expected.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# A new version is no new plan.
golden() {
	machine "$1"
	run_dry
	sed 's/^vfio-early version=[^ ]*/vfio-early version=VERSION/' "$out" >"$work/actual"
	if [ "${GOLDEN:-}" = write ]; then
		cp "$work/actual" "$fixtures/$1.expected"
	fi
	difference=$(diff -u "$fixtures/$1.expected" "$work/actual") || fail "$difference"
	grep -Eq 'status=(ok|nothing|off) ' "$out"
	assertEquals "exit status" $? "$status"
}

suite() {
	for fixture in "$fixtures"/*.machine; do
		name=$(basename "$fixture" .machine)
		function=test_$(echo "$name" | tr - _)
		eval "$function() { golden $name; }"
		suite_addTest "$function"
	done
}

# shellcheck source=/dev/null
. shunit2
