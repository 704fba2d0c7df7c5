/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scenarios ask of the doubles, at a port of its own, so that no path of the doubles' is taken for it:
 *   PUT    /doubles/NAME                     one for an attempt alone: {"url": ...}; 409 when there is one
 *   GET    /doubles/NAME                     {"url": ...}
 *   DELETE /doubles/NAME
 *   POST   /doubles/NAME/reset
 *   GET    /doubles/NAME/requests?after=N    {"last": N, "requests": [...]}, as they are recorded
 *   POST   /doubles/NAME/rules?session=S     a rule in YAML; 422 with the mistakes
 *   DELETE /doubles/NAME/rules?session=S     all of the session's
 *   GET    /values/NAME                      {"secret": ...}: a value of the file's
 */
#ifndef DOUBLE_CONTROL_H
#define DOUBLE_CONTROL_H

#include "player.h"

/* Of http_open(); `house` is one. */
void control_play(void *house, const struct asked *asked, struct outcome *ret_outcome);

#endif
