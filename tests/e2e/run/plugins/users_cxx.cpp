// SPDX-License-Identifier: Apache-2.0
// The kit's parallel from C++.
#include <muster/kit/parallel.h>

#include <atomic>

static void arrive(struct muster_ctx *t, unsigned, void *data)
{
    auto &all = *static_cast<std::atomic<unsigned> *>(data);
    STEP("arrive")
    {
        all++;
    }
    m_barrier(t);
    CHECK_UINT(all.load(), ==, 10);
}

SCENARIO(all_pass)
{
    std::atomic<unsigned> arrived{0};
    m_parallel(t, 10, arrive, &arrived);
}

MUSTER_PLUGIN("e2e.users", "1.0")
