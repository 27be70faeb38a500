# The machine with shared_streams: what is asked for there, and what comes of it.
# Sourced.
# shellcheck shell=sh disable=SC2154

# One of two that share a stream, one that is alone, both of two, one whose stream is
# that of its bridge, which the kernel has probed already.
share_streams() {
	printf '%s\n' 02:01.0 04:01.0 06:01.0 06:02.0 07:01.0 >"$etc/vfio-early.conf"
	# 7.2 gives the stream to the first function by itself: the NIC is broken anyway
	# shellcheck disable=SC2016
	[ "$release" = forky ] || on_arm64 after 'nic=$(ls /sys/bus/pci/devices/0000:02:02.0/net)
	ifconfig "$nic" 10.0.2.15 netmask 255.255.255.0 up
	sleep 2
	ping -c 3 -w 5 10.0.2.2'
}

streams_are_safe() {
	[ "$release" = forky ] || groupless 0000:02:01.0
	taken 0000:04:01.0 /etc/vfio-early.conf:2
	record group id=- result=refused refusal=no-iommu because=0000:07:01.0
	for device in 0000:02:01.0 0000:06:01.0 0000:06:02.0 0000:07:01.0; do
		record device "address=$device" before=- after=- result=refused
		hosts "$device" -
	done
	# a group, or none yet, for each
	grep '^group ' "$out/log" | grep -Ev 'result=viable|because=0000:07:01.0 ' >"$out/others" || :
	! grep -Ev 'result=refused refusal=([a-z,-]*,)?shared-stream(,[a-z-]*)* ' "$out/others" >"$out/not-shared" ||
	    wrong "not refused for a shared stream: $(cat "$out/not-shared")"
	[ -s "$out/others" ] || wrong 'nothing is refused'
	record result status=degraded bound=1 failed=0
	hosts 0000:02:02.0 e1000
	[ "$release" != forky ] || return 0
	grep -q ' 0% packet loss' "$out/said" || wrong "the host's NIC does not work: $(tail -n 3 "$out/said")"
	kernel_never_says '0000:0[26]:0[12].0: stream .* already in tree'
}
