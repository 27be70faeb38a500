# awk -v functions=N -f big-machine.awk: the description of a machine with N (5 to 1800) PCI functions for mktree.
# Whatever its size, it has the same card of two functions at 01:00, in group 1, integrated graphics at 00:02.0, and
# one NIC of its kind at 02:00.0.

function add(group, address, class, id, driver, parent) {
	if (made++ < functions)
		print group, address, class, id, "-", driver, parent
}

BEGIN {
	add(0, "0000:00:00.0", "0600", "8086:3ec2", "-", "-")
	add(2, "0000:00:01.0", "0604", "8086:1901", "pcieport", "-")
	add(3, "0000:00:02.0", "0300", "8086:3e92", "-", "-")
	add(1, "0000:01:00.0", "0300", "10de:1b80", "-", "0000:00:01.0")
	add(1, "0000:01:00.1", "0403", "10de:10f0", "-", "0000:00:01.0")
	group = 4
	# root ports with eight functions a slot, behind the first the one NIC, behind each other a card of seven
	for (bus = 2; made < functions; bus++) {
		port = sprintf("0000:00:%02x.%d", 3 + int((bus - 2) / 8), (bus - 2) % 8)
		add(group++, port, "0604", "8086:a340", "pcieport", "-")
		for (f = 0; f < (bus == 2 ? 1 : 7); f++)
			add(group++, sprintf("0000:%02x:00.%d", bus, f), "0200", bus == 2 ? "8086:1533" : "8086:1572", "-", port)
	}
}
