/* SPDX-License-Identifier: Apache-2.0 */
/* Fixtures for transcripts: one that serves, one that fails, one that dies. */
#include <muster/muster.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

FIXTURE(db, MUSTER_SCOPE_RUN, PARAMS((i32, version, "15")), .summary = "A database")
{
    m_publish(t, "url", "db:5432");
    m_publish(t, "password", "hunter2");
}

FIXTURE(api, MUSTER_SCOPE_PLUGIN, .uses = USES("db"))
{
    m_publish(t, "url", m_fixture(t, "db", "url"));
}

FIXTURE(mail, MUSTER_SCOPE_RUN)
{
    fprintf(stderr, "mail: reading /etc/mail.conf\nmail: port 25 is taken\n");
    REQUIRE_INT(1, ==, 0);
}

FIXTURE(queue, MUSTER_SCOPE_RUN)
{
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    m_watch(t, child, "queue-server");
    char text[16];
    snprintf(text, sizeof text, "%d", (int)child);
    m_publish(t, "pid", text);
}

SCENARIO(orders_are_stored, .uses = USES("api", "db(15, as=old)"))
{
    CHECK_STR(m_fixture(t, "api", "url"), ==, "db:5432");
}

SCENARIO(receipts_are_sent, .uses = USES("mail"))
{
    CHECK(1);
}

SCENARIO(events_are_delivered, .uses = USES("queue"))
{
    kill(atoi(m_fixture(t, "queue", "pid")), SIGKILL);
    for (;;)
        pause();
}

MUSTER_PLUGIN("shop.fixtures", "1.0.0")
