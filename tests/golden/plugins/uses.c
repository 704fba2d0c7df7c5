/* SPDX-License-Identifier: Apache-2.0 */
/* Each scenario uses fixtures in a way that is wrong. */
#include <muster/muster.h>

FIXTURE(postgres, MUSTER_SCOPE_RUN, PARAMS((i32, version), (bool, tls, "false")))
{
    m_publish(t, "url", "db:5432");
}

FIXTURE(egg, MUSTER_SCOPE_RUN, .uses = USES("hen"))
{
    m_publish(t, "is", "egg");
}

FIXTURE(hen, MUSTER_SCOPE_RUN, .uses = USES("egg"))
{
    m_publish(t, "is", "hen");
}

FIXTURE(visit, MUSTER_SCOPE_ATTEMPT)
{
    m_publish(t, "is", "visit");
}

FIXTURE(forever, MUSTER_SCOPE_RUN, .uses = USES("visit"))
{
    m_publish(t, "is", "forever");
}

#define WRONG(name_, uses_)                                                                                            \
    SCENARIO(name_, .uses = USES(uses_))                                                                               \
    {                                                                                                                  \
        CHECK(1);                                                                                                      \
    }
WRONG(unknown, "postgers(version=15)")
WRONG(no_value, "postgres")
WRONG(wrong_type, "postgres(fifteen)")
WRONG(no_parameter, "postgres(version=15, tsl=true)")
WRONG(cycle, "egg")
WRONG(outlives, "forever")
WRONG(unreadable, "postgres(version=15")

MUSTER_PLUGIN("shop.uses", "1.0.0")
