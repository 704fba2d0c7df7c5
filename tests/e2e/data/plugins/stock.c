/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that brings a fixture and a step which uses it, built twice: they are of one name in both. */
#include <muster/muster.h>

FIXTURE(stock, MUSTER_SCOPE_RUN, .summary = "Says whose it is")
{
    m_publish(t, "of", NAME);
}

DATA_STEP(str, whose_stock, .summary = "Which plugin's stock it uses", .uses = USES("stock"))
{
    return m_fixture(t, "stock", "of");
}

MUSTER_PLUGIN(NAME, "1.0.0")
