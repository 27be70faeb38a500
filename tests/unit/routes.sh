#!/bin/sh
# Which PCI functions the network goes over: down from interfaces of every kind to hardware, or to what is unknown.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"

version=6.12.107+deb13-amd64
nvme='address=0000:03:00.0 path=00:1b.0/00.0 id=144d:a808'
nic='address=0000:00:1f.5 path=00:1f.5 id=8086:a324'
other='address=0000:01:00.1 path=00:01.0/00.1 id=10de:10f0'
usb='address=0000:00:14.0 path=00:14.0 id=8086:a36d'

setUp() {
	machine desktop
	kernel $version
	rm -f "$work/before"
	runs
	interface 0000:00:1f.5 eth0
}

# records [RECORD...]: an image that is built of the tree has these, besides that of the root's disk, and no others
records() {
	host image --kernel $version
	only "$@"
}

only() {
	printf 'use %s\n' "reason=boot-disk $nvme detail=/" "$@" | sort >"$work/wanted"
	grep '^use ' "$out" | sort >"$work/uses"
	cmp -s "$work/wanted" "$work/uses" || fail "$(diff "$work/wanted" "$work/uses")"
}

# software NAME [LOWER...]: an interface without hardware, upon others
software() {
	name=$1 made=$root/sys/devices/virtual/net/$1
	mkdir -p "$made" "$root/sys/class/net"
	ln -s "../../devices/virtual/net/$1" "$root/sys/class/net/$1"
	shift
	for lower; do
		ln -s "$(readlink -f "$root/sys/class/net/$lower")" "$made/lower_$lower"
		ln -s "$made" "$root/sys/class/net/$lower/upper_$name"
	done
}

# port NAME OF: a port of it
port() {
	ln -s "../../devices/virtual/net/$2" "$root/sys/class/net/$1/master"
	ln -s "../$1" "$root/sys/class/net/$2/lower_$1"
	ln -s "../../devices/virtual/net/$2" "$root/sys/class/net/$1/upper_$2"
}

# of_type NAME NUMBER: ARPHRD_...
of_type() {
	echo "$2" >"$root/sys/class/net/$1/type"
}

default_route() {
	route "$1" 00000000 00000000
}

default_is() {
	records "reason=default-route $1 detail=\"default route ($2)\""
}

default_is_unknown() {
	records 'reason=default-route address=unknown'
}

# route6 NAME DESTINATION LENGTH [FLAGS]
route6() {
	mkdir -p "$root/proc/net"
	zero=00000000000000000000000000000000
	echo "$2 $3 $zero 00 $zero 00000400 00000001 00000000 ${4:-00000003} $1" >>"$root/proc/net/ipv6_route"
}

nowhere=00000000000000000000000000000000

# ---- down to hardware ----

test_interfaces_with_links_to_what_is_below() {
	for name in br0 bond0 team0 vlan7 macvlan0 ipvl0 bat0 vrf-blue; do
		setUp
		software $name eth0
		default_route "$name"
		default_is "$nic" "$name"
	done
}

# Its internal port has no link at all; the ports have the datapath for a master.
open_vswitch() {
	software ovs-system
	port "$1" ovs-system
	software ovsbr0
	for name in ovs-system ovsbr0; do
		of_type $name 1
		printf 'INTERFACE=%s\nIFINDEX=9\n' $name >"$root/sys/class/net/$name/uevent"
	done
}

test_open_vswitch() {
	open_vswitch eth0
	default_route ovsbr0
	default_is "$nic" ovsbr0
	host check 00:1f.5
	line 'FAIL default-route *'
	host list -J
	assertEquals 'default route (ovsbr0), ovsbr0' \
		"$(jq -r '.devices[] | select(.address == "0000:00:1f.5") | .used_by' "$out")"
}

test_open_vswitch_on_a_bond() {
	interface 0000:01:00.1 eth1
	software bond0 eth0 eth1
	mkdir "$root/sys/class/net/bond0/bonding"
	open_vswitch bond0
	default_route ovsbr0
	records "reason=default-route $nic detail=\"default route (ovsbr0)\"" \
		"reason=default-route $other detail=\"default route (ovsbr0)\""
}

test_vlan_on_a_port_of_open_vswitch() {
	open_vswitch eth0
	software vlan7 ovsbr0
	default_route vlan7
	default_is "$nic" vlan7
}

test_several_datapaths() {
	interface 0000:01:00.1 eth1
	open_vswitch eth0
	software dp1
	port eth1 dp1
	default_route ovsbr0
	records "reason=default-route $nic detail=\"default route (ovsbr0)\"" \
		"reason=default-route $other detail=\"default route (ovsbr0)\""
}

# Ports of a Linux bridge or bond are no datapath's.
test_open_vswitch_beside_another() {
	for sign in bridge bonding; do
		setUp
		interface 0000:01:00.1 eth1
		software upon
		mkdir "$root/sys/class/net/upon/$sign"
		port eth1 upon
		open_vswitch eth0
		default_route ovsbr0
		records "reason=default-route $nic detail=\"default route (ovsbr0)\"" \
			"reason=in-use $other detail=\"eth1 in upon\""
	done
}

test_hardware_beside_open_vswitch() {
	interface 0000:01:00.1 eth1
	open_vswitch eth0
	default_route eth1
	records "reason=default-route $other detail=\"default route (eth1)\"" "reason=in-use $nic detail=\"eth0 in ovs-system\""
}

# A bridge of Linux that has one of Open vSwitch for a port.
test_open_vswitch_below_a_bridge() {
	interface 0000:01:00.1 eth1
	open_vswitch eth0
	software br0 eth1 ovsbr0
	default_route br0
	records "reason=default-route $nic detail=\"default route (br0)\"" \
		"reason=default-route $other detail=\"default route (br0)\""
}

# The first interface is of no PCI function and the second below it is, as on Hyper-V.
test_hardware_upon_hardware() {
	mkdir -p "$root/sys/devices/platform/vmbus/net/net0"
	ln -s ../../devices/platform/vmbus/net/net0 "$root/sys/class/net/net0"
	ln -s ../eth0 "$root/sys/class/net/net0/lower_eth0"
	default_route net0
	default_is "$nic" net0
}

test_hardware_of_no_pci_function() {
	mkdir -p "$root/sys/devices/platform/soc/net/end0"
	ln -s ../../devices/platform/soc/net/end0 "$root/sys/class/net/end0"
	default_route end0
	records
}

test_usb() {
	on_device 0000:00:14.0 net usb1/1-1/1-1:1.0/net/enx0
	default_route enx0
	default_is "$usb" enx0
}

# ---- what ends in software ----

# Each in a machine of its own, which has an Open vSwitch that it is none of.
test_unknown_default_route() {
	for kind in wireguard tun ppp veth bridge tap vxlan gone; do
		setUp
		[ $kind = gone ] || software out0
		case $kind in
		wireguard | tun) of_type out0 65534 ;;
		tap) of_type out0 1; echo 0x1002 >"$root/sys/class/net/out0/tun_flags" ;;
		ppp) of_type out0 512 ;;
		vxlan) of_type out0 1; echo DEVTYPE=vxlan >"$root/sys/class/net/out0/uevent" ;;
		veth) of_type out0 1; echo 3 >"$root/sys/class/net/out0/ifindex"; echo 2 >"$root/sys/class/net/out0/iflink" ;;
		bridge) of_type out0 1; mkdir "$root/sys/class/net/out0/bridge" ;;
		esac
		[ $kind = gone ] || open_vswitch eth0
		default_route out0
		host image --kernel $version
		line 'use reason=default-route address=unknown'
		no_line 'use reason=default-route address=0*'
	done
}

# Shown, and the same in check, in the image and in the boot: whatever may carry it is guarded.
test_unknown_is_guarded_as_the_worst() {
	machine - <<-END
		1 0000:00:1f.6 0200 8086:15b7 - e1000e -
		2 0000:00:1f.3 0403 8086:a348 - - -
		3 0000:01:00.0 0c06 15b3:1003 - - -
		4 0000:03:00.0 0108 144d:a808 - nvme -
	END
	kernel $version
	runs
	software wg0
	default_route wg0
	host list -J
	assertEquals 'null unknown unknown /' "$(jq -r '[.devices[].used_by] | map(. // "null") | join(" ")' "$out")"
	for device in 00:1f.6 01:00.0; do
		host check $device
		line "FAIL default-route * is not taken, because of 0000:$device"
		line "*fix: the host may need 0000:$device: take another device, or *allow=default-route*"
		host check "$device allow=default-route"
		line 'PASS group * takes *'
	done
	host check 00:1f.3
	line 'PASS group * takes 00:1f.3*'
	mkdir -p "$root/usr/lib/vfio-early"
	host image --kernel $version
	cp "$out" "$root/usr/lib/vfio-early/manifest"
	dry '00:1f.6\n00:1f.3\n01:00.0'
	refused default-route 0000:00:1f.6
	refused default-route 0000:01:00.0
	taken 0000:00:1f.3
}

test_a_tunnel_and_another_default_route() {
	software wg0
	default_route wg0
	default_route eth0
	default_is "$nic" eth0
	setUp
	software wg0
	route6 wg0 $nowhere 00
	default_route eth0
	default_is "$nic" eth0
}

# An address that stays on the machine is no use of hardware.
test_addresses_that_end_in_software() {
	for name in virbr0 docker0 tun0 veth0 lo; do
		software $name
		route "$name" 006433C6 00FFFFFF
	done
	records
}

test_the_way_to_the_server_ends_in_software() {
	mounted 0:41 /usr nfs4 198.51.100.1:/usr addr=198.51.100.1
	software wg0
	route wg0 006433C6 00FFFFFF
	host image --kernel $version
	line 'use reason=root-network address=unknown'
	route eth0 016433C6 FFFFFFFF
	host image --kernel $version
	line "use reason=root-network $nic detail=\"the root from 198.51.100.1 (eth0)\""
	no_line 'use * address=unknown'
}

# Below a root IPv4 has the main table only; of the others it is seen that there is a default route.
test_another_table_below_a_root() {
	route eth0 0000000A 000000FF
	for scope in universe link; do
		printf 'Id 200:\n  |-- 0.0.0.0\n     /0 %s UNICAST\n' $scope >"$root/proc/net/fib_trie"
		host image --kernel $version
		line 'use reason=default-route address=unknown'
	done
	printf 'Main:\n  |-- 10.0.0.0\n     /10 link UNICAST\n' >"$root/proc/net/fib_trie"
	records "reason=in-use $nic detail=eth0"
	printf '     /0 link UNICAST\n' >>"$root/proc/net/fib_trie"
	default_route eth0
	default_is "$nic" eth0
}

# ---- a port without an address ----

test_ports_are_in_use() {
	for name in br0 ovs-system bond0 vlan7 macvtap0; do
		setUp
		software $name eth0
		records "reason=in-use $nic detail=\"eth0 in $name\""
	done
	setUp
	software team0
	port eth0 team0
	rm "$root/sys/class/net/eth0/upper_team0"
	records "reason=in-use $nic detail=\"eth0 in team0\""
}

# ---- which routes are default routes ----

test_halves() {
	route eth0 00000000 00000080
	default_is "$nic" eth0
	setUp
	route eth0 00000080 00000080
	default_is "$nic" eth0
	setUp
	route eth0 0000000A 000000FF
	records "reason=in-use $nic detail=eth0"
	setUp
	route6 eth0 20000000000000000000000000000000 03
	default_is "$nic" eth0
}

test_several_default_routes() {
	interface 0000:01:00.1 eth1
	default_route eth0
	default_route eth1
	records "reason=default-route $nic detail=\"default route (eth0)\"" \
		"reason=default-route $other detail=\"default route (eth1)\""
}

test_ipv6_alone() {
	route6 eth0 $nowhere 00
	route6 eth0 fe800000000000000000000000000000 40
	default_is "$nic" eth0
}

# What is rejected goes nowhere; link-local and multicast routes come with every interface.
test_what_leads_nowhere() {
	mkdir -p "$root/proc/net"
	printf '*\t00000000\t0\t0200\t0\t0\t0\t00000000\t0\t0\t0\n' >"$root/proc/net/route"
	route6 lo $nowhere 00 00200200
	route6 lo 00000000000000000000000000000001 80 80200001
	route6 eth0 fe800000000000000000000000000000 40
	route6 eth0 ff000000000000000000000000000000 08
	records
}

# ---- asked of the kernel that runs ----

# network COMMAND...: the network of the live system: interfaces are called eth0, eth1 and soft0; needs ip
network() {
	command -v ip >/dev/null || { skip 'no ip'; return 1; }
	cat >"$work/before" <<-'END'
		#!/bin/sh
		up() {
			for kind in dummy bridge veth; do
				ip link add "$1" type $kind 2>/dev/null && break
			done
			ip link set "$1" up
			ip address add "$2" dev "$1"
			ip address add "$3" dev "$1" nodad
		}
		up eth0 192.0.2.1/24 2001:db8::1/64
		up eth1 198.51.100.1/24 2001:db8:1::1/64
		up soft0 203.0.113.1/24 2001:db8:2::1/64
	END
	printf '%s\n' "$@" >>"$work/before"
	chmod 755 "$work/before"
	[ -e "$root/sys/class/net/soft0" ] || { interface 0000:01:00.1 eth1; software soft0; }
}

# live_is RECORD... : the same of an image that is built on the live system; every NIC there has addresses
live_is() {
	live image --kernel $version
	isSkipping && return
	grep -v '^use reason=in-use ' "$out" >"$work/kept"
	cp "$work/kept" "$out"
	only "$@"
}

over_eth0="reason=default-route $nic detail=\"default route (eth0)\""
over_eth1="reason=default-route $other detail=\"default route (eth1)\""

test_live_default_route() {
	network 'ip route add default via 192.0.2.2' || return
	live_is "$over_eth0"
}

test_live_no_default_route() {
	network 'ip route add 10.0.0.0/8 via 192.0.2.2' 'ip route add unreachable default metric 9' \
		'ip route add local default dev lo table 100' || return
	live_is
}

test_live_another_table() {
	network 'ip rule add from 198.51.100.1 table 200' 'ip route add default via 198.51.100.2 table 200' || return
	live_is "$over_eth1"
}

test_live_metrics() {
	network 'ip route add default via 192.0.2.2 metric 100' 'ip route add default via 198.51.100.2 metric 200' || return
	live_is "$over_eth0" "$over_eth1"
}

test_live_multipath() {
	network 'ip route add default nexthop via 192.0.2.2 nexthop via 198.51.100.2' || return
	live_is "$over_eth0" "$over_eth1"
}

test_live_nexthop_object() {
	network 'ip nexthop add id 7 via 198.51.100.2 dev eth1' 'ip route add default nhid 7' || return
	live_is "$over_eth1"
	# then the route has its number alone
	network 'echo 0 >/proc/sys/net/ipv4/nexthop_compat_mode' 'ip nexthop add id 7 via 198.51.100.2 dev eth1' \
		'ip route add default nhid 7'
	live_is 'reason=default-route address=unknown'
}

# In a chroot of an image factory it is the factory's.
test_live_route_of_another_system() {
	network 'ip route add default via 203.0.113.2' || return
	live_is 'reason=default-route address=unknown'
	mkdir -p "$root/run/systemd"
	: >"$root/run/systemd/container"
	live image --kernel $version
	isSkipping || assertEquals 'use reason=boot-disk address=unknown' "$(grep '^use ' "$out" | grep -v in-use)"
	rm -r "$root/run/systemd"
	mv "$root/sys" "$work/sys"
	live image --kernel $version
	mv "$work/sys" "$root/sys"
	isSkipping || assertEquals 'use reason=boot-disk address=unknown' "$(grep '^use ' "$out" | grep -v in-use)"
}

test_live_ipv6() {
	network 'ip -6 route add default via 2001:db8:1::2 dev eth1' || return
	live_is "$over_eth1"
	network 'ip -6 route add default table 9 nexthop via 2001:db8::2 dev eth0 nexthop via 2001:db8:1::2 dev eth1'
	live_is "$over_eth0" "$over_eth1"
}

test_live_halves() {
	network 'ip route add 0.0.0.0/1 via 203.0.113.2' 'ip route add 128.0.0.0/1 via 203.0.113.2' || return
	live_is 'reason=default-route address=unknown'
	network 'ip route add 0.0.0.0/1 via 203.0.113.2' 'ip route add 128.0.0.0/1 via 203.0.113.2' \
		'ip route add default via 192.0.2.2'
	live_is "$over_eth0"
}

test_live_tunnel_in_another_table() {
	network 'ip route add default via 203.0.113.2 table 51820' || return
	live_is 'reason=default-route address=unknown'
}

# shellcheck source=/dev/null
. shunit2
