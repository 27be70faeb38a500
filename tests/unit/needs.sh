#!/bin/sh
# What "check" says of what vfio-pci, a guest and a reset need, and of who will miss what is taken.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

devices=sys/bus/pci/devices

# put PATH TEXT
put() {
	mkdir -p "$(dirname "$root/$1")"
	printf '%s\n' "$2" >"$root/$1"
}

# server LINE... : a machine with a display of its own, and these functions
server() {
	{
		echo '1 0000:00:02.0 0300 1a03:2000 - ast -'
		echo '2 0000:00:01.0 0604 8086:1901 - pcieport -'
		printf '%s\n' "$@"
	} >"$work/server"
	machine "$work/server"
}

# ---- the denylist of vfio-pci ----

# denied LEVEL
denied() {
	host check 05:00.0
	line "$1 denylist *05:00.0: vfio-pci refuses 8086:* (*, on its denylist)*"
}

test_every_device_on_the_denylist() {
	for id in 0435 0443 19e2 19e3 37c8 37c9 0b25 0cfe; do
		server "20 0000:05:00.0 0b40 8086:$id - - 0000:00:01.0"
		denied FAIL
		line "FAIL denylist *8086:$id *the bind will fail with EINVAL"
		line ' *fix: options vfio-pci disable_denylist=1 in modprobe.d, if the guest is trusted'
		ended 1
	done
}

test_what_is_not_on_the_denylist() {
	# newer QAT, a number of somebody else, another driver
	for device in '8086:4940 -' '1002:37c8 -'; do
		server "20 0000:05:00.0 0b40 ${device% *} - - 0000:00:01.0"
		host check 05:00.0
		no_line '*denylist*'
	done
	server '20 0000:05:00.0 0b40 8086:37c8 - - 0000:00:01.0'
	host check '05:00.0 driver=pci-stub'
	no_line '*denylist*'
}

test_a_sibling_on_the_denylist() {
	server '20 0000:05:00.0 0200 8086:10d3 - - 0000:00:01.0' '20 0000:05:00.1 0b40 8086:37c8 - - 0000:00:01.0'
	host check 05:00.0
	line 'FAIL denylist *05:00.1: vfio-pci refuses 8086:37c8 *'
}

test_denylist_of_older_kernels() {
	server 'kernel 6.1.0-9-amd64' '20 0000:05:00.0 0880 8086:0b25 - - 0000:00:01.0'
	denied WARN
	ended 0
	server 'kernel 5.10.0-9-amd64' '20 0000:05:00.0 0b40 8086:37c8 - - 0000:00:01.0'
	denied FAIL
}

test_denylist_that_is_disabled() {
	server '20 0000:05:00.0 0b40 8086:37c8 - - 0000:00:01.0'
	for text in 'options vfio-pci disable_denylist=1' 'options vfio_pci ids=1234:5678 disable_denylist=Y' \
		'options vfio_pci disable_denylist'; do
		put etc/modprobe.d/vfio.conf "$text"
		denied PASS
		line 'PASS denylist *disable_denylist is set, and it is (/etc/modprobe.d/vfio.conf:1)'
		ended 0
	done
	# a later file, a later word
	put etc/modprobe.d/zz.conf 'options vfio-pci disable_denylist=0'
	denied FAIL
	for word in vfio_pci.disable_denylist=1 vfio-pci.disable_denylist=y vfio-pci.disable_denylist; do
		cmdline "quiet $word"
		denied PASS
		line 'PASS denylist *(the kernel command line)'
	done
	rm "$root/etc/modprobe.d/zz.conf"
	cmdline 'quiet vfio-pci.disable_denylist=n'
	denied FAIL
}

test_denylist_of_a_driver_that_is_built_in() {
	server '20 0000:05:00.0 0b40 8086:37c8 - - 0000:00:01.0'
	put etc/modprobe.d/vfio.conf 'options vfio-pci disable_denylist=1'
	put sys/module/vfio_pci/parameters/disable_denylist N
	denied FAIL
	line ' *fix: vfio-pci.disable_denylist=1 on the kernel command line, if the guest is trusted'
	put sys/module/vfio_pci/initstate live
	denied PASS
	# by hand, and gone at the next boot
	rm "$root/etc/modprobe.d/vfio.conf"
	put sys/module/vfio_pci/parameters/disable_denylist Y
	denied FAIL
}

# ---- a card whose functions are in several groups ----

# amd_card ATTRIBUTE: a card with a switch
amd_card() {
	server '34 0000:02:00.0 0604 1002:1478 c5 pcieport 0000:00:01.0 pcie=5' \
		'35 0000:03:00.0 0604 1002:1479 - pcieport 0000:02:00.0' \
		"36 0000:04:00.0 0300 1002:7340 c5 amdgpu 0000:03:00.0 $1" \
		"37 0000:04:00.1 0403 1002:ab38 - snd_hda_intel 0000:03:00.0 $1"
}

test_audio_in_a_group_of_its_own() {
	amd_card reset_method=bus
	host check 04:00.0
	exact "WARN card      04:00.1 (audio) of the same card is in group 37 and stays with the host: no sound over its outputs, \
and VFIO can reset 04:00.0 by its bus only with it (QEMU: \"depends on group 37 which is not owned\")"
	line ' *fix: select 04:00 (all functions), or 04:00.0 04:00.1'
	no_line 'WARN reset *'
	ended 0
	for selectors in 04:00 '04:00.0 04:00.1'; do
		# shellcheck disable=SC2086 # two words
		host check $selectors
		no_line 'WARN card *'
		no_line 'WARN reset *'
	done
	amd_card reset_method=flr
	host check 04:00.0
	line 'WARN card *04:00.1 (audio) *no sound over its outputs'
	no_line '*not owned*'
}

# Named with siblings=none it stays, too.
test_audio_in_the_same_group() {
	machine desktop
	host check 02:00.0
	no_line 'WARN card *'
	host check '02:00.0 siblings=none'
	line 'WARN card *02:00.1 (audio) of the same card is in group 15 and stays with the host*'
}

test_audio_behind_another_port_of_the_card() {
	server '34 0000:02:00.0 0604 8086:1576 01 pcieport 0000:00:01.0 pcie=5' \
		'35 0000:03:01.0 0604 8086:1576 - pcieport 0000:02:00.0' \
		'35 0000:03:04.0 0604 8086:1576 - pcieport 0000:02:00.0' \
		'36 0000:04:00.0 0300 8086:56a0 08 xe 0000:03:01.0' \
		'37 0000:05:00.0 0403 8086:4f90 - snd_hda_intel 0000:03:04.0' \
		'7 0000:00:1f.3 0403 8086:a348 10 snd_hda_intel -'
	host check 04:00.0
	line 'WARN card *05:00.0 (audio) of the same card is in group 37 and stays with the host: no sound over its outputs'
	line ' *fix: select 04:00.0 05:00.0'
	no_line '*00:1f.3*'
	host list --display
	line '*-05:00.0 *'
	no_line '*00:1f.3*'
}

# The chipset may be a switch, too: what hangs below it is no card.
test_no_card_but_a_chipset() {
	server '34 0000:02:00.0 0604 1022:57ad 01 pcieport 0000:00:01.0 pcie=5' \
		'35 0000:03:01.0 0604 1022:57a3 - pcieport 0000:02:00.0' \
		'35 0000:03:04.0 0604 1022:57a3 - pcieport 0000:02:00.0' \
		'36 0000:04:00.0 0300 10de:1c03 08 nouveau 0000:03:01.0' \
		'37 0000:05:00.0 0403 10de:10f1 - snd_hda_intel 0000:03:04.0'
	host check 04:00.0
	no_line 'WARN card *'
}

test_usb_of_a_card() {
	server '20 0000:05:00.0 0300 10de:1e87 - nvidia 0000:00:01.0' '21 0000:05:00.1 0403 10de:10f8 - snd_hda_intel 0000:00:01.0' \
		'22 0000:05:00.2 0c03 10de:1ad8 - xhci_hcd 0000:00:01.0' '23 0000:05:00.3 0c80 10de:1ad9 - nvidia-gpu 0000:00:01.0' \
		'24 0000:05:00.4 1180 10de:1ada - - 0000:00:01.0'
	host check 05:00.0
	line 'WARN card *05:00.1 (audio) of the same card is in group 21 *: no sound over its outputs'
	line 'WARN card *05:00.2 (USB) of the same card is in group 22 *: no USB at its USB-C port'
	line 'WARN card *05:00.3 (USB-C controller) of the same card is in group 23 *: *'
	line 'WARN card *05:00.4 (another part) of the same card is in group 24 *'
	line ' *fix: select 05:00 (all functions), or 05:00.0 05:00.1 05:00.2 05:00.3 05:00.4'
	host check 05:00.0 05:00.1 05:00.3 05:00.4
	assertEquals 1 "$(grep -c '^WARN card' "$out")"
}

# Its maker's functions belong to it; those of the processor's maker on its slot are the host's.
test_graphics_of_an_amd_processor() {
	machine - <<-END
		cpu amd
		1 0000:00:01.0 0300 1a03:2000 - ast -
		2 0000:00:08.1 0604 1022:1635 - pcieport -
		10 0000:0b:00.0 0300 1002:1638 c8 amdgpu 0000:00:08.1 reset_method=bus
		11 0000:0b:00.1 0403 1002:1637 - snd_hda_intel 0000:00:08.1
		12 0000:0b:00.2 1080 1022:15df - ccp 0000:00:08.1
		13 0000:0b:00.3 0c03 1022:1639 - xhci_hcd 0000:00:08.1
	END
	host check 0b:00.0
	line 'WARN card *0b:00.1 (audio) of the same card is in group 11 and stays with the host: no sound over its outputs, *'
	line ' *fix: select 0b:00.0 0b:00.1'
	no_line '*all functions*'
	line 'WARN reset *VFIO can reset 0b:00.0 * by its bus only, and only with 0b:00.2 (group 12), 0b:00.3 (group 13), which the host keeps *'
	host list --display
	line '*-0b:00.1 *'
	no_line '*-0b:00.3 *'
}

test_sound_of_intels_graphics() {
	server '3 0000:00:03.0 0300 8086:3e92 - i915 -' '7 0000:00:1f.0 0601 8086:a305 - - -' \
		'7 0000:00:1f.3 0403 8086:a348 - snd_hda_intel -' '7 0000:00:1f.4 0c05 8086:a323 - i801_smbus -'
	sed -i 's/00:03.0/00:02.1/' "$work/server"
	machine "$work/server"
	host check 00:02.1
	line 'WARN card *00:1f.3 (audio) of the same chipset is in group 7 and stays with the host: no sound over its outputs'
	line ' *fix: select 00:02.1 00:1f.3'
	host list --display
	line '*-00:1f.3 *'
	line '*-00:1f.4 *'
	no_line '*-00:1f.0 *'
	host list --network
	no_line '*00:1f.3*'
	# of Haswell the sound of its outputs is a function of its own; of another maker there is none
	server '3 0000:00:02.1 0300 8086:0412 - i915 -' '4 0000:00:03.0 0403 8086:0c0c - snd_hda_intel -' \
		'5 0000:00:1b.0 0403 8086:8c20 - snd_hda_intel -'
	host check 00:02.1
	line 'WARN card *00:03.0 (audio) *'
	no_line '*00:1b.0*'
	server '7 0000:00:1f.3 0403 8086:a348 - snd_hda_intel -' '3 0000:00:03.0 0300 1002:3e92 - radeon -'
	host check 00:03.0
	no_line 'WARN card *'
}

test_a_network_card_is_no_display() {
	server '20 0000:05:00.0 0200 8086:10d3 - - 0000:00:01.0 reset_method=flr' '21 0000:05:00.1 0200 8086:10d3 - - 0000:00:01.0'
	host check 05:00.0
	no_line 'WARN card *'
	no_line 'WARN reset *'
}

# ---- reset ----

test_a_reset_that_others_share() {
	for methods in bus cxl_bus 'bus cxl_bus'; do
		server '20 0000:05:00.0 0200 8086:10d3 - - 0000:00:01.0' '21 0000:05:00.1 0200 8086:10d3 - - 0000:00:01.0'
		put $devices/0000:05:00.0/reset_method "$methods"
		host check 05:00.0
		line 'WARN reset *VFIO can reset 05:00.0 * by its bus only, and only with 05:00.1 (group 21), which the host keeps (QEMU: "depends on group 21 which is not owned")'
		line ' *fix: select what is named as well, if the host can do without it'
		host check 05:00
		no_line 'WARN reset *'
	done
	for methods in flr 'flr bus' 'device_specific bus' pm; do
		put $devices/0000:05:00.0/reset_method "$methods"
		host check 05:00.0
		no_line 'WARN reset *'
	done
}

# They do not exist when the boot decides.
test_a_reset_with_virtual_functions() {
	server '20 0000:05:00.0 0200 8086:10d3 - - 0000:00:01.0 reset_method=bus' '21 0000:05:10.0 0200 8086:10ed - - 0000:00:01.0'
	ln -s ../0000:05:00.0 "$root/$devices/0000:05:10.0/physfn"
	host check 05:00.0
	no_line 'WARN reset *'
}

test_no_reset_at_all() {
	server '20 0000:05:00.0 0200 8086:10d3 - - 0000:00:01.0' '3 0000:00:14.0 0c03 8086:a36d - xhci_hcd -'
	for address in 05:00.0 00:14.0; do
		put "$devices/0000:$address/reset_method" ''
		host check $address
		line "WARN reset *$address * has no way to be reset: a VM may start only once after each boot"
	done
	# a tree without the file tells nothing
	rm "$root/$devices/0000:05:00.0/reset_method"
	host check 05:00.0
	no_line 'WARN reset *'
	# on a system that runs there is no file where there is no method, since 5.15
	live check 05:00.0
	isSkipping || line 'WARN reset *05:00.0 * has no way to be reset*'
	put proc/sys/kernel/osrelease 5.10.0-9-amd64
	live check 05:00.0
	isSkipping || no_line 'WARN reset *'
}

# ---- what other drivers do ----

test_network_cards_that_dpdk_shares() {
	for class in 0200 0207; do
		server "20 0000:05:00.0 $class 15b3:1017 - mlx5_core 0000:00:01.0"
		host check 05:00.0
		line 'WARN driver *05:00.0 *: DPDK needs no vfio-pci for it*'
		line ' *fix: for DPDK leave it to its driver (mlx4_core, mlx5_core)'
		ended 0
	done
	for function in '0200 8086:1017' '0b40 15b3:1017'; do
		server "20 0000:05:00.0 $function - - 0000:00:01.0"
		host check 05:00.0
		no_line '*DPDK*'
	done
}

# nvidia_vf DRIVER
nvidia_vf() {
	server '20 0000:05:00.0 0302 10de:2236 - nvidia 0000:00:01.0' "21 0000:05:00.4 0302 10de:2236 - $1 0000:00:01.0"
	ln -s ../0000:05:00.0 "$root/$devices/0000:05:00.4/physfn"
	mkdir -p "$root/$devices/0000:05:00.4/vfio-dev/vfio0"
}

test_a_virtual_function_that_its_driver_serves() {
	nvidia_vf nvidia
	host check 05:00.4
	line 'FAIL match *0000:05:00.4 comes to be only after vfio-early: it is a virtual function that nvidia itself hands to VMs (vfio-dev)'
	line ' *fix: leave it to nvidia, and give it to a VM as it is'
	nvidia_vf vfio-pci
	host check 05:00.4
	line 'FAIL match *0000:05:00.4 comes to be only after vfio-early: it is a virtual function'
}

test_verify_leaves_such_a_function_alone() {
	nvidia_vf nvidia
	put $devices/0000:05:00.0/driver_override vfio-pci
	sed -i s/DRIVER=nvidia/DRIVER=vfio-pci/ "$root/$devices/0000:05:00.0/uevent"
	ln -sfn ../../../../bus/pci/drivers/vfio-pci "$root/$devices/0000:05:00.0/driver"
	ln -s "../../../../$(readlink "$root/$devices/0000:05:00.4" | sed 's|\.\./||g')" "$root/sys/kernel/iommu_groups/20/devices/0000:05:00.4"
	cat >"$root/run/vfio-early.log" <<-END
		vfio-early version=0 kernel=6.12.107+deb13-amd64 by=- stamp=0123456789abcdef
		device address=0000:05:00.0 path=- for=- before=- after=vfio-pci result=bound
		group id=20 result=viable
		result status=ok bound=1 already=0 refused=0 failed=0 absent=0 us=1
	END
	host verify
	line 'WARN group 20 *05:00.4 stays with nvidia, which hands it to VMs itself'
	no_line '*unbind*'
	rm -r "$root/$devices/0000:05:00.4/vfio-dev"
	host verify
	line 'FAIL group 20 *no VM can use it: 05:00.4 is on nvidia'
}

# ---- who has it open ----

# opened PROCESS NAME FD PATH
opened() {
	mkdir -p "$root/proc/$1/fd"
	echo "$2" >"$root/proc/$1/comm"
	ln -s "$4" "$root/proc/$1/fd/$3"
}

test_processes_that_have_a_display_open() {
	server '20 0000:05:00.0 0300 10de:1c82 - nouveau 0000:00:01.0' '21 0000:00:03.0 0300 8086:1234 - i915 -'
	on_device 0000:05:00.0 drm drm/card1
	on_device 0000:05:00.0 drm drm/renderD129
	on_device 0000:00:03.0 drm drm/card0
	opened 1234 Xorg 12 /dev/dri/card1
	opened 1234 Xorg 13 /dev/dri/card1
	opened 1234 Xorg 14 /dev/dri/renderD129
	opened 99 gnome-shell 3 /dev/dri/card1
	opened 7 systemd-logind 5 /dev/dri/card0
	opened 8 cat 0 'socket:[1]'
	host check 05:00.0
	line 'WARN in use *the host loses 05:00.0 *: Xorg (1234), gnome-shell (99) have card1 open; Xorg (1234) has renderD129 open'
	no_line '*logind*'
	# what the kernel never makes a link of
	mkdir "$root/proc/55"
	ln -s ../1234/fd "$root/proc/55/fd"
	host check 05:00.0
	no_line '* (55)*'
	host check 00:02.0
	no_line '*open*'
}

test_programs_that_compute_on_a_display() {
	server '20 0000:05:00.0 0302 10de:1e30 - nvidia 0000:00:01.0'
	printf 'Model: \t\t Tesla\nDevice Minor: \t 3\n' >"$work/information"
	put proc/driver/nvidia/gpus/0000:05:00.0/information "$(cat "$work/information")"
	opened 50 ollama 9 /dev/nvidia3
	opened 51 other 9 /dev/nvidia1
	host check 05:00.0
	line 'WARN in use *the host loses 05:00.0 *: ollama (50) has nvidia3 open'
}

# In the system that runs: a process that is really there.
test_a_process_that_runs() {
	server '20 0000:05:00.0 0300 10de:1c82 - nouveau 0000:00:01.0'
	on_device 0000:05:00.0 drm drm/card1
	mkdir -p "$root/dev/dri"
	: >"$root/dev/dri/card1"
	printf '#!/bin/sh\nsleep 60 3<"%s/dev/dri/card1" >/dev/null 2>&1 &\n' "$root" >"$work/before"
	chmod 755 "$work/before"
	live check 05:00.0
	rm "$work/before"
	isSkipping || line 'WARN in use *the host loses 05:00.0 *: sleep (*) has card1 open'
}

test_processes_of_others() {
	server '20 0000:05:00.0 0300 10de:1c82 - nouveau 0000:00:01.0'
	on_device 0000:05:00.0 drm drm/card1
	opened 1234 Xorg 12 /dev/dri/card1
	chmod 0 "$root/proc/1234/fd"
	as_user check 05:00.0 || return
	line 'WARN in use *who has 05:00.0 open is for root to see'
	line ' *fix: sudo vfio-early check'
}

# ---- what does not answer, and what cannot be looked at ----

silent() {
	server '20 0000:05:00.0 0300 10de:1c82 - - 0000:00:01.0'
	awk 'BEGIN { for (i = 0; i < 64; i++) printf "\377" }' >"$root/$devices/0000:05:00.0/config"
}

test_a_device_that_is_switched_off() {
	silent
	host check 05:00.0
	line 'WARN boot *0000:05:00.0 does not answer: power-cycle the machine'
	no_line 'WARN power *'
	put $devices/0000:05:00.0/power_state D3cold
	host check 05:00.0
	line 'WARN power *05:00.0 is switched off now (D3cold) and tells nothing of itself; the boot finds it on'
	no_line '*power-cycle*'
	ended 0
}

test_a_link_that_is_down() {
	silent
	put $devices/0000:00:01.0/current_link_width 0
	host check 05:00.0
	line 'WARN power *05:00.0 does not answer: the link below 00:01.0 is down'
	line ' *fix: seat the card anew, or power-cycle the machine'
	put $devices/0000:00:01.0/current_link_width 16
	host check 05:00.0
	no_line 'WARN power *'
}

# A bridge that shows 64 bytes may make a conventional bus.
test_a_bridge_that_only_root_can_judge() {
	machine - <<-END
		iommu smmu
		1 0000:00:02.0 0300 1a03:2000 - ast -
		8 0000:00:07.0 0604 1b36:000e - - - pcie=7
		9 0000:04:01.0 0200 8086:100e - - 0000:00:07.0
		8 0000:00:08.0 0604 1b36:000c - pcieport -
		11 0000:05:00.0 0200 8086:10d3 - - 0000:00:08.0
	END
	host check 04:01.0
	no_line 'WARN bridge *'
	for bridge in 00:07.0 00:08.0; do
		truncate -s 64 "$root/$devices/0000:$bridge/config"
	done
	host check 04:01.0
	line 'WARN bridge *whether all that is behind 00:07.0 is one to the IOMMU, as on a conventional bus, is for root to see'
	host check 05:00.0
	no_line 'WARN bridge *'
	# where groups say it there is nothing to be seen
	machine conventional-bridge
	host check
	no_line 'WARN bridge *'
}

# ---- a capture ----

test_a_capture_says_the_same() {
	server '20 0000:05:00.0 0b40 8086:37c8 - - 0000:00:01.0' '21 0000:05:00.1 0300 10de:1c82 - - 0000:00:01.0 reset_method=bus'
	put etc/modprobe.d/vfio.conf 'options vfio-pci disable_denylist=1'
	put $devices/0000:05:00.1/power_state D3cold
	awk 'BEGIN { for (i = 0; i < 64; i++) printf "\377" }' >"$root/$devices/0000:05:00.1/config"
	host check 05:00
	line 'PASS denylist *'
	line 'WARN power *'
	cp "$out" "$work/here"
	rm -rf "$work/captured"
	"$VFIO_EARLY" capture --root "$root" "$work/captured" >/dev/null 2>&1
	"$VFIO_EARLY" check --root "$work/captured" 05:00 >"$out" 2>"$err"
	cmp -s "$out" "$work/here" || fail "$(diff "$work/here" "$out")"
	nvidia_vf nvidia
	rm -rf "$work/captured"
	"$VFIO_EARLY" capture --root "$root" "$work/captured" >/dev/null 2>&1
	"$VFIO_EARLY" check --root "$work/captured" 05:00.4 >"$out" 2>"$err"
	line 'FAIL match *nvidia itself hands to VMs*'
}

# shellcheck source=/dev/null
. shunit2
