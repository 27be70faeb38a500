#!/bin/sh
# Boots a kernel and an image in QEMU and takes the guest's findings apart into
# one file a section in OUT. Exit code 0 only if the guest came to its end.
# With VM_FIRMWARE=uefi the firmware is OVMF, else SeaBIOS.
# usage: boot.sh OUT KERNEL IMAGE COMMAND-LINE QEMU-ARGUMENT...
set -eu

out=$1
kernel=$2
image=$3
cmdline=$4
shift 4

# A boot takes some 10 s; this only ends one that hangs.
limit=${VM_TIMEOUT:-300}

# On a busy host the kernel would find its emulated timer too slow, and panic.
cmdline="console=ttyS0 panic=-1 no_timer_check $cmdline"

ovmf=/usr/share/OVMF

mkdir -p "$out"
set -- qemu-system-x86_64 -accel tcg -cpu qemu64 -m 768 -nodefaults \
    -display none -no-reboot -serial "file:$out/console" \
    -serial "file:$out/findings" \
    -device isa-debug-exit,iobase=0xf4,iosize=1 \
    -kernel "$kernel" -initrd "$image" \
    -append "$cmdline" "$@"
if [ "${VM_FIRMWARE:-}" = uefi ]; then
	# It writes its settings back.
	cp "$ovmf/OVMF_VARS_4M.fd" "$out/firmware-settings"
	set -- "$@" \
	    -drive "if=pflash,format=raw,unit=0,readonly=on,file=$ovmf/OVMF_CODE_4M.fd" \
	    -drive "if=pflash,format=raw,unit=1,file=$out/firmware-settings"
fi
printf '%s\n' "$*" >"$out/command"

code=0
timeout --foreground --kill-after=5 "$limit" "$@" \
    </dev/null >"$out/qemu" 2>&1 || code=$?
case $code in
33) ;; # vm-exit 16
124 | 137) echo "no result: the guest did not end in $limit s"; exit 1 ;;
*) echo "no result: QEMU ended with $code, see $out/console, $out/qemu"; exit 1 ;;
esac

tr -d '\r' <"$out/findings" | awk -v out="$out" '
/^@ [a-z-]+$/ { file = out "/" $2; printf "" >file; next }
file != "" { print >file }
'
if [ ! -e "$out/end" ]; then
	echo "no result: the guest did not write all of its findings"
	exit 1
fi
