# Scenarios whose machine has a real root: they set steps=, what is typed in keys=
# and who has the root in server= (see life.sh). Sourced by scenario.sh.
# shellcheck shell=sh disable=SC2154

disks=$out/disks

# disk NAME: a file system of that label on a disk of that name, with one file.
disk() {
	mkdir "$out/files"
	echo "$1 lives" >"$out/files/word"
	mke2fs -qq -t ext4 -L "$1" -d "$out/files" "$disks/$1" 16M >/dev/null
	rm -r "$out/files"
}

# What the scenario has in $etc goes into /etc of the root.
write_etc() {
	(cd "$etc" && find . -type f) | while read -r file; do
		printf 'rm /etc/%s\nwrite %s /etc/%s\n' "$file" "$etc/$file" "$file"
	done >"$out/debugfs"
	debugfs -w -f "$out/debugfs" "$disks/root" >/dev/null 2>&1
}

# The root that scenarios have if they make no other.
root_disk() {
	cp --sparse=always "$("$here/disk.sh" "$dir" "$builder")" "$disks/root"
	write_etc
}

# A root on LUKS over LVM over MD on the disks "a" and "b", and "boot".
stack_disks() {
	stack=$("$here/stack.sh" "$dir") || exit 1
	ln -s "$stack/a" "$stack/b" "$disks/"
	cp --sparse=always "$stack/boot" "$disks/"
	tar -C "$dir/product" -cf "$disks/product" .
}

live() {
	mkdir "$disks"
	configure
	[ -e "$disks/boot" ] || root_disk
	# shellcheck disable=SC2086
	echo "$steps" | VM_KEYS=$keys VM_SERVER=$server "$here/life.sh" "$dir" "$builder" "$out" $machine
}

# at STEP: what follows is about that boot.
at() {
	out=$life/$1
}

life=$out

# What holds for every boot, each of which came to its end.
expect_always() {
	for step in $(echo "$steps" | cut -d ' ' -f 1); do
		at "$step"
		kernel_never_says '(Oops|BUG|general protection|Call Trace):'
		agrees
	done
	out=$life
}

# root_on PATTERN: what the root file system of this boot is on.
root_on() {
	grep -Eq "^$1[^ ]* / " "$out/mounts" ||
	    wrong "expected a root on $1, seen: $(grep ' / ' "$out/mounts")"
}

# refused ADDRESS DRIVER: not taken, and the host has it.
refused() {
	record device "address=$1" result=refused
	hosts "$1" "$2"
}

# given ADDRESS FOR: the machine that boots here has it to give away.
given() {
	record device "address=$1" "for=$2" before=- after=vfio-pci result=bound
	driver "$1" vfio-pci
}

# needed ADDRESS REFUSAL FOR: its group is refused, because the host is known to
# need it for that.
needed() {
	record group result=refused "refusal=$2" "because=$1"
	grep -q "^group .* because=$1 remedy=\"the host needs $1 for $3[:,]" "$out/log" ||
	    wrong "the log does not say that the host needs $1 for $3"
}
