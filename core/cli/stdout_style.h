/* SPDX-License-Identifier: Apache-2.0 */
/* How text looks on our standard output. */
#ifndef MUSTER_CLI_STDOUT_STYLE_H
#define MUSTER_CLI_STDOUT_STYLE_H

#include "report/style.h"

struct style stdout_style(void);

#endif
