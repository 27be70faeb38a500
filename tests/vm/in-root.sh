#!/bin/sh
# Runs a command inside an unpacked Debian with /proc mounted. The mount lives in
# a namespace of its own and every process started there ends with the command,
# so nothing is left mounted.
# usage: in-root.sh ROOT COMMAND...
set -eu

root=$1
shift
exec unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LC_ALL=C.UTF-8 "$@"
