#!/bin/bash
# dracut module: copies into the image what "vfio-early image" says, and lets it
# run before udev. Nothing here may break an image.
# shellcheck disable=SC2154 # dracut sets what is not set here

# called by dracut
check() {
    local file

    # in the kernel that saves a crash dump nothing is bound
    [[ " $dracutmodules $add_dracutmodules $force_add_dracutmodules " == *\ kdump?(base)\ * ]] && return 1
    for file in /etc/vfio-early.conf /etc/vfio-early.conf.d/*.conf; do
        [[ -e $file || -L $file ]] && return 0
    done
    # devices that only modprobe.d or the kernel command line names
    [[ $(vfio_early_manifest 2> /dev/null) == *$'\nids '* ]] && return 0
    grep -Eqs '(^| )(vfio[.](slots|ids)|vfio[-_]pci[.]ids)=' /proc/cmdline /etc/kernel/cmdline && return 0
    return 255
}

# called by dracut
depends() {
    # whose init runs the hook
    dracut_module_included systemd || echo base
}

vfio_early_manifest() {
    @bindir@/vfio-early image --kernel "$kernel" --builder dracut ${dracutsysrootdir:+--root "$dracutsysrootdir"} "$@"
}

vfio_early_copy() {
    inst_simple "$@" || dwarn "vfio-early: $1 could not be copied into the image"
}

# called by dracut
installkernel() {
    local kind path

    while read -r kind path; do
        [[ $kind == file && $path == /lib/modules/* ]] && vfio_early_copy "$path"
    done < <(vfio_early_manifest 2> /dev/null)
    return 0
}

# called by dracut
install() {
    local items=$initdir/usr/lib/vfio-early/manifest kind path line

    mkdir -p "${items%/*}"
    { vfio_early_manifest --image "$outfile" > "$items"; } 2>&1 | while read -r line; do dwarn "$line"; done
    while read -r kind path; do
        case $kind in
            file) [[ $path == /lib/modules/* ]] || vfio_early_copy "$path" ;;
            program) vfio_early_copy "${path% *}" "${path#* }" ;;
        esac
    done < "$items"
    if dracut_module_included systemd; then
        vfio_early_copy "$systemdsystemunitdir/vfio-early-boot.service"
        $SYSTEMCTL -q --root "$initdir" add-wants sysinit.target vfio-early-boot.service
    else
        # rd.driver.pre loads its modules in 01
        inst_hook cmdline 00 "$moddir/vfio-early.sh"
    fi
    return 0
}
