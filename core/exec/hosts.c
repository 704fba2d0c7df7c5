/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts, from the supervisor's side: discovering plugins, having nannies forked. */
#include "exec/hosts.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/sock.h"
#include "base/text.h"
#include "exec/admit.h"
#include "exec/describe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MAX_ALIVE = 64,      /* hosts kept between discovery and run; each is a process and a descriptor */
    PRINTED_SHOWN = 300, /* bytes of what a constructor printed */
};

static void on_zygote(struct source *source, uint32_t events);

void hosts_init(struct hosts *h, struct loop *loop, struct zygote *zygote, int64_t load_timeout_ns)
{
    *h = (struct hosts){.loop = loop, .zygote = zygote, .load_timeout_ns = load_timeout_ns, .zygote_sock = SOURCE_INIT};
    readers_init(&h->readers, zygote);
    /* The socket stays the zygote's: a duplicate is registered. */
    loop_add(loop, &h->zygote_sock, fcntl(zygote->sock, F_DUPFD_CLOEXEC, 0), EPOLLIN, on_zygote, h);
}

void hosts_free(struct hosts *h)
{
    for (size_t i = 0; i < h->n; i++) {
        struct host *host = h->items[i];
        loop_remove(h->loop, &host->sock);
        loop_remove(h->loop, &host->output);
        buf_free(&host->catalogue);
        free(host->path);
        free(host->reason);
        free(host->text);
        free(host);
    }
    loop_remove(h->loop, &h->zygote_sock);
    free(h->items);
    free(h->step_providers);
    *h = (struct hosts){0};
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat l, r;
    return strcmp(a, b) == 0 || (stat(a, &l) == 0 && stat(b, &r) == 0 && l.st_dev == r.st_dev && l.st_ino == r.st_ino);
}

void hosts_add(struct hosts *h, const char *path)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    for (size_t i = 0; i < h->n; i++) {
        const char *other = strrchr(h->items[i]->path, '/') ? strrchr(h->items[i]->path, '/') + 1 : h->items[i]->path;
        if (strcmp(base, other) == 0 && is_same_file(path, h->items[i]->path))
            return;
    }
    GROW(h->items, h->n, h->cap);
    h->items[h->n] = xmalloc(sizeof *h->items[h->n]);
    *h->items[h->n] = (struct host){.number = (uint32_t)h->n,
                                    .path = xstrdup(path),
                                    .sock = SOURCE_INIT,
                                    .output = SOURCE_INIT,
                                    .provider = h->providing};
    h->n++;
}

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

static void let_go(struct host *host)
{
    loop_remove(host->hosts->loop, &host->sock);
    loop_remove(host->hosts->loop, &host->output);
}

static int start(struct host *host, struct err *err);

/* What failed in a reader that had other plugins before is tried once more, alone. True when that has begun. */
static bool try_alone(struct host *host)
{
    if (host->state != HOST_REFUSED || !host->suspect)
        return false;
    let_go(host);
    buf_free(&host->catalogue);
    free(host->reason);
    free(host->text);
    host->reason = host->text = NULL;
    host->complete = host->late = host->gone = false;
    host->state = HOST_LOADING;
    host->deadline_ns = clock_mono() + host->hosts->load_timeout_ns;
    if (start(host, NULL) == 0) {
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
    if (host->state != HOST_REFUSED && printed.len > 0)
        refuse(host, "constructor-printed",
               xasprintf("it printed while it was loaded; a plugin says nothing before its scenarios run: \"%s\"",
                         buf_str(&printed)));
    if (host->reader)
        readers_done(host->reader, host->state != HOST_REFUSED && !host->fresh);
    host->reader = NULL;
    if (try_alone(host))
        return;
    h->loading--;
    if (host->state != HOST_REFUSED)
        host->state = HOST_READY;
    loop_remove(h->loop, &host->output);
    if (host->state == HOST_REFUSED || ++h->alive > MAX_ALIVE) {
        if (host->state != HOST_REFUSED) {
            h->alive--;
            host->state = HOST_RETIRED;
        }
        let_go(host);
    }
}

static const char *stage_text(uint32_t stage)
{
    switch (stage) {
    case STAGE_LOADING:
        return "while its constructors ran";
    case STAGE_ENTRY:
        return "in muster_plugin_v1()";
    case STAGE_TABLES:
        return "while its tables were read: they hold wild pointers";
    case STAGE_LOADED:
        return "when it should have told of it: did a constructor close descriptors that are not its own?";
    default:
        return "while it was looked at";
    }
}

static void refuse_dead(struct host *host)
{
    if (host->late) {
        refuse(host, "constructor-hung",
               xasprintf("it was not loaded within %.3g s: it hangs %s",
                         (double)host->hosts->load_timeout_ns / NS_PER_S, stage_text(host->stage)));
        return;
    }
    autofree char *how = describe_wait_status(host->wait_status);
    bool crashed = WIFSIGNALED(host->wait_status);
    const char *reason = host->stage == STAGE_TABLES ? "bad-table"
                         : crashed                   ? "constructor-crashed"
                                                     : "constructor-exited";
    refuse(host, reason, xasprintf("the process that loaded it %s %s", how, stage_text(host->stage)));
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
        is_catalogue = is_catalogue || admit_takes(m.type);
    }
    if (is_catalogue && host->state == HOST_LOADING)
        buf_add(&host->catalogue, packet->data, packet->len);
    arena_free(&arena);
}

static void drain(struct host *host)
{
    autobuf struct buf packet = {0};
    ssize_t n = 1;
    while (host->sock.fd >= 0 && host->state == HOST_LOADING && !host->complete &&
           (n = sock_receive(host->sock.fd, MSG_DONTWAIT, &packet, NULL)) > 0)
        take_packet(host, &packet);
    if (host->state == HOST_REFUSED || host->complete)
        end_loading(host);
    else if (host->sock.fd >= 0 && (n == 0 || (n < 0 && n != -EAGAIN)))
        loop_remove(host->hosts->loop, &host->sock); /* it ended: HOST_GONE tells how */
}

static void on_host(struct source *source, uint32_t events)
{
    struct host *host = source->data;
    (void)events;
    if (host->state == HOST_LOADING) {
        drain(host);
        return;
    }
    /* Started again for a run: its catalogue is known; or it is gone. */
    autobuf struct buf packet = {0};
    ssize_t n = sock_receive(host->sock.fd, MSG_DONTWAIT, &packet, NULL);
    if (n == 0 || (n < 0 && n != -EAGAIN)) {
        let_go(host);
        if (host->state == HOST_READY) {
            host->state = HOST_RETIRED;
            host->hosts->alive--;
        }
    }
}

/* A host that prints during the run speaks for nobody: its nannies' attempts have outputs of their own. */
static void on_output(struct source *source, uint32_t events)
{
    char ignored[4096];
    (void)events;
    const struct host *host = source->data;
    if (read(source->fd, ignored, sizeof ignored) <= 0)
        loop_remove(host->hosts->loop, source);
}

static int start(struct host *host, struct err *err)
{
    struct hosts *h = host->hosts;
    int pair[2], out[2];
    int r = sock_pair(pair);
    if (r < 0)
        return err_errno(err, r, "making a socket for a host");
    if (pipe2(out, O_CLOEXEC | O_NONBLOCK) < 0) {
        r = err_errno(err, -errno, "making a pipe for a host");
        close(pair[0]);
        close(pair[1]);
        return r;
    }
    const struct msg_host_spawn spec = {.host = host->number,
                                        .path = host->path,
                                        .fresh = host->fresh,
                                        .serve = h->serve,
                                        .providers = {h->step_providers, h->n_step_providers}};
    host->reader = NULL;
    if (h->serve || host->suspect)
        r = zygote_spawn_host(h->zygote, &spec, pair[1], out[1], err);
    else
        r = readers_start(&h->readers, host, &spec, pair[1], out[1], &host->reader, err);
    host->suspect = host->reader && host->reader->plugins > 0;
    close(pair[1]);
    close(out[1]);
    host->gone = false;
    host->output.fd = -1;
    if (host->state == HOST_LOADING)
        host->output = (struct source){.fd = out[0]}; /* read once, at the end */
    else
        loop_add(h->loop, &host->output, out[0], EPOLLIN, on_output, host);
    loop_add(h->loop, &host->sock, pair[0], EPOLLIN, on_host, host);
    return r;
}

static void note_end(struct hosts *h, const struct msg_host_gone *m)
{
    struct reader *reader = m->host < h->n ? NULL : readers_find(&h->readers, m->host);
    struct host *host = m->host < h->n ? h->items[m->host] : reader ? reader->host : NULL;
    if (!host)
        return;
    host->wait_status = m->wait_status;
    host->stage = m->stage;
    host->gone = true;
    if (host->state != HOST_LOADING)
        return;
    drain(host); /* its last words may still be in its own socket */
    if (host->state == HOST_LOADING) {
        refuse_dead(host);
        end_loading(host);
    }
}

static void on_zygote(struct source *source, uint32_t events)
{
    (void)events;
    struct hosts *h = source->data;
    autobuf struct buf packet = {0};
    ssize_t n;
    while ((n = sock_receive(source->fd, MSG_DONTWAIT, &packet, NULL)) > 0) {
        struct arena arena = {0};
        struct message m;
        const char *p = packet.data;
        while (message_decode(&p, packet.data + packet.len, &arena, &m) == 0)
            if (m.type == MSG_HOST_GONE)
                note_end(h, &m.host_gone);
        arena_free(&arena);
    }
    if (n != -EAGAIN) {
        h->zygote_gone = true;
        loop_remove(h->loop, source);
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

static int start_more(struct hosts *h, unsigned parallel, struct err *err)
{
    for (; h->next < h->n && h->loading < parallel; h->next++) {
        struct host *host = h->items[h->next];
        host->hosts = h;
        host->state = HOST_LOADING;
        host->deadline_ns = clock_mono() + h->load_timeout_ns;
        h->loading++;
        int r = start(host, err);
        if (r < 0)
            return r;
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
    int r = admit_described(host, c, &err);
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
    let_go(host);
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
            let_go(h->items[i]);
    }
    h->admitted = h->n;
    return 0;
}

/* "PATH\nNAME\nSTEP\nSTEP...", so that a host maps those alone that its file needs. */
static char *describe_steps(struct catalogue *c, const struct plugin_info *p)
{
    enum { MOST = 8 * 1024 }; /* bytes; of a plugin with more steps the names are left out, and it is mapped to see */
    autobuf struct buf text = {0};
    buf_addf(&text, "%s\n%s", p->path, p->name);
    size_t head = text.len;
    for (uint32_t i = p->first_step; i < p->first_step + p->n_steps; i++)
        buf_addf(&text, "\n%s", c->steps[i].name);
    if (text.len > MOST)
        text.len = head;
    return arena_strdup(&c->arena, buf_str(&text));
}

void hosts_offer_steps(struct hosts *h, struct catalogue *c)
{
    free(h->step_providers);
    h->step_providers = xcalloc(c->n_plugins + 1, sizeof *h->step_providers);
    h->n_step_providers = 0;
    for (uint32_t i = 0; i < c->n_plugins; i++)
        if (c->plugins[i].n_steps > 0)
            h->step_providers[h->n_step_providers++] = describe_steps(c, &c->plugins[i]);
}

static struct host *host_of(const struct hosts *h, uint32_t plugin)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->items[i]->state != HOST_REFUSED && h->items[i]->plugin == plugin)
            return h->items[i];
    return NULL;
}

static void retire(struct host *host)
{
    let_go(host);
    host->state = HOST_RETIRED;
    host->hosts->alive--;
}

/* A live process of the host, without the plugin mapped if its attempts want that. */
static int awaken(struct host *host, struct err *err)
{
    if (host->state == HOST_READY && (host->gone || host->sock.fd < 0 || (host->fresh && host->complete)))
        retire(host);
    if (host->state != HOST_RETIRED)
        return 0;
    host->complete = false;
    int r = start(host, err);
    if (r < 0)
        return r;
    host->state = HOST_READY;
    host->hosts->alive++;
    return 0;
}

int hosts_nanny(struct hosts *h, uint32_t plugin, const struct containment_set *containment, uint32_t slot,
                const char *temp_dir, const char *artifacts_dir, const int outputs[OUTPUT_FDS], int *ret_sock,
                struct err *err)
{
    enum { TRIES = 3 };
    struct host *host = host_of(h, plugin);
    int pair[2];
    int r = sock_pair(pair);
    if (r < 0)
        return err_errno(err, r, "making a socket for a nanny");
    autoclose int ours = pair[0];
    autoclose int theirs = pair[1];
    autoclose int cgroup = containment_slot_dir(containment, slot);
    if (containment->kind == CONTAIN_CGROUP && cgroup < 0)
        return err_errno(err, cgroup, "making a cgroup for slot %u", slot);
    const int fds[] = {theirs, outputs[0], outputs[1], outputs[2], outputs[3], cgroup};
    const struct message m = {.type = MSG_NANNY_SPAWN,
                              .nanny_spawn = {slot, containment->kind, temp_dir, artifacts_dir, host->file}};
    for (int i = 0; i < TRIES; i++) {
        r = awaken(host, err);
        if (r < 0)
            return r;
        r = sock_send_message(host->sock.fd, &m, fds, 1 + OUTPUT_FDS + (cgroup >= 0));
        if (r != -EPIPE)
            break;
        retire(host); /* it died, and we have not heard of it yet */
    }
    if (r < 0)
        return err_errno(err, r, "%s: asking its host for a nanny", host->path);
    *ret_sock = steal_fd(&ours);
    return 0;
}

void hosts_retire(struct hosts *h, uint32_t plugin)
{
    struct host *host = host_of(h, plugin);
    if (host->state == HOST_READY)
        retire(host);
}

char *hosts_end(const struct hosts *h, uint32_t plugin)
{
    const struct host *host = host_of(h, plugin);
    return host->gone ? describe_wait_status(host->wait_status) : xstrdup("");
}
