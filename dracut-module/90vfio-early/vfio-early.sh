#!/bin/sh
# Binds the configured devices before udev starts; sourced by dracut's init.

# its log and the kernel log tell the rest: a boot goes on in any case
/usr/sbin/vfio-early-boot || :
