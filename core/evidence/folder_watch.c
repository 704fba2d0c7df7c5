/* SPDX-License-Identifier: Apache-2.0 */
/* Who else writes into a run's folder. */
#include "evidence/folder_watch.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "record/evlog.h"
#include "record/ledger.h"
#include "record/run_lock.h"
#include "slotdir/slotdir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Of log and ledger: we hold them open to the end, so whoever closes it after writing is another. A further name, or
 * other rights, are changes of its attributes. */
static const uint32_t of_file = IN_CLOSE_WRITE | IN_ATTRIB | IN_DONT_FOLLOW;
static const uint32_t of_folder =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF | IN_CLOSE_WRITE | IN_ONLYDIR;

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* They come and go as we need them. */
static bool is_passing(const char *name)
{
    static const char *const names[] = {WORKSPACE_SLOTS, RUN_STATE_NAME};
    return is_one_of(name, names, ARRAY_LEN(names));
}

static int watch_file(int fd, const char *folder, const char *name)
{
    autofree char *path = xasprintf("%s/%s", folder, name);
    return inotify_add_watch(fd, path, of_file);
}

static bool is_made_by_us(const struct inotify_event *e)
{
    static const char *const folders[] = {"cases", "fixtures"}, *const files[] = {LEDGER_NAME};
    if (!(e->mask & IN_CREATE))
        return false;
    return e->mask & IN_ISDIR ? is_one_of(e->name, folders, ARRAY_LEN(folders))
                              : is_one_of(e->name, files, ARRAY_LEN(files));
}

static const char *done_to_file(uint32_t mask)
{
    return mask & IN_CLOSE_WRITE ? "it was opened by somebody else to be written to"
                                 : "its rights or its names were changed by somebody else";
}

/* Whoever knows of the ledger as soon as it is there can be done with it before it is watched itself. */
static bool is_written(const struct inotify_event *e)
{
    static const char *const ours[] = {EVLOG_NAME, LEDGER_NAME};
    return e->len > 0 && is_one_of(e->name, ours, ARRAY_LEN(ours));
}

static const char *done_to_entry(uint32_t mask)
{
    return mask & IN_CREATE     ? "it was made by somebody else"
           : mask & IN_MOVED_TO ? "it was put there by somebody else"
                                : "it was removed by somebody else";
}

static void take_event(struct folder_watch *w, const struct inotify_event *e)
{
    bool of_ledger = w->ledger >= 0 && e->wd == w->ledger;
    if (e->mask & IN_Q_OVERFLOW)
        w->changed(w->data, ".", "more was done to it than can be told");
    else if ((e->wd == w->log || of_ledger) && !(e->mask & IN_IGNORED))
        w->changed(w->data, of_ledger ? LEDGER_NAME : EVLOG_NAME, done_to_file(e->mask));
    else if (e->wd == w->folder && e->mask & IN_CLOSE_WRITE) {
        if (is_written(e))
            w->changed(w->data, e->name, done_to_file(e->mask));
    } else if (e->wd == w->folder && e->mask & IN_MOVE_SELF)
        w->changed(w->data, ".", "the folder was moved: what stands where it was is somebody else's");
    else if (e->wd == w->folder && e->len > 0 && w->ledger < 0 && is_made_by_us(e) && !(e->mask & IN_ISDIR))
        w->ledger = watch_file(w->source.fd, w->path, LEDGER_NAME);
    else if (e->wd == w->folder && e->len > 0 && !is_passing(e->name) && !is_made_by_us(e))
        w->changed(w->data, e->name, done_to_entry(e->mask));
}

/* True while there may be more. */
static bool take_some(struct folder_watch *w)
{
    _Alignas(struct inotify_event) char bytes[8192];
    ssize_t n = read(w->source.fd, bytes, sizeof bytes);
    for (ssize_t at = 0; at < n;) {
        const struct inotify_event *e = (const void *)(bytes + at);
        at += (ssize_t)(sizeof *e + e->len);
        take_event(w, e);
    }
    return n > 0 || (n < 0 && errno == EINTR);
}

void folder_watch_read(struct folder_watch *w)
{
    if (w->source.fd >= 0)
        take_some(w);
}

static void on_events(struct source *source, uint32_t events)
{
    (void)events;
    take_some(source->data);
}

int folder_watch_open(struct folder_watch *w, struct loop *loop, const char *path, folder_changed changed, void *data)
{
    autoclose int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0)
        return -errno;
    int log_watch = watch_file(fd, path, EVLOG_NAME);
    int folder_watch = log_watch < 0 ? -1 : inotify_add_watch(fd, path, of_folder);
    if (folder_watch < 0)
        return -errno;
    *w = (struct folder_watch){.loop = loop, .source = SOURCE_INIT, .changed = changed, .data = data};
    w->path = xstrdup(path);
    w->ledger = -1;
    w->log = log_watch;
    w->folder = folder_watch;
    loop_add(loop, &w->source, steal_fd(&fd), EPOLLIN, on_events, w);
    return 0;
}

void folder_watch_close(struct folder_watch *w)
{
    enum { READS_MOST = 1000 }; /* of one who writes without end */
    if (w->source.fd < 0)
        return;
    for (int i = 0; i < READS_MOST && take_some(w); i++)
        ;
    loop_remove(w->loop, &w->source);
    free(w->path);
    w->path = NULL;
}
