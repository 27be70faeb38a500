#!/bin/sh
# Sourced by init of dracut when udev has settled.
/bin/sh /usr/sbin/vm-findings
