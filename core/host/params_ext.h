/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters of what runs (muster/ext/params.h). */
#ifndef MUSTER_HOST_PARAMS_EXT_H
#define MUSTER_HOST_PARAMS_EXT_H

#include <muster/ext/params.h>

/* Calls the scenario's body, with its parameters as arguments where it takes them so. */
void params_run_body(void);
extern const struct muster_ext_params ext_params;

#endif
