/* SPDX-License-Identifier: Apache-2.0 */
/* Discovering plugins: each file is loaded by a host of its own, and described in the catalogue or refused. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/wait_status.h"
#include "data/data_file.h"
#include "discover/catalogue_import.h"
#include "discover/hosts.h"
#include "ipc/sock.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PACKETS_A_TURN = 64, /* of one host: who babbles keeps neither the others nor its own deadline waiting */
    PRINTED_SHOWN = 300, /* bytes of what a constructor printed */
};

static void refuse(struct host *host, const char *reason, char *text)
{
    if (host->state == HOST_REFUSED) {
        free(text);
        return;
    }
    host->state = HOST_REFUSED;
    host->reason = xstrdup(reason);
    host->text = text;
}

/* The beginning of what the plugin printed; empty when it printed nothing. */
static void read_printed(struct host *host, struct buf *out)
{
    char raw[PRINTED_SHOWN];
    ssize_t n = host->output.fd >= 0 ? read(host->output.fd, raw, sizeof raw) : 0;
    while (n > 0 && (raw[n - 1] == '\n' || raw[n - 1] == ' '))
        n--;
    if (n > 0)
        terminal_add(out, raw, (size_t)n);
}

/* What failed in a reader that had other plugins before is tried once more, alone. True when that has begun. */
static bool try_alone(struct host *host)
{
    if (host->state != HOST_REFUSED || !host->suspect)
        return false;
    host_let_go(host);
    buf_free(&host->catalogue);
    free(host->reason);
    free(host->text);
    host->reason = host->text = NULL;
    host->complete = host->late = host->gone = false;
    host->state = HOST_LOADING;
    host->deadline_ns = clock_mono() + host->hosts->load_timeout_ns;
    if (host_start(host, NULL) == 0) {
        host->suspect = false;
        return true;
    }
    refuse(host, "cannot-load", xstrdup("no process could be had to load it in"));
    return false;
}

/* The end of a host's loading, whatever it was. */
static void end_loading(struct host *host)
{
    struct hosts *h = host->hosts;
    autobuf struct buf printed = {0};
    read_printed(host, &printed);
    if (host->state == HOST_REFUSED && printed.len > 0) { /* what it said before it ended may well be why */
        autofree char *text = host->text;
        host->text = xasprintf("%s; it printed: \"%s\"", text, buf_str(&printed));
    } else if (printed.len > 0) {
        refuse(host, "constructor-printed",
               xasprintf("it printed while it was loaded; a plugin says nothing before its scenarios run: \"%s\"",
                         buf_str(&printed)));
    }
    if (host->reader)
        readers_done(host->reader, host->state != HOST_REFUSED && !host->fresh);
    host->reader = NULL;
    if (try_alone(host))
        return;
    h->loading--;
    if (host->state != HOST_REFUSED)
        host->state = HOST_READY;
    loop_remove(h->loop, &host->output);
    if (host->state == HOST_REFUSED || ++h->alive > h->alive_most) {
        if (host->state != HOST_REFUSED) {
            h->alive--;
            host->state = HOST_RETIRED;
        }
        host_let_go(host);
    }
}

/* A file of scenarios as data has no constructors. */
static const char *stage_text(const struct host *host)
{
    switch (host->stage) {
    case STAGE_LOADING:
        return is_data_file(host->path) ? "while it was read, with the files that it includes"
                                        : "while its constructors ran";
    case STAGE_ENTRY:
        return "in muster_plugin_v1()";
    case STAGE_TABLES:
        return "while its tables were read: they hold wild pointers; did the compiler warn of an incompatible pointer "
               "type?";
    case STAGE_LOADED:
        return "when it should have told of it: did a constructor close descriptors that are not its own?";
    default:
        return "while it was looked at";
    }
}

static void refuse_dead(struct host *host)
{
    if (host->late) {
        refuse(host, is_data_file(host->path) ? "cannot-load" : "constructor-hung",
               xasprintf("it was not loaded within %.3g s: it hangs %s",
                         (double)host->hosts->load_timeout_ns / NS_PER_S, stage_text(host)));
        return;
    }
    if (host->fork_error) {
        refuse(host, "cannot-load", xasprintf("no process could be forked to load it: %s", strerror(host->fork_error)));
        return;
    }
    autofree char *how = describe_wait_status(host->wait_status);
    bool crashed = WIFSIGNALED(host->wait_status);
    const char *reason = is_data_file(host->path)      ? "cannot-load"
                         : host->stage == STAGE_TABLES ? "bad-table"
                         : crashed                     ? "constructor-crashed"
                                                       : "constructor-exited";
    refuse(host, reason, xasprintf("the process that loaded it %s %s", how, stage_text(host)));
}

/* Looks at a packet for what matters now; the catalogue is decoded when all are there. */
static void take_packet(struct host *host, const struct buf *packet)
{
    struct arena arena = {0};
    struct message m;
    const char *p = packet->data, *end = packet->data + packet->len;
    bool is_catalogue = false;
    while (host->state == HOST_LOADING && p < end) {
        if (message_decode(&p, end, &arena, &m) < 0) {
            refuse(host, "bad-table", xstrdup("its host sent a malformed message"));
            break;
        }
        if (m.type == MSG_REFUSED)
            refuse(host, m.refused.reason, xstrdup(m.refused.text));
        else if (m.type == MSG_PLUGIN)
            host->fresh = m.plugin.fresh;
        else if (m.type == MSG_CATALOGUE_END)
            host->complete = true;
        is_catalogue = is_catalogue || catalogue_import_takes(m.type);
    }
    arena_free(&arena);
    if (!is_catalogue || host->state != HOST_LOADING)
        return;
    if (host->catalogue.len + packet->len > CATALOGUE_MOST)
        refuse(
            host, "bad-table",
            xasprintf("its description takes more than %d MiB: split it into several plugins", CATALOGUE_MOST >> 20));
    else
        buf_add(&host->catalogue, packet->data, packet->len);
}

void host_hear(struct host *host)
{
    autobuf struct buf packet = {0};
    int left = host->gone ? INT_MAX : PACKETS_A_TURN; /* the last words of one that is gone are all there */
    ssize_t n = 1;
    while (host->sock.fd >= 0 && host->state == HOST_LOADING && !host->complete && left-- > 0 &&
           (n = sock_receive(host->sock.fd, MSG_DONTWAIT, &packet, NULL)) > 0)
        take_packet(host, &packet);
    if (host->state == HOST_REFUSED || host->complete)
        end_loading(host);
    else if (host->sock.fd >= 0 && (n == 0 || (n < 0 && n != -EAGAIN)))
        loop_remove(host->hosts->loop, &host->sock); /* it ended: HOST_GONE tells how */
}

void host_died_loading(struct host *host)
{
    host_hear(host); /* its last words may still be in its own socket */
    if (host->state == HOST_LOADING) {
        refuse_dead(host);
        end_loading(host);
    }
}

static void on_signal(struct source *source, uint32_t events)
{
    (void)events;
    struct hosts *h = source->data;
    h->interrupted = true;
    loop_mute(h->loop, source);
}

void hosts_watch(struct hosts *h, int signals)
{
    loop_add(h->loop, &h->signals, signals, EPOLLIN, on_signal, h);
}

void hosts_unwatch(struct hosts *h)
{
    loop_mute(h->loop, &h->signals);
}

/* The next one. -EMFILE and the like: it waits its turn still. */
static int start_next(struct hosts *h, struct err *err)
{
    struct host *host = h->items[h->next];
    host->hosts = h;
    host->state = HOST_LOADING;
    host->deadline_ns = clock_mono() + h->load_timeout_ns;
    int r = host_start(host, err);
    if (r < 0) {
        host->state = HOST_WAITING;
        return r;
    }
    h->loading++;
    h->next++;
    return 0;
}

static int start_more(struct hosts *h, unsigned parallel, struct err *err)
{
    while (h->next < h->n && h->loading < parallel) {
        autoerr struct err why = {0};
        int r = start_next(h, &why);
        if (hosts_lack_descriptors(r) && h->loading > 0)
            return 0; /* when one of them is described there will be some */
        if (hosts_lack_descriptors(r))
            return err_set(err, r, "no plugin can be loaded: %s (ulimit -n)", err_text(&why));
        if (r < 0)
            return err_set(err, r, "%s", err_text(&why));
    }
    return 0;
}

static int64_t earliest_deadline(const struct hosts *h)
{
    int64_t earliest = NEVER;
    for (size_t i = 0; i < h->next; i++)
        if (h->items[i]->state == HOST_LOADING && h->items[i]->deadline_ns < earliest)
            earliest = h->items[i]->deadline_ns;
    return earliest;
}

/* One that hangs is ended; how far it came is told with its end. */
static void end_late(struct hosts *h)
{
    const int64_t end_limit_ns = 2 * NS_PER_S;
    int64_t now = clock_mono();
    for (size_t i = 0; i < h->next; i++) {
        struct host *host = h->items[i];
        if (host->state != HOST_LOADING || host->deadline_ns > now)
            continue;
        if (host->late) { /* not even its end can be had */
            refuse_dead(host);
            end_loading(host);
            continue;
        }
        host->late = true;
        host->deadline_ns = now + end_limit_ns;
        zygote_kill_host(h->zygote, host->reader ? host->reader->number : host->number);
    }
}

static void add_to_catalogue(struct host *host, struct catalogue *c)
{
    autoerr struct err err = {0};
    size_t before = c->n_plugins;
    const char *reason = "bad-marker";
    int r = catalogue_import(host, c, &err);
    buf_free(&host->catalogue);
    if (r == 0 && (r = catalogue_admit(c, &err)) < 0)
        reason = "duplicate-scenario";
    if (r == 0) {
        host->plugin = (uint32_t)c->n_plugins - 1;
        return;
    }
    if (c->n_plugins > before)
        catalogue_drop_last(c);
    if (host->state == HOST_READY)
        host->hosts->alive--;
    host_let_go(host);
    refuse(host, reason, xstrdup(err_text(&err)));
}

int hosts_discover(struct hosts *h, unsigned parallel, bool keep, struct catalogue *ret_catalogue, struct err *err)
{
    h->serve = keep;
    if (parallel > READERS_MAX)
        parallel = READERS_MAX;
    for (;;) {
        int r = start_more(h, parallel, err);
        if (r < 0)
            return r;
        if (h->loading == 0)
            break;
        if (h->zygote_gone)
            return err_set(err, -EPIPE, "muster-host ended");
        if (h->loop->error < 0)
            return err_errno(err, h->loop->error, "watching a descriptor");
        if (h->interrupted)
            return err_set(err, -EINTR, "interrupted while plugins were loaded: nothing was run");
        loop_wait(h->loop, earliest_deadline(h));
        end_late(h);
    }
    readers_free(&h->readers);
    for (size_t i = h->admitted; i < h->n; i++) {
        if (h->items[i]->state != HOST_REFUSED)
            add_to_catalogue(h->items[i], ret_catalogue);
        if (!keep)
            host_let_go(h->items[i]);
    }
    h->admitted = h->n;
    return 0;
}
