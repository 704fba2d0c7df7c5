/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of muster/ext/fixtures.h and muster/ext/params.h. */
#ifndef MUSTER_HOST_FIXTURE_EXT_H
#define MUSTER_HOST_FIXTURE_EXT_H

#include <muster/ext/fixtures.h>
#include <muster/ext/params.h>

extern const struct muster_ext_fixtures ext_fixtures;
extern const struct muster_ext_params ext_params;

#endif
