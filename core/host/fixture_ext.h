/* SPDX-License-Identifier: Apache-2.0 */
/* The table of muster/ext/fixtures.h. */
#ifndef MUSTER_HOST_FIXTURE_EXT_H
#define MUSTER_HOST_FIXTURE_EXT_H

#include <muster/ext/fixtures.h>

extern const struct muster_ext_fixtures ext_fixtures;

#endif
