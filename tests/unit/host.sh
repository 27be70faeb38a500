#!/bin/sh
# What all commands of the host have in common: help, complaints, and what is lost on the way out.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	machine desktop
}

test_help_fits_a_screen() {
	for command in list check enable disable verify image import capture; do
		"$VFIO_EARLY" $command --help >"$out" 2>"$err"
		assertEquals "$command" 0 $?
		assertTrue "$command" "[ $(wc -l <"$out") -le 24 ]"
		assertEquals "$command" '' "$(LC_ALL=C grep -E '.{81}' "$out")"
		assertTrue "$command is named" "'$VFIO_EARLY' --help | grep -q '^  $command '"
	done
}

test_no_such_command() {
	for arguments in '' frobnicate -h; do
		# shellcheck disable=SC2086 # none, or one
		"$VFIO_EARLY" $arguments >"$out" 2>"$err"
		assertEquals "$arguments" 2 $?
		assertEquals "$arguments" '' "$(cat "$out")"
		grep -q '^vfio-early: .*see vfio-early --help$' "$err" || fail "$(cat "$err")"
	done
}

# An output that is cut off must not pass for all there is to say.
test_output_that_is_lost() {
	for command in --help --version 'list --help' list 'list -J' check 'check -J' verify import 'enable --dry-run 02:00.0'; do
		case $command in --*) set -- ;; *) set -- --root "$root" ;; esac
		# shellcheck disable=SC2086 # it has options
		"$VFIO_EARLY" $command "$@" >/dev/full 2>"$err"
		assertEquals "$command" 3 $?
		grep -q '^vfio-early: standard output: No space left on device$' "$err" || fail "$command: $(cat "$err")"
	done
}

# In a file or a journal a complaint stands behind what it is about.
test_complaints_in_order() {
	configure '# nothing'
	"$VFIO_EARLY" enable --root "$root" 09:00.0 >"$out" 2>&1
	assertEquals 1 $?
	case $(tail -n 1 "$out") in 'vfio-early: enable: refused'*) ;; *) fail "$(cat "$out")" ;; esac
}

# shellcheck source=/dev/null
. shunit2
