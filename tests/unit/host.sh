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
	for arguments in frobnicate 'help frobnicate' -x; do
		# shellcheck disable=SC2086 # one or two
		"$VFIO_EARLY" $arguments >"$out" 2>"$err"
		assertEquals "$arguments" 2 $?
		assertEquals "$arguments" '' "$(cat "$out")"
		grep -q '^vfio-early: no such command: .*; see vfio-early --help$' "$err" || fail "$(cat "$err")"
	done
}

# Without a command it is wrong usage all the same: a script may have lost a word.
test_overview() {
	"$VFIO_EARLY" --help >"$work/overview"
	for arguments in help -h ''; do
		# shellcheck disable=SC2086 # none, or one
		"$VFIO_EARLY" $arguments >"$out" 2>"$err"
		assertEquals "$arguments" "$([ -z "$arguments" ] && echo 2 || echo 0)" $?
		cmp "$work/overview" "$out" || fail "$arguments"
		assertEquals "$arguments" '' "$(cat "$err")"
	done
	for arguments in 'help list' 'list -h' '-h list' '--help list'; do
		# shellcheck disable=SC2086 # two
		"$VFIO_EARLY" $arguments >"$out" 2>&1
		assertEquals "$arguments" 0 $?
		assertEquals "$arguments" 'Usage: vfio-early list [OPTION...] [SELECTOR]' "$(head -n 1 "$out")"
	done
	assertEquals "$("$VFIO_EARLY" --version)" "$("$VFIO_EARLY" -V)"
}

# complains TEXT ARGUMENT...
complains() {
	text=$1
	shift
	"$VFIO_EARLY" "$@" >"$out" 2>"$err"
	assertEquals "$*" 2 $?
	assertEquals "$*" "vfio-early: $text" "$(cat "$err")"
	assertEquals "$*" '' "$(cat "$out")"
}

test_what_was_meant() {
	complains 'no such command: lsit; did you mean list? See vfio-early --help' lsit
	complains 'no such command: ver; did you mean verify? See vfio-early --help' ver
	complains 'no such command: x; see vfio-early --help' x
	complains 'list: no such option: --jsn; did you mean --json? See vfio-early list --help' list --jsn
	complains 'list: no such option: -x; see vfio-early list --help' list -x
	complains 'check: no such option, or one without a value: --quite=3; did you mean --quiet? See vfio-early check --help' \
		check --quite=3
	complains 'list: -o needs a value; see vfio-early list --help' list -o
	complains 'enable: --root needs a value; see vfio-early enable --help' enable --root
	complains 'list: no such column: adress; did you mean ADDRESS? See vfio-early list --help' list -o adress
	complains 'list: no such column: -; see vfio-early list --help' list -o -
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
