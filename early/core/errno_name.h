/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ERRNO_NAME_H
#define VFIO_EARLY_ERRNO_NAME_H

/* The name of an errno (positive): "EBUSY", or "errno 123" for one that is not known here. */
const char *errno_name(int error);

#endif
