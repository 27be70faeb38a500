# Prints the description of a machine with the given number of PCI functions, for
# mktree: a display, a card of two functions and a NIC, each group on its own, and
# then eight functions with a group each behind every root port.
# usage: awk -v functions=N -f machine.awk

function put(group, address, class, id, driver, parent) {
	if (count++ < functions)
		print group, address, class, id, "01", driver, parent
}

function port(number) {
	return sprintf("0000:00:%02x.%d", 3 + int(number / 8), number % 8)
}

BEGIN {
	put(0, "0000:00:00.0", "0600", "8086:3ec2", "-", "-")
	put(1, "0000:00:02.0", "0300", "8086:3e92", "-", "-")
	put(2, port(0), "0604", "8086:a340", "pcieport", "-")
	put(3, "0000:01:00.0", "0300", "10de:1b80", "-", port(0))
	put(3, "0000:01:00.1", "0403", "10de:10f0", "-", port(0))
	put(4, port(1), "0604", "8086:a340", "pcieport", "-")
	put(5, "0000:02:00.0", "0200", "8086:1533", "-", port(1))
	for (bus = 3; count < functions; bus++) {
		put(1000 + bus, port(bus - 1), "0604", "8086:a340", "pcieport", "-")
		for (i = 0; i < 8; i++)
			put(bus * 8 + i, sprintf("0000:%02x:00.%d", bus, i), "0200",
			    "8086:10ca", "-", port(bus - 1))
	}
}
