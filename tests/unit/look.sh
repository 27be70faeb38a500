#!/bin/sh
# What the commands look like on a terminal: nothing passes its edge, and no line ends in blanks.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
: "${VFIO_EARLY:=$top/build/test/vfio-early}"

setUp() {
	machine desktop
	configure '01:00.0'
}

# on_terminal COLUMNS ARGUMENT...: the command on a terminal so wide, without colors
on_terminal() {
	columns=$1
	shift
	script -qec "stty cols $columns rows 50; NO_COLOR=1 '$VFIO_EARLY' $*" /dev/null </dev/null 2>"$err" | tr -d '\r' >"$out"
	[ -s "$out" ] || fail "nothing was printed: $*"
	wide=$(awk -v most="$columns" 'length > most' "$out")
	assertNull "wider than $columns: $wide" "$wide"
	assertNull "blanks at the end: $*" "$(grep ' $' "$out")"
}

has_terminal() {
	script -qec true /dev/null </dev/null >/dev/null 2>&1 || { skip 'no script, or no terminal for it'; return 1; }
}

test_list_at_any_width() {
	has_terminal || return
	disk nvme0n1 0000:03:00.0 8:0
	mounted 8:0 /
	mounted 8:0 "/a/mount/point/with/quite/a/long/name"
	for columns in 72 80 100 200; do
		on_terminal "$columns" list --root "$root"
		line "ADDRESS *NAME*USED-BY*NEXT-BOOT"
		on_terminal "$columns" list --list --root "$root"
		on_terminal "$columns" list --display --root "$root"
	done
	line '*01:00.0 00:01.0/00.0 *10de:1b80 *GP104*'
}

test_what_goes_first() {
	has_terminal || return
	on_terminal 80 list --root "$root"
	no_line 'ADDRESS *PATH*'
	awk '/01:00.0/ && match($0, "GP104 .GeForce") { found = 1 } END { exit !found }' "$out" || fail "NAME is short: $(cat "$out")"
	# what is asked for stays
	on_terminal 80 list -o ADDRESS,PATH,NAME,USED-BY --root "$root"
	line 'ADDRESS *PATH *NAME *USED-BY'
}

test_check_is_wrapped() {
	has_terminal || return
	for columns in 60 80 120; do
		on_terminal "$columns" check --root "$root"
	done
	on_terminal 60 check --root "$root"
	line 'WARN cpu *no hardware virtualization*'
	line '      *machines would be very slow'
}

# Whoever reads a pipe wants a line to be one.
test_a_pipe_is_not_wrapped() {
	host check
	line 'WARN cpu *no hardware virtualization (vmx, svm): virtual machines would be very slow'
	host list
	assertNull "$(grep ' $' "$out")"
	line '*01:00.0 00:01.0/00.0 *10de:1b80 *'
}

test_without_headings() {
	host list --noheadings
	no_line 'ADDRESS *'
	line 'group 14'
	host list -nl -o ADDRESS
	assertEquals 17 "$(grep -c '^[0-9a-f]' "$out")"
	assertEquals 00:00.0 "$(head -n 1 "$out")"
}

test_help_fits() {
	has_terminal || return
	for command in '' list check enable disable verify image import capture; do
		on_terminal 80 "$command" --help
	done
}

# shellcheck source=/dev/null
. shunit2
