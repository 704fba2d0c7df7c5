/* SPDX-License-Identifier: Apache-2.0 */
/* Another plugin with a fixture, beside which a target file may lie. */
#include <muster/muster.h>

FIXTURE(turbine, MUSTER_SCOPE_RUN)
{
    m_publish(t, "url", "http://turbine");
}

MUSTER_PLUGIN("e2e.second", "1.0.0")
