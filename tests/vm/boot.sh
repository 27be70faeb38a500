#!/bin/sh
# Boots a kernel and an image in QEMU and takes the guest's findings apart into
# one file a section in OUT. Exit code 0 only if the guest came to its end.
# VM_ARCH=aarch64 boots that; with VM_FIRMWARE=uefi the firmware is UEFI, else a
# BIOS, or a device tree.
# An image that is a kernel by itself is the KERNEL, and IMAGE is empty.
# usage: boot.sh OUT KERNEL IMAGE COMMAND-LINE QEMU-ARGUMENT...
set -eu

out=$1
kernel=$2
image=$3
cmdline=$4
shift 4

# A boot takes some 10 s; this only ends one that hangs.
limit=${VM_TIMEOUT:-300}

mkdir -p "$out"
findings=$out/findings
# The code with which QEMU ends when the guest came to its end.
ended=33
arch=${VM_ARCH:-x86_64}
set -- -accel tcg -m 768 -nodefaults -display none -no-reboot \
    -kernel "$kernel" ${image:+-initrd "$image"} -serial "file:$out/console" "$@"
case $arch in
x86_64)
	# On a busy host the kernel would find its emulated timer too slow, and panic; or itself, and say so at length.
	cmdline="console=ttyS0 panic=-1 no_timer_check rcupdate.rcu_cpu_stall_suppress=1 $cmdline"
	set -- "$@" -cpu qemu64 -serial "file:$findings" \
	    -device isa-debug-exit,iobase=0xf4,iosize=1
	;;
aarch64)
	cmdline="console=ttyAMA0 panic=-1 $cmdline"
	findings=$out/console
	ended=0
	set -- "$@" -cpu cortex-a72
	;;
esac
case ${VM_FIRMWARE:-}-$arch in
uefi-x86_64)
	# It writes its settings back.
	cp /usr/share/OVMF/OVMF_VARS_4M.fd "$out/firmware-settings"
	set -- "$@" \
	    -drive "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd" \
	    -drive "if=pflash,format=raw,unit=1,file=$out/firmware-settings"
	;;
uefi-aarch64) set -- "$@" -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd ;;
esac
set -- "qemu-system-$arch" "$@" -append "$cmdline"
printf '%s\n' "$*" >"$out/command"

code=0
timeout --foreground --kill-after=5 "$limit" "$@" \
    </dev/null >"$out/qemu" 2>&1 || code=$?
case $code in
"$ended") ;;
124 | 137) echo "no result: the guest did not end in $limit s"; exit 1 ;;
*) echo "no result: QEMU ended with $code, see $out/console, $out/qemu"; exit 1 ;;
esac

tr -d '\r' <"$findings" | awk -v out="$out" '
/^@ [a-z-]+$/ { file = out "/" $2; printf "" >file; next }
file != "" { print >file }
'
if [ ! -e "$out/end" ]; then
	echo "no result: the guest did not write all of its findings"
	exit 1
fi
