/* SPDX-License-Identifier: Apache-2.0 */
/* A reference platform of the test's own. */
#include "server.h"

#include "child.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define START_MS 20000
#define STOP_MS  10000

/* The greeting is one line; whatever comes later is left in the pipe. */
static json_t *read_greeting(int fd)
{
    char line[4096];
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n + 1 < sizeof line && poll(&p, 1, START_MS) == 1 && read(fd, line + n, 1) == 1)
        if (line[n++] == '\n')
            return json_loadb(line, n, 0, NULL);
    return NULL;
}

int server_start(const char *program, const char *defect, struct server *ret_server)
{
    const char *argv[] = {program, "--stop-on-stdin-eof", defect ? "--defect" : NULL, defect, NULL};
    struct server s = {.pid = -1, .life = -1};
    int out;
    s.pid = child_start(argv, &s.life, &out);
    if (s.pid < 0)
        return -1;
    s.greeting = read_greeting(out);
    close(out);
    if (!s.greeting) {
        fprintf(stderr, "%s said nothing that can be read within %d s\n", program, START_MS / 1000);
        child_stop(s.pid, 0);
        close(s.life);
        return -1;
    }
    *ret_server = s;
    return 0;
}

int server_stop(struct server *s)
{
    int status = child_stop(s->pid, STOP_MS);
    close(s->life);
    json_decref(s->greeting);
    if (status != 0)
        fprintf(stderr, "the platform ended with status %#x\n", (unsigned)status);
    return status == 0 ? 0 : -1;
}

const char *server_value(const struct server *s, const char *key)
{
    const char *value = json_string_value(json_object_get(s->greeting, key));
    return value ? value : "";
}
