/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts whose monitor dies within their first millisecond, before it has told of them, while beside them everything
 * that others left is ended: nobody's cleaning up may take an attempt that still works for what was left.
 */
#include "bystanders.h"

#include <poll.h>
#include <signal.h>

/* The first lives long enough for those beside it to end and to be swept. The second's end is not seen by a monitor:
 * all that is left must be looked for. */
#define BOTH(n)                                                                                                        \
    SCENARIO(outlives_its_parent_##n)                                                                                  \
    {                                                                                                                  \
        kill(getppid(), SIGKILL);                                                                                      \
        CHECK_INT(poll(NULL, 0, 300), ==, 0);                                                                          \
    }                                                                                                                  \
    SCENARIO(ends_with_its_parent_##n)                                                                                 \
    {                                                                                                                  \
        kill(getppid(), SIGKILL);                                                                                      \
    }

BOTH(1)
BOTH(2)
BOTH(3)
BOTH(4)
BOTH(5)
BOTH(6)

MUSTER_PLUGIN("hostile.orphans", "1.0")
