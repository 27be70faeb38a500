#!/bin/sh
# The shape of the host command: five rooms, each standing only on those below it, and one door to a machine.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

setUp() {
	cd "$top/early" || exit 1
}

# from the top
rooms='commands settings image uses machine'

# room_of FILE, below early/: host/uses/block.h is in uses; main is above all of them, core below
room_of() {
	case $1 in
	host/*/*) room=${1#host/}; echo "${room%%/*}" ;;
	host/*) echo main ;;
	*) echo "${1%%/*}" ;;
	esac
}

# rank ROOM: how far from the top
rank() {
	rank=0
	for room in main $rooms core; do
		[ "$room" != "$1" ] || { echo $rank; return; }
		rank=$((rank + 1))
	done
	echo "no such room: $1" >&2
}

# includes: "FILE INCLUDED" of all host and core files, both below early/
includes() {
	find host core -name '*.[ch]' | while read -r file; do
		sed -n 's/^#include "\(.*\)".*/\1/p' "$file" | while read -r included; do
			echo "$file $(realpath -m --relative-to=. "${file%/*}/$included")"
		done
	done
}

test_no_include_goes_up() {
	includes >"$work/includes"
	assertTrue 'all are seen' "[ $(wc -l <"$work/includes") -gt 300 ]"
	while read -r file included; do
		[ -e "$included" ] || fail "$file: no such file: $included"
		[ "$(rank "$(room_of "$file")")" -le "$(rank "$(room_of "$included")")" ] || fail "$file includes $included"
	done <"$work/includes"
}

# calls WORDS: where host files call one of them; a member of a structure, or the name of a function of ours, is none
calls() {
	grep -rnE --include='*.c' "(^|[^[:alnum:]_>.\"])($1)\(" host | grep -v '^[^:]*:[0-9]*:/\?[ *]*\*'
}

# only FILES WORDS: no host file outside of FILES, a pattern of grep, calls any of them
only() {
	calls "$2" | grep -v "^$1" >"$out"
	assertEquals "outside of $1" '' "$(cat "$out")"
}

opens='open|openat|openat2|fopen|freopen|fdopen|opendir|fdopendir|creat|readlink|readlinkat|realpath|scandir|nftw|glob|statvfs'
looks='stat|lstat|fstat|fstatat|statx|access|faccessat|statfs|fstatfs'
writes='unlink|unlinkat|rename|renameat|renameat2|mkdir|mkdirat|rmdir|symlink|symlinkat|link|linkat|mknod|mkfifo|remove|chmod|fchmod|fchmodat|chown|fchown|truncate|ftruncate|tmpfile|mkstemp|mkdtemp|write|pwrite|flock'
runs='execv|execve|execvp|execvpe|execl|execlp|fexecve|fork|vfork|clone|system|popen|posix_spawn|posix_spawnp|chroot|mount|umount|unshare'
says='printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|putc|fputc|fwrite|perror|warn|warnx|err|errx|error'
opens_itself='syscall|kmod_new|getifaddrs|mnt_table_parse_file|mnt_table_parse_mtab|mnt_table_parse_fstab|mnt_table_parse_swaps|mnt_table_parse_dir'

test_only_machine_opens_writes_and_runs() {
	only host/machine/ "$opens|$looks|$writes|$opens_itself"
	only host/machine/run.c "$runs"
	assertTrue 'it is seen' "[ $(calls "$opens|$writes|$runs" | wc -l) -gt 20 ]"
}

# Below the root of a machine only by openat2().
test_machine_opens_below() {
	only host/machine/below.c syscall
	only 'host/machine/\(machine\|new_tree\|write\).c' 'open|openat|fopen|opendir|fdopendir'
}

test_only_say_speaks() {
	only host/machine/say.c "$says"
}

test_only_tables_have_cells() {
	only host/commands/table.c scols_line_set_data
}

# core/root.c reads through reach.c of the program; no other file of core reads anything.
test_core_reads_at_one_place() {
	grep -rnE --include='*.c' "(^|[^[:alnum:]_>.\"])($opens|$writes|$runs|stat|lstat|fstatat|access)\(" core |
		grep -v '^core/memory.c:.*write(STDERR_FILENO,' >"$out"
	assertEquals '' "$(cat "$out")"
}

test_files_are_short() {
	find host -name '*.[ch]' ! -name redact.c | while read -r file; do
		[ "$(wc -l <"$file")" -le 300 ] || echo "$file: $(wc -l <"$file") lines"
	done >"$out"
	assertEquals '' "$(cat "$out")"
}

# shellcheck source=/dev/null
. shunit2
