#!/bin/sh
# Every function of every real machine as the one that is asked for: exactly what the design says is taken or refused.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

# select_each PROGRAM < LIST: a dry run for each line "ADDRESS CONFIGURATION"
select_each() {
	while read -r address selector; do
		echo "$selector" >"$conf"
		echo "select $address"
		"$1" --dry-run --root "$root"
		echo "exit $?"
	done
}

# Only the words for people are left out: they are held by other suites.
without_texts() {
	sed '/^vfio-early /d; s/ remedy=".*"$//; s/^error at=.*1:1 text="\([^ ]* is a bridge\).*/error \1/' "$1"
}

check_machine() {
	table=$top/tests/machines/$1.tsv
	machine "$table"
	awk -f "$here/machines.awk" "$table" >"$work/expected"

	awk -F '\t' '!/^#/ { print $2, $2 }' "$table" >"$work/slots"
	select_each "$BOOT" <"$work/slots" >"$out" 2>&1
	without_texts "$out" >"$work/actual"
	same "$work/expected" "$work/actual"

	# a path and an ID are the same as the slot
	sed -n 's|^device address=\([^ ]*\) path=\([^ ]*\) id=\([^ ]*\) .*for=/etc.*|\1 \2 \3|p' "$out" >"$work/paths"
	select_each "$BOOT" <"$work/paths" 2>&1 >"$work/by-path"
	same_but_bridges "$out" "$work/by-path"

	# a sample with the sanitized build
	awk 'NR % 25 == 1' "$work/slots" | select_each "$BOOT_ASAN" >"$work/sample" 2>&1
	assertEquals 'sanitized' '' "$(grep -Fvx -f "$out" "$work/sample")"
}

same() {
	difference=$(diff "$1" "$2" | head -n 20)
	assertEquals '' "$difference"
}

# The blocks of bridges, which cannot be named, are left out of the first.
same_but_bridges() {
	awk '
		/^select / { if (!bridge) printf "%s", block; block = ""; bridge = 0 }
		{ block = block $0 "\n" }
		/^error / { bridge = 1 }
		END { if (!bridge) printf "%s", block }
	' "$1" >"$work/no-bridges"
	same "$work/no-bridges" "$2"
}

suite() {
	for table in "$top"/tests/machines/*.tsv; do
		name=$(basename "$table" .tsv)
		function=test_$(echo "$name" | tr - _)
		eval "$function() { check_machine $name; }"
		suite_addTest "$function"
	done
}

# shellcheck source=/dev/null
. shunit2
