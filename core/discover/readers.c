/* SPDX-License-Identifier: Apache-2.0 */
/* Readers: processes that describe one plugin after the other. */
#include "discover/readers.h"

#include "base/cleanup.h"
#include "ipc/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void readers_init(struct readers *r, const struct zygote *zygote)
{
    *r = (struct readers){.zygote = zygote, .next_number = READERS_FIRST};
    for (size_t i = 0; i < READERS_MAX; i++)
        r->items[i].sock = -1;
}

static void let_go(struct reader *reader)
{
    close_fd(reader->sock); /* which ends it */
    reader->sock = -1;
    reader->host = NULL;
}

void readers_free(struct readers *r)
{
    for (size_t i = 0; i < READERS_MAX; i++)
        let_go(&r->items[i]);
}

/* A reader is a host without a path. */
static int spawn(struct readers *r, struct reader *reader, struct err *err)
{
    int pair[2];
    int e = sock_pair(pair);
    if (e < 0)
        return err_errno(err, e, "making a socket for a reader");
    autoclose int ours = pair[0];
    autoclose int theirs = pair[1];
    autoclose int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0)
        return err_errno(err, -errno, "/dev/null");
    const struct msg_host_spawn spec = {.host = r->next_number, .path = ""};
    e = zygote_spawn_host(r->zygote, &spec, theirs, null, err);
    if (e == 0)
        *reader = (struct reader){.sock = steal_fd(&ours), .number = r->next_number++};
    return e;
}

static struct reader *find_idle(struct readers *r)
{
    struct reader *unborn = NULL;
    for (size_t i = 0; i < READERS_MAX; i++) {
        if (r->items[i].sock >= 0 && !r->items[i].host)
            return &r->items[i];
        if (r->items[i].sock < 0 && !unborn)
            unborn = &r->items[i];
    }
    return unborn;
}

int readers_start(struct readers *r, struct host *host, const struct msg_host_spawn *spec, int sock, int output,
                  struct reader **ret_reader, struct err *err)
{
    struct reader *reader = find_idle(r);
    if (!reader)
        return err_set(err, -EAGAIN, "all readers are busy");
    int e = reader->sock < 0 ? spawn(r, reader, err) : 0;
    if (e < 0)
        return e;
    const int fds[] = {sock, output};
    const struct message order = {.type = MSG_HOST_SPAWN, .host_spawn = *spec};
    e = sock_send_order(reader->sock, &order, fds, 2);
    if (e == -EPIPE) { /* it died idle, of what a plugin left in it */
        let_go(reader);
        e = spawn(r, reader, err);
        if (e == 0)
            e = sock_send_order(reader->sock, &order, fds, 2);
    }
    if (e < 0) {
        let_go(reader);
        return err_errno(err, e, "giving a plugin to a reader");
    }
    reader->host = host;
    *ret_reader = reader;
    return 0;
}

void readers_done(struct reader *reader, bool again)
{
    reader->host = NULL;
    if (!again || ++reader->plugins >= READER_PLUGINS_MAX)
        let_go(reader);
}

struct reader *readers_find(struct readers *r, uint32_t number)
{
    for (size_t i = 0; i < READERS_MAX; i++)
        if (r->items[i].sock >= 0 && r->items[i].number == number)
            return &r->items[i];
    return NULL;
}
