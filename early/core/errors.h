/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VFIO_EARLY_ERRORS_H
#define VFIO_EARLY_ERRORS_H

/* The name of an errno (positive): "EBUSY", or "errno 123" for one that is not known here. */
const char *error_name(int error);

#endif
