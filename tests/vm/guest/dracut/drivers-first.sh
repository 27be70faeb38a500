#!/bin/sh
# Sourced by init of dracut, before the hook of vfio-early: sorted by name.
/bin/sh /usr/sbin/vm-drivers-first
