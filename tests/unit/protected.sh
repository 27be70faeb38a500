#!/bin/sh
# What the image says of the host's uses, and what the boot refuses for it.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

nvme='address=0000:03:00.0 path=00:1b.0/00.0 id=144d:a808'
spi='address=0000:00:1f.5 path=00:1f.5 id=8086:a324'
usb='address=0000:00:14.0 path=00:14.0 id=8086:a36d'

setUp() {
	machine desktop
	manifest=$root/usr/lib/vfio-early/manifest
}

# uses RECORD... : the image says that the host uses this
uses() {
	sed -i '/^use /d' "$manifest"
	for record; do
		echo "use $record" >>"$manifest"
	done
}

# each REASON RECORD SELECTOR... : each of these is refused for it, and with allow= it is not
each() {
	reason=$1
	uses "reason=$2"
	shift 2
	for selector; do
		dry "$selector"
		ended 1
		line "group * result=refused refusal=$reason because=* remedy=*"
		dry "$selector allow=$reason"
		ended 0
		no_line '*refused *'
	done
}

test_boot_disk() {
	each boot-disk "boot-disk $nvme detail=/" 03:00.0 03:00 144d:a808 '00:1b.0/00.0 144d:a808'
	dry 03:00.0
	exact 'group id=16 result=refused refusal=boot-disk because=0000:03:00.0 remedy="the host needs 0000:03:00.0 for /: take another device, or add allow=boot-disk to /etc/vfio-early.conf:1"'
	result 0000:03:00.0 refused
	dry '01:00.0'
	taken 0000:01:00.0 0000:01:00.1
}

test_as_a_sibling() {
	each boot-disk "boot-disk $spi detail=/" 00:1f.3 00:1f.5
	each default-route "default-route $spi" 00:1f.3 00:1f.5
	each root-network "root-network $spi" 00:1f.3 00:1f.5
	each in-use "in-use $spi" 00:1f.3
}

# What a person names is theirs to give, unless the boot waits for it.
test_in_use_is_for_siblings() {
	uses "reason=in-use $spi"
	dry 00:1f.5
	taken 0000:00:1f.3 0000:00:1f.4 0000:00:1f.5
	dry '00:1f.3 siblings=none'
	taken 0000:00:1f.3
	dry '00:1f.3\n00:1f.5'
	taken 0000:00:1f.3 0000:00:1f.4 0000:00:1f.5
}

test_all_reasons_at_once() {
	uses "reason=default-route $spi" 'reason=in-use address=0000:00:1f.4 path=00:1f.4 id=8086:a323 detail=/data' \
		"reason=boot-disk $spi detail=/"
	dry 00:1f.3
	line 'group id=7 result=refused refusal=boot-disk,default-route,in-use because=0000:00:1f.5,0000:00:1f.4 remedy=*'
	has 'needs 0000:00:1f.4 for /data: take another device, or add allow=in-use'
	dry '00:1f.3 allow=boot-disk,default-route'
	line 'group id=7 result=refused refusal=in-use because=0000:00:1f.4 remedy=*'
	dry '00:1f.3 allow=boot-disk,default-route,in-use'
	ended 0
}

# ---- a bus that was renumbered since ----

moved() {
	machine - <<-END
		1  0000:00:01.0 0604 8086:1901 07 pcieport -
		2  0000:00:02.0 0604 8086:1901 07 pcieport -
		3  0000:00:03.0 0604 8086:1901 07 pcieport -
		11 0000:02:00.0 0108 144d:a808 -  -        0000:00:01.0
		12 0000:03:00.0 0108 144d:a808 -  -        0000:00:02.0
		13 0000:04:00.0 0108 1c5c:174a -  -        0000:00:03.0
	END
}

test_moved_and_found_by_its_path() {
	moved
	uses 'reason=boot-disk address=0000:01:00.0 path=00:01.0/00.0 id=144d:a808'
	dry '02:00.0\n03:00.0'
	refused boot-disk 0000:02:00.0
	taken 0000:03:00.0
}

# Its address is a twin's now: both may be it.
test_moved_to_where_a_twin_was() {
	moved
	uses 'reason=boot-disk address=0000:03:00.0 path=00:01.0/00.0 id=144d:a808'
	dry '02:00.0\n03:00.0'
	refused boot-disk 0000:02:00.0
	refused boot-disk 0000:03:00.0
}

# In another slot: any of its kind may be it.
test_moved_and_found_by_its_id() {
	moved
	uses 'reason=boot-disk address=0000:09:00.0 path=00:09.0/00.0 id=144d:a808'
	dry '02:00.0\n03:00.0\n04:00.0'
	refused boot-disk 0000:02:00.0
	refused boot-disk 0000:03:00.0
	taken 0000:04:00.0
}

# Its bridges have other numbers; the address is its own still.
test_twin_of_what_is_found_by_its_address() {
	moved
	uses 'reason=boot-disk address=0000:02:00.0 path=00:09.0/00.0 id=144d:a808'
	dry 144d:a808
	refused boot-disk 0000:02:00.0
	taken 0000:03:00.0
}

test_moved_and_noted_with_an_address_that_is_none() {
	moved
	uses 'reason=boot-disk address=x path=00:09.0/00.0 id=144d:a808'
	dry '02:00.0\n04:00.0'
	refused boot-disk 0000:02:00.0
	taken 0000:04:00.0
}

test_twin_at_another_place() {
	moved
	uses 'reason=boot-disk address=0000:02:00.0 path=00:01.0/00.0 id=144d:a808'
	dry 144d:a808
	refused boot-disk 0000:02:00.0
	taken 0000:03:00.0
}

# ---- what cannot be known ----

test_unknown_disks() {
	uses 'reason=boot-disk address=unknown'
	dry '03:00.0\n00:17.0\n01:00.0'
	refused boot-disk 0000:03:00.0
	refused boot-disk 0000:00:17.0
	taken 0000:01:00.0 0000:01:00.1
	dry '03:00.0 allow=boot-disk'
	taken 0000:03:00.0
}

# A root can be on an SD card, on USB and behind Fibre Channel, too.
test_unknown_disks_are_whatever_may_carry_a_root() {
	for class in 0104 010802 0805 0c0330 0c04; do
		machine - <<-END
			1 0000:00:02.0 0300 8086:3e92 - - -
			2 0000:00:1a.0 $class 8086:4dc4 - - -
			3 0000:00:1b.0 0200 8086:15b7 - - -
			3 0000:00:1b.1 $class 8086:4dc4 - - -
		END
		uses 'reason=boot-disk address=unknown'
		dry '00:1a.0\n00:1b.0'
		refused boot-disk 0000:00:1a.0
		refused boot-disk 0000:00:1b.1
		dry '00:1a.0 allow=boot-disk'
		taken 0000:00:1a.0
	done
}

# Its USB-C connector is on the card.
test_unknown_disks_do_not_keep_the_usb_of_a_card_that_is_named() {
	machine - <<-END
		1 0000:00:02.0 0300 8086:3e92 - i915 -
		2 0000:01:00.0 0300 10de:1e84 - -    -
		2 0000:01:00.2 0c0330 10de:1ad8 - -  -
		3 0000:02:00.0 0c0330 1912:0014 - -  -
		3 0000:02:00.1 0300 10de:1e84 - -    -
		4 0000:01:01.0 0c0330 1912:0014 - -  -
		5 0001:01:00.0 0c0330 1912:0014 - -  -
	END
	uses 'reason=boot-disk address=unknown'
	dry 01:00.0
	taken 0000:01:00.0 0000:01:00.2
	line 'warning text="0000:01:00.2 is taken with its card, and whether the host needs it is not known"'
	dry '01:00.0\n01:01.0\n0001:01:00.0\n02:00.0'
	refused boot-disk 0000:01:01.0
	refused boot-disk 0001:01:00.0
	refused boot-disk 0000:02:00.0
	dry 01:00.2
	refused boot-disk 0000:01:00.2
	dry 02:00.1
	taken 0000:02:00.0 0000:02:00.1
}

test_unknown_network() {
	machine - <<-END
		1 0000:00:1f.6 0200 8086:15b7 - - -
		2 0000:00:17.0 0106 8086:a352 - - -
		3 0000:01:00.0 0c06 15b3:1003 - - -
	END
	uses 'reason=root-network address=unknown'
	dry '00:1f.6\n00:17.0\n01:00.0'
	refused root-network 0000:00:1f.6
	refused root-network 0000:01:00.0
	taken 0000:00:17.0
}

# A record that cannot be read protects too much rather than too little.
test_broken_records() {
	for record in 'reason=boot-disk' 'reason=boot-disk address=x' 'reason=boot-disk address=0000:03:00.0 path=- id=-' \
		'reason=boot-disk address=0000:03:00.0 path=00:1b.0/00.0 id=03:00.0'; do
		uses "$record"
		dry 03:00.0
		refused boot-disk 0000:03:00.0
	done
	uses 'reason=of-tomorrow address=0000:03:00.0'
	dry 03:00.0
	ended 0
}

test_an_image_without_records() {
	uses
	dry 03:00.0
	ended 0
	line 'warning text="the image does not say what the host uses: *"'
	dry '# nothing'
	no_line 'warning *'
}

# A controller takes what hangs below it along.
test_disk_behind_vmd() {
	machine vmd-disk
	uses 'reason=boot-disk address=10000:e1:00.0 path=10000:e0:06.0/00.0 id=144d:a808'
	dry 00:0e.0
	refused boot-disk 10000:e1:00.0
}

# ---- keyboards ----

keyboards() {
	machine - <<-END
		1 0000:00:14.0 0c0330 8086:a36d - - -
		2 0000:01:00.0 0c0330 1b21:1242 - - -
		3 0000:02:00.0 0108   144d:a808 - - -
	END
}

test_last_input() {
	keyboards
	each last-input "last-input $usb" 00:14.0
	dry 01:00.0
	ended 0
}

test_another_keyboard_is_left() {
	keyboards
	uses "reason=last-input $usb" 'reason=last-input address=-'
	dry 00:14.0
	ended 0
	uses "reason=last-input $usb" 'reason=last-input address=0000:01:00.0 path=01:00.0 id=1b21:1242'
	dry 00:14.0
	ended 0
	dry '00:14.0\n01:00.0'
	refused last-input 0000:01:00.0
	taken 0000:00:14.0
	dry '00:14.0\n01:00.0 allow=last-input'
	taken 0000:00:14.0 0000:01:00.0
	# what has no keyboard and comes before takes none
	dry '02:00.0\n01:00.0'
	taken 0000:02:00.0 0000:01:00.0
}

# The first one stays for another reason: then it is left.
test_a_refused_keyboard_is_left() {
	keyboards
	uses "reason=last-input $usb" "reason=default-route $usb" \
		'reason=last-input address=0000:01:00.0 path=01:00.0 id=1b21:1242'
	dry '00:14.0\n01:00.0'
	refused default-route 0000:00:14.0
	taken 0000:01:00.0
}

# ---- USB 1 and 2 functions of one slot ----

companions() {
	machine - <<-END
		1 0000:00:1a.0 0c0300 8086:2937 - - -
		2 0000:00:1a.1 0c0300 8086:2938 - - -
		3 0000:00:1a.7 0c0320 8086:293c - - -
		4 0000:00:1b.0 0403   8086:293e - - -
		5 0000:00:1d.0 0c0300 8086:2934 - - -
		6 0000:00:1d.1 0c0300 8086:2935 - - -
	END
}

test_companions_are_taken_together() {
	companions
	for selector in 00:1a.0 00:1a.1 00:1a.7 '00:1a.7 siblings=none' '00:1a.1\n00:1a.0'; do
		dry "$selector"
		ended 0
		assertEquals "$selector" '0000:00:1a.0 0000:00:1a.1 0000:00:1a.7' \
			"$(sed -n 's/^device address=\([^ ]*\) .*=planned$/\1/p' "$out" | sort | xargs)"
	done
	# without an EHCI among them they are strangers
	dry 00:1d.0
	taken 0000:00:1d.0
}

# The group of the other one has a line of its own, and ends as that says.
test_a_companion_in_a_group_that_is_named() {
	machine - <<-END
		3 0000:00:12.0 0c0310 1002:4397 - - -
		4 0000:00:12.2 0c0320 1002:4396 - - -
		3 0000:00:14.0 0c05   1002:4385 - - -
		3 0000:00:14.2 0403   1002:4383 - - -
	END
	dry '00:14.2 siblings=none\n00:12.2'
	taken 0000:00:12.0 0000:00:14.2 0000:00:12.2
	no_line '*0000:00:14.0*'
	line 'group id=3 result=unchecked'
	line 'group id=4 result=viable'
}

test_companions_are_refused_together() {
	companions
	uses 'reason=in-use address=0000:00:1a.7 path=00:1a.7 id=8086:293c detail=keyboard'
	dry '00:1a.0\n00:1b.0'
	line 'group id=1 result=refused refusal=in-use because=0000:00:1a.7 *'
	line 'group id=3 result=refused refusal=in-use because=0000:00:1a.7 *'
	taken 0000:00:1b.0
	dry '00:1a.0 allow=in-use'
	ended 0
}

# One of them cannot be kept from the host: that is no failure of the others, of which nothing was to change.
test_refused_companions_that_cannot_be_kept_driverless() {
	companions
	uses 'reason=in-use address=0000:00:1a.7 path=00:1a.7 id=8086:293c detail=keyboard'
	boot_with 'override 0000:00:1a.0 none=EIO' '00:1a.0 else=none'
	line 'device address=0000:00:1a.0 *errno=EIO step=override result=failed'
	line 'group id=1 result=failed refusal=in-use *'
	line 'group id=3 result=refused refusal=in-use *'
	ended 1
}

# All are unbound before any is bound, and one that fails takes the others back.
test_companions_in_the_kernel() {
	machine - <<-END
		1 0000:00:1a.0 0c0300 8086:2937 - uhci_hcd -
		3 0000:00:1a.7 0c0320 8086:293c - ehci-pci -
	END
	boot 00:1a.0
	ended 0
	driver 0000:00:1a.0 vfio-pci
	driver 0000:00:1a.7 vfio-pci
	assertEquals 'unbind unbind bind bind' "$(awk '$2 ~ /bind$/ { print $2 }' "$root/sim.log" | xargs)"
	for call in 'bind vfio-pci 0000:00:1a.0' 'bind vfio-pci 0000:00:1a.7' 'unbind ehci-pci 0000:00:1a.7' \
		'override 0000:00:1a.7 vfio-pci'; do
		machine - <<-END
			1 0000:00:1a.0 0c0300 8086:2937 - uhci_hcd -
			3 0000:00:1a.7 0c0320 8086:293c - ehci-pci -
		END
		boot_with "$call=EIO" 00:1a.0
		ended 1
		line 'group id=1 result=failed'
		line 'group id=3 result=failed'
		case $call in bind*) ;; *) not_called '* bind vfio-pci *' ;; esac
		driver 0000:00:1a.0 uhci_hcd
		driver 0000:00:1a.7 ehci-pci
		override 0000:00:1a.0 '(null)'
		override 0000:00:1a.7 '(null)'
	done
}

# shellcheck source=/dev/null
. shunit2
