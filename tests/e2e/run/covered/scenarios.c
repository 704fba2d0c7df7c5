/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the product: in its own process, and a service. */
#include "price.h"

#include <muster/muster.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t server;
static int line_to_server = -1;

static void start(struct muster_ctx *t)
{
    int pair[2];
    char answer[8] = "";
    REQUIRE_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
    const char *program = m_target(t, "server");
    server = fork();
    if (server == 0) {
        dup2(pair[1], STDIN_FILENO);
        dup2(pair[1], STDOUT_FILENO);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    line_to_server = pair[0];
    REQUIRE_INT(write(line_to_server, "ping\n", 5), ==, 5);
    REQUIRE_INT(read(line_to_server, answer, sizeof answer - 1), ==, 2);
    REQUIRE_STR(answer, ==, "1\n");
}

static void stop(struct muster_ctx *t)
{
    int status = -1;
    close(line_to_server);
    waitpid(server, &status, 0);
    CHECK_INT(status, ==, 0);
}

FIXTURE(shop, MUSTER_SCOPE_PLUGIN, .teardown = stop)
{
    start(t);
}

SCENARIO(seats_cost_ten, .uses = USES("shop"))
{
    CHECK_INT(price(3), ==, 30);
}

SCENARIO(is_killed, .markers = MARKERS("killed"))
{
    CHECK_INT(never_asked(3), ==, 2);
    raise(9);
}

MUSTER_PLUGIN("e2e.covered", "1.0.0")
