# Runs a command with all that it starts in a session of its own, which ends when
# this script ends, however that is. Sourced.
# shellcheck shell=sh

session=

trap '[ -z "$session" ] || kill -TERM "-$session" 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM HUP

session_start() {
	setsid "$@" &
	session=$!
}

session_running() {
	kill -0 "$session" 2>/dev/null
}

session_wait() {
	code=0
	wait "$session" || code=$?
	session=
	return "$code"
}
