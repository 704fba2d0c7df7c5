/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that brings a fixture for others, and no scenario. */
#include <muster/muster.h>

FIXTURE(service, MUSTER_SCOPE_RUN)
{
    m_publish(t, "address", "127.0.0.1:1");
}

MUSTER_PLUGIN("abi.service", "1.0.0")
