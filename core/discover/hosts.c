/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts as processes: started, noticed when they end, asked for monitors, retired. */
#include "discover/hosts.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/wait_status.h"
#include "ipc/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void on_zygote(struct source *source, uint32_t events);

/* Most of the descriptors are for what runs: see cap_jobs() of `muster run`. */
static size_t most_alive(void)
{
    enum { MOST = 64, FOR_THE_RUN = 64, SHARE = 8 };
    struct rlimit l;
    if (getrlimit(RLIMIT_NOFILE, &l) < 0 || l.rlim_cur >= FOR_THE_RUN + MOST * SHARE)
        return MOST;
    return l.rlim_cur < FOR_THE_RUN + SHARE ? 1 : (size_t)(l.rlim_cur - FOR_THE_RUN) / SHARE;
}

void hosts_init(struct hosts *h, struct loop *loop, struct zygote *zygote, int64_t load_timeout_ns)
{
    *h = (struct hosts){
        .loop = loop, .zygote = zygote, .load_timeout_ns = load_timeout_ns, .zygote_sock = SOURCE_INIT, .document = -1};
    h->alive_most = most_alive();
    readers_init(&h->readers, zygote);
    loop_add(loop, &h->zygote_sock, zygote->sock, EPOLLIN, on_zygote, h); /* which stays the zygote's */
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
    loop_part(h->loop, &h->zygote_sock);
    free(h->items);
    free(h->step_providers);
    close_fd(h->document);
    *h = (struct hosts){.document = -1};
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
                                    .provider = h->providing,
                                    .yields = h->yielding};
    h->n++;
}

void host_let_go(struct host *host)
{
    loop_remove(host->hosts->loop, &host->sock);
    loop_remove(host->hosts->loop, &host->output);
}

static void on_host(struct source *source, uint32_t events)
{
    struct host *host = source->data;
    (void)events;
    if (host->state == HOST_LOADING) {
        host_hear(host);
        return;
    }
    /* Started again for a run: its catalogue is known; or it is gone. */
    autobuf struct buf packet = {0};
    ssize_t n = sock_receive(host->sock.fd, MSG_DONTWAIT, &packet, NULL);
    if (n == 0 || (n < 0 && n != -EAGAIN)) {
        host_let_go(host);
        if (host->state == HOST_READY) {
            host->state = HOST_RETIRED;
            host->hosts->alive--;
        }
    }
}

/* A host that prints during the run speaks for nobody: its monitors' attempts have outputs of their own. */
static void on_output(struct source *source, uint32_t events)
{
    char ignored[4096];
    (void)events;
    const struct host *host = source->data;
    if (read(source->fd, ignored, sizeof ignored) <= 0)
        loop_remove(host->hosts->loop, source);
}

static void retire(struct host *host)
{
    host_let_go(host);
    host->state = HOST_RETIRED;
    host->hosts->alive--;
}

bool hosts_lack_descriptors(int error)
{
    return error == -EMFILE || error == -ENFILE;
}

/* One that lives gives its descriptor to another: it is started again when it is needed. What its monitors run goes on.
 */
static bool end_another(struct hosts *h, const struct host *but)
{
    for (size_t i = 0; i < h->n; i++) {
        if (h->items[i] == but || h->items[i]->state != HOST_READY || h->items[i]->sock.fd < 0)
            continue;
        retire(h->items[i]);
        return true;
    }
    return false;
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
        close_fd(pair[0]);
        close_fd(pair[1]);
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
    close_fd(pair[1]);
    close_fd(out[1]);
    host->gone = false;
    host->output.fd = -1;
    if (r < 0) {
        close_fd(pair[0]);
        close_fd(out[0]);
        return r;
    }
    if (host->state == HOST_LOADING)
        host->output = (struct source){.fd = out[0]}; /* read once, at the end */
    else
        loop_add(h->loop, &host->output, out[0], EPOLLIN, on_output, host);
    loop_add(h->loop, &host->sock, pair[0], EPOLLIN, on_host, host);
    return 0;
}

int host_start(struct host *host, struct err *err)
{
    int r;
    while (hosts_lack_descriptors(r = start(host, err)) && end_another(host->hosts, host))
        err_free(err);
    return r;
}

static void note_end(struct hosts *h, const struct msg_host_gone *m)
{
    struct reader *reader = m->host < h->n ? NULL : readers_find(&h->readers, m->host);
    struct host *host = m->host < h->n ? h->items[m->host] : reader ? reader->host : NULL;
    if (!host)
        return;
    host->wait_status = m->wait_status;
    host->fork_error = (int)m->error;
    host->stage = m->stage;
    host->gone = true;
    if (host->state == HOST_LOADING)
        host_died_loading(host);
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
        loop_part(h->loop, source);
    }
}

/* "PATH\nNAME\nSTEP\nSTEP...", so that a host maps those alone that its file needs. */
static char *describe_steps(struct catalogue *c, const struct plugin_info *p)
{
    enum { MOST = 8 * 1024 }; /* bytes; of a plugin with more steps the names are left out, and it is mapped to see */
    autobuf struct buf text = {0};
    buf_addf(&text, "%s\n%s%s", p->path, p->yields ? "*" : "", p->name);
    size_t head = text.len;
    for (uint32_t i = p->first_step; i < p->first_step + p->n_steps; i++)
        buf_addf(&text, "\n%s", c->steps[i].name);
    if (text.len > MOST)
        text.len = head;
    return arena_strdup(&c->arena, buf_str(&text));
}

void hosts_offer_steps(struct hosts *h, struct catalogue *c, const char *target)
{
    free(h->step_providers);
    h->step_providers = xcalloc(c->n_plugins + 2, sizeof *h->step_providers);
    h->n_step_providers = 0;
    for (uint32_t i = 0; i < c->n_plugins; i++)
        if (c->plugins[i].n_steps > 0)
            h->step_providers[h->n_step_providers++] = describe_steps(c, &c->plugins[i]);
    if (target) {
        autofree char *text = xasprintf("\n%s", target);
        h->step_providers[h->n_step_providers++] = arena_strdup(&c->arena, text);
    }
}

static struct host *host_of(const struct hosts *h, uint32_t plugin)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->items[i]->state != HOST_REFUSED && h->items[i]->plugin == plugin)
            return h->items[i];
    return NULL;
}

/* A live process of the host, without the plugin mapped if its attempts want that. */
static int awaken(struct host *host, struct err *err)
{
    if (host->state == HOST_READY && (host->gone || host->sock.fd < 0 || (host->fresh && host->complete)))
        retire(host);
    if (host->state != HOST_RETIRED)
        return 0;
    host->complete = false;
    int r = host_start(host, err);
    if (r < 0)
        return r;
    host->state = HOST_READY;
    host->hosts->alive++;
    return 0;
}

int hosts_give_document(struct hosts *h, const char *json, struct err *err)
{
    autoclose int fd = memfd_create("muster-target", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    int r = fd < 0 ? -errno : io_write_all(fd, json, strlen(json) + 1);
    if (r == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
        r = -errno;
    if (r < 0)
        return err_errno(err, r, "keeping the target for attempts");
    close_fd(h->document);
    h->document = steal_fd(&fd);
    h->document_size = (uint32_t)strlen(json) + 1;
    return 0;
}

int hosts_monitor(struct hosts *h, uint32_t plugin, const struct containment *containment, uint32_t slot,
                  const char *temp_dir, const char *artifacts_dir, const int ends[ENDS_FDS], int *ret_sock,
                  struct err *err)
{
    enum { TRIES = 3 };
    struct host *host = host_of(h, plugin);
    int pair[2];
    int r;
    while (hosts_lack_descriptors(r = sock_pair(pair)) && end_another(h, host))
        ;
    if (r < 0)
        return err_errno(err, r, "making a socket for a monitor");
    autoclose int ours = pair[0];
    autoclose int theirs = pair[1];
    autoclose int group = containment_slot_dir(containment, slot, err);
    if (group < NO_GROUP)
        return group;
    int fds[1 + ENDS_FDS + 2] = {theirs};
    size_t n_fds = 1 + ENDS_FDS;
    memcpy(fds + 1, ends, ENDS_FDS * sizeof *ends);
    if (group >= 0)
        fds[n_fds++] = group;
    if (h->document >= 0)
        fds[n_fds++] = h->document;
    const struct message m = {
        .type = MSG_MONITOR_SPAWN,
        .monitor_spawn = {.slot = slot,
                          .rung = rung_index(containment->rung),
                          .holder = containment->holder ? rung_index(containment->holder->rung) : UINT32_MAX,
                          .document = h->document_size,
                          .temp_dir = temp_dir,
                          .artifacts_dir = artifacts_dir,
                          .file = host->file}};
    for (int i = 0; i < TRIES; i++) {
        r = awaken(host, err);
        if (r < 0)
            return r;
        r = sock_send_message(host->sock.fd, &m, fds, n_fds);
        if (r != -EPIPE)
            break;
        retire(host); /* it died, and we have not heard of it yet */
    }
    if (r < 0)
        return err_errno(err, r, "%s: asking its host for a monitor", host->path);
    *ret_sock = steal_fd(&ours);
    return 0;
}

char *hosts_missing(const struct hosts *h, uint32_t plugin)
{
    const struct host *host = host_of((struct hosts *)(uintptr_t)h, plugin);
    bool mapped = !host->fresh && host->state == HOST_READY && !host->gone;
    if (mapped || access(host->path, F_OK) == 0)
        return NULL;
    return xasprintf("the plugin file is gone since the run began: %s: %s", host->path, strerror(errno));
}

void hosts_prepare(struct hosts *h, uint32_t plugin)
{
    awaken(host_of(h, plugin), NULL);
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
    if (host->gone && host->fork_error)
        return xasprintf("could not be forked: %s", strerror(host->fork_error));
    return host->gone ? describe_wait_status(host->wait_status) : xstrdup("");
}
