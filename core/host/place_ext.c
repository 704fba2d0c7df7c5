/* SPDX-License-Identifier: Apache-2.0 */
/* What muster/ext/place.h declares. */
#include "host/place_ext.h"

static _Thread_local struct place now = {"", 0};

static void place_at(struct muster_ctx *ctx, const char *file, uint32_t line)
{
    (void)ctx;
    now = (struct place){file ? file : "", file ? line : 0};
}

struct place place_of_call(void)
{
    return now;
}

void place_forget(void)
{
    now = (struct place){"", 0};
}

const struct muster_ext_place ext_place = {.size = sizeof ext_place, .at = place_at};
