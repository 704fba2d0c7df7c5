/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of the machine, which has run out of something or is broken, told from those of what was asked for: a full
 * disk, a disk that can't be read or written, no descriptor, a helper program that is missing (-ELIBACC) or was ended
 * (-ECHILD).
 */
#ifndef MUSTER_BASE_MACHINE_ERROR_H
#define MUSTER_BASE_MACHINE_ERROR_H

#include <stdbool.h>

bool is_machine_error(int code);

#endif
