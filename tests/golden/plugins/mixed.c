/* SPDX-License-Identifier: Apache-2.0 */
/* One scenario for each verdict: what a console and a report look like when everything happens at once. */
#include <muster/muster.h>

#include <stdlib.h>
#include <unistd.h>

SCENARIO(order_is_paid, .summary = "A paid order is confirmed", .markers = MARKERS("e2e", "priority_p0"))
{
    STEP("place the order")
    {
        LOG("order %d is placed", 4711);
    }
    CHECK_INT(2 + 2, ==, 4);
}

SCENARIO(refund_is_refused, .summary = "A second refund is refused",
         .markers = MARKERS("e2e", "priority_p1", "issue(id=12)"))
{
    printf("refunding once\nrefunding again\n");
    fprintf(stderr, "a warning on the way\n");
    STEP("refund again")
    {
        CHECK_INT(200, ==, 409);
        CHECK_STR("refunded", ==, "refused");
    }
}

static void no_database(struct muster_ctx *t)
{
    ERROR("no route to the database");
}

SCENARIO(ledger_adds_up, .setup = no_database, .markers = MARKERS("audit"))
{
    FAIL("the body ran without its set-up");
}

SCENARIO(webhook_arrives, .timeout_ms = 200, .markers = MARKERS("slow"))
{
    for (;;)
        pause();
}

static void deliver(struct muster_ctx *t, const int *address)
{
    CHECK_INT(*address, ==, 1);
}

SCENARIO(invoice_is_printed)
{
    deliver(t, NULL);
}

SCENARIO(export_to_tape)
{
    SKIP("there is no tape drive");
}

SCENARIO(cache_warms_up, .reruns = 2, .rerun_delay_ms = 1, .markers = MARKERS("flaky"))
{
    CHECK_UINT(m_attempt(t)->attempt, >=, 2);
}

MUSTER_PLUGIN("shop.orders", "2.1.0", .summary = "Orders and refunds")
