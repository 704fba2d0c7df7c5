/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that speak to the supervisor themselves, and say what the attempt would not. */
#include "ipc/message.h"

#include <muster/muster.h>

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int supervisors_socket(void)
{
    for (int fd = 3; fd < 1024; fd++) {
        int type;
        socklen_t size = sizeof type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET)
            return fd;
    }
    return -1;
}

/* The message that tells of another phase, with no limit to it. */
SCENARIO(forges_its_phase, .timeout_ms = 300)
{
    char message[25] = {MSG_PHASE};
    int sock = supervisors_socket();
    REQUIRE(sock >= 0);
    for (char phase = 0; phase < PHASE_N; phase++) {
        message[1] = phase;
        REQUIRE_INT(send(sock, message, sizeof message, 0), ==, (int)sizeof message);
    }
    for (;;)
        pause();
}

SCENARIO(repeats_its_phase, .timeout_ms = 300)
{
    char message[25] = {MSG_PHASE};
    int sock = supervisors_socket();
    REQUIRE(sock >= 0);
    for (;;) {
        message[1] = PHASE_BODY;
        REQUIRE_INT(send(sock, message, sizeof message, 0), ==, (int)sizeof message);
        poll(NULL, 0, 20);
    }
}

CLEANUP(tell, "tell")
{
    (void)t;
    puts(payload);
}

/* The messages that tell of a verdict, passed, and of a cleanup: number, name, payload, plugin. */
SCENARIO(defers_after_its_verdict)
{
    static const char verdict[43] = {MSG_VERDICT, [33] = 1, [38] = 1};
    static const char defer[25] = {
        [0] = MSG_DEFER, 1, [5] = 5, [9] = 't', 'e', 'l', 'l', [14] = 2, [18] = 'x', [20] = 1};
    int sock = supervisors_socket();
    REQUIRE(sock >= 0);
    REQUIRE_INT(send(sock, verdict, sizeof verdict, 0), ==, (int)sizeof verdict);
    REQUIRE_INT(send(sock, defer, sizeof defer, 0), ==, (int)sizeof defer);
    poll(NULL, 0, 100); /* the next one is ordered, and stands in line */
}

SCENARIO(says_its_name)
{
    puts(m_attempt(t)->case_id);
}

MUSTER_PLUGIN("e2e.forge", "1.0.0")
