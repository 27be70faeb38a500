#!/bin/bash
# dracut module of the tests: the drivers that compete for the devices, and the
# programs that look at what became of them.
# shellcheck disable=SC2154 # dracut sets what is not set here

check() {
    return 255
}

installkernel() {
    # shellcheck disable=SC2086
    hostonly='' instmods $drivers
}

install() {
    inst_multiple lspci dmesg stat basename readlink sort head cat sleep
    inst_simple /usr/local/sbin/vfio-open /usr/sbin/vfio-open
    inst_simple /usr/local/sbin/vm-exit /usr/sbin/vm-exit
    inst_simple /usr/share/misc/pci.ids
    [[ ! -e /usr/bin/vfio-early ]] || inst /usr/bin/vfio-early
    inst_simple "$moddir/findings" /usr/sbin/vm-findings
    inst_simple "$moddir/drivers-first" /usr/sbin/vm-drivers-first
    if dracut_module_included systemd; then
        for unit in vm-drivers-first vm-findings; do
            inst_simple "$moddir/$unit.service" "$systemdsystemunitdir/$unit.service"
            $SYSTEMCTL -q --root "$initdir" add-wants sysinit.target "$unit.service"
        done
    else
        inst_hook cmdline 00 "$moddir/drivers-first.sh"
        inst_hook initqueue/settled 99 "$moddir/findings.sh"
    fi
}
