#!/bin/sh
# The build itself: whose flags reach the compilers, what is installed where, and how large the boot program is.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

LIMIT=49152			# bytes of the boot program, from klcc on amd64 with our own flags
source=$work/source
unset MAKEFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS CC BOOT_CC WERROR DESTDIR prefix

setUp() {
	rm -rf "$source"
	mkdir "$source"
	cp -r "$top/Makefile" "$top/early" "$top/hooks" "$top/initramfs-tools" "$top/dracut-module" "$source"
	# a compiler that only notes how it was called
	cat >"$work/compiler" <<-.
		#!/bin/sh
		echo " \$* " >>"$work/calls"
		while [ "\$1" != -o ]; do shift; done
		: >"\$2"
	.
	chmod +x "$work/compiler"
	: >"$work/calls"
}

# build [NAME=VALUE | TARGET]... : in the copy of the sources, with the compiler that notes its calls
build() {
	make -s -C "$source" CC="$work/compiler" BOOT_CC="$work/compiler" "$@" >"$out" 2>"$err" || fail "make: $(cat "$err")"
}

# few: of as many long lines what a person reads
few() {
	head -n 3 | cut -c -200
}

# all_have PATTERN FLAGS, none_has PATTERN FLAGS: of the calls that match the pattern
all_have() {
	grep -q -e "$1" "$work/calls" || fail "no call with $1"
	grep -e "$1" "$work/calls" | grep -Fv -e "$2" | few >"$work/without"
	assertEquals "calls without $2" '' "$(cat "$work/without")"
}

none_has() {
	assertEquals "calls with $2" '' "$(grep -e "$1" "$work/calls" | grep -Fe "$2" | few)"
}

compiles=' -c -o '
links='[^c] -o '

test_flags_of_the_environment() {
	CPPFLAGS=-DBY_A_PACKAGER CFLAGS='-O3 -g' LDFLAGS=-Wl,-z,now build all
	all_have "$compiles" ' -DBY_A_PACKAGER -O3 -g '
	all_have "$links" ' -O3 -g -Wl,-z,now '
}

test_flags_on_the_command_line_of_make() {
	build CPPFLAGS=-DBY_A_PACKAGER CFLAGS='-O3 -g' LDFLAGS=-Wl,-z,now all
	all_have "$compiles" ' -DBY_A_PACKAGER -O3 -g '
	all_have "$links" ' -O3 -g -Wl,-z,now '
}

test_other_flags_make_all_anew() {
	build all
	calls=$(wc -l <"$work/calls")
	build all
	assertEquals 'calls where nothing has changed' "$calls" "$(wc -l <"$work/calls")"
	build WERROR=1 all
	assertEquals 'calls because of -Werror' "$calls" "$(wc -l <"$work/calls")"
	build CFLAGS=-O3 all
	assertEquals 'calls' $((2 * calls)) "$(wc -l <"$work/calls")"
}

test_warnings_are_errors_on_demand_only() {
	build all
	none_has . -Werror
	setUp
	build WERROR=1 all
	all_have "$compiles" ' -Werror '
}

test_the_boot_program_is_stripped_unless_it_is_to_be_debugged() {
	build build/vfio-early-boot
	all_have "$links" ' -s '
	setUp
	build CFLAGS=-g build/vfio-early-boot
	none_has "$links" ' -s '
}

test_install() {
	DESTDIR=$work/destination prefix=/usr build install
	(cd "$work/destination" && find . -type f | sort) >"$out"
	exact ./usr/bin/vfio-early
	exact ./usr/lib/vfio-early/vfio-early-boot
	exact ./usr/share/initramfs-tools/hooks/vfio-early
	exact ./usr/share/initramfs-tools/scripts/init-top/00-vfio-early
	exact ./usr/lib/dracut/modules.d/90vfio-early/module-setup.sh
	exact ./usr/lib/systemd/system/vfio-early-boot.service
	assertEquals 'files that name another prefix' '' "$(grep -rl -e /usr/local -e @bindir@ "$work/destination")"
	assertEquals 'files that name where they were put together' '' "$(grep -rl "$work" "$work/destination")"
	DESTDIR=$work/destination prefix=/usr build uninstall
	assertEquals '' "$(find "$work/destination" -type f)"
}

# real_build NAME=VALUE... : a real build of the boot program, with these flags, which runs
real_build() {
	make -s -C "$source" -j "$(nproc)" "$@" build/vfio-early-boot >"$out" 2>&1 || fail "make $*: $(grep -v "^  " "$out" | few)"
	"$source/build/vfio-early-boot" --version >"$out"
	line 'vfio-early-boot [0-9]*'
}

# As dpkg-buildflags (Debian 12 and 13) and rpm of Fedora give them.
test_klcc_builds_with_the_flags_of_distributions() {
	command -v klcc >/dev/null || { skip 'no klcc'; return; }
	real_build CFLAGS='-g -O2 -fstack-protector-strong -fstack-clash-protection -Wformat -Werror=format-security -flto=auto' \
		CPPFLAGS='-Wdate-time -D_FORTIFY_SOURCE=2' LDFLAGS='-Wl,-z,relro -Wl,-z,now -flto=auto'
}

test_size_of_the_boot_program() {
	flags=$(cat "$top/build/boot/flags")
	case $(uname -m):$flags in
	x86_64:klcc\ *\ klcc\ *\ -s) ;;
	*) skip "not from klcc on amd64 with our own flags: $flags"; return ;;
	esac
	size=$(stat -c %s "$top/build/vfio-early-boot")
	[ "$size" -lt $LIMIT ] || fail "the boot program has $size bytes, not less than $LIMIT"
}

# shellcheck source=/dev/null
. shunit2
