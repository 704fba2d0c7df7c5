/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of a run, a file in its folder, and what it says. */
#include "record/run_lock.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/json_out.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATE_MAX = 4 * 1024 * 1024 };

static int lock(int fd, bool wait)
{
    while (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) < 0)
        if (errno != EINTR)
            return errno == EWOULDBLOCK ? -EBUSY : -errno;
    return 0;
}

/* The one before may have removed the file while we waited for its lock. */
static bool is_still_there(int dir, int fd)
{
    struct stat ours, theirs;
    return fstat(fd, &ours) == 0 && fstatat(dir, RUN_STATE_NAME, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

int run_lock_take(struct run_lock *c, int dir, bool wait, struct err *err)
{
    for (;;) {
        autoclose int fd = openat(dir, RUN_STATE_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        int r = fd < 0 ? -errno : lock(fd, wait);
        if (r == -EBUSY)
            return err_set(err, r, "its runner, or another muster cleanup, is at work");
        if (r < 0)
            return err_errno(err, r, "locking %s", RUN_STATE_NAME);
        if (is_still_there(dir, fd)) {
            c->dir = dir;
            c->file = steal_fd(&fd);
            return 0;
        }
    }
}

/* What tells a folder from a copy of it, and what nobody knows who makes one for another machine. */
static char *folder_identity(int dir)
{
    struct stat st;
    return fstat(dir, &st) < 0 ? xstrdup("")
                               : xasprintf("%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
}

static void add_list(struct json_out *j, const char *key, const char *const *items, size_t n)
{
    json_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        json_text(j, NULL, items[i]);
    json_close(j, ']');
}

static void add_state(struct buf *line, int dir, const struct run_state *f)
{
    autofree char *folder = folder_identity(dir);
    struct json_out j = {.out = line};
    json_open(&j, NULL, '{');
    json_int(&j, "v", 1);
    json_text(&j, "run_id", f->run_id);
    json_text(&j, "folder", folder);
    json_int(&j, "pid", f->pid);
    add_list(&j, "temps", f->temps, f->n_temps);
    add_list(&j, "groups", f->groups, f->n_groups);
    json_open(&j, "target", '[');
    for (size_t i = 0; i < f->n_target; i++)
        json_textn(&j, NULL, f->target[i], strcspn(f->target[i], "="));
    json_close(&j, ']');
    add_list(&j, "kept", f->kept, f->n_kept);
    json_close(&j, '}');
    json_line(&j);
}

static int write_state(const struct run_lock *c, const struct buf *line)
{
    if (ftruncate(c->file, 0) < 0 || lseek(c->file, 0, SEEK_SET) < 0)
        return -errno;
    int r = io_write_all(c->file, line->data, line->len);
    return r == 0 && c->sync ? c->sync(c->file) : r;
}

int run_lock_note(struct run_lock *c, const struct run_state *f, struct err *err)
{
    autobuf struct buf line = {0};
    add_state(&line, c->dir, f);
    int r = write_state(c, &line);
    struct stat st;
    if (r == 0 && fstat(c->file, &st) == 0)
        c->noted = st.st_ctim;
    return r < 0 ? err_errno(err, r, "writing %s", RUN_STATE_NAME) : 0;
}

bool run_lock_is_untouched(const struct run_lock *c)
{
    struct stat st;
    if (c->file < 0 || (c->noted.tv_sec == 0 && c->noted.tv_nsec == 0))
        return true;
    return is_still_there(c->dir, c->file) && fstat(c->file, &st) == 0 && st.st_ctim.tv_sec == c->noted.tv_sec &&
           st.st_ctim.tv_nsec == c->noted.tv_nsec;
}

void run_lock_release(struct run_lock *c, bool settled)
{
    if (c->file < 0)
        return;
    if (settled)
        unlinkat(c->dir, RUN_STATE_NAME,
                 0); /* before the lock goes: who waits for it sees that it must make a new one */
    close_fd(c->file);
    c->file = -1;
}

bool run_lock_is_held(int dir)
{
    autoclose int fd = openat(dir, RUN_STATE_NAME, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return fd >= 0 && lock(fd, false) == -EBUSY;
}

static const char *string_of(struct arena *arena, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? arena_strdup(arena, text) : "";
}

static const char *const *strings_of(struct arena *arena, const json_t *object, const char *key, size_t *ret_n)
{
    const json_t *list = json_object_get(object, key);
    const char **items = arena_alloc(arena, (json_array_size(list) + 1) * sizeof *items);
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            items[n++] = arena_strdup(arena, json_string_value(json_array_get(list, i)));
    *ret_n = n;
    return items;
}

int run_state_read(int dir, struct arena *arena, struct run_state *ret_facts, struct err *err)
{
    autobuf struct buf text = {0};
    autoclose int fd = openat(dir, RUN_STATE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int r = fd < 0 ? -errno : io_read_fd(fd, STATE_MAX, &text);
    if (r < 0)
        return err_errno(err, r, "reading %s", RUN_STATE_NAME);
    autofree char *folder = folder_identity(dir);
    run_state_parse(buf_str(&text), text.len, arena, ret_facts);
    ret_facts->in_place = *folder && strcmp(ret_facts->folder, folder) == 0;
    return 0;
}

void run_state_parse(const char *text, size_t len, struct arena *arena, struct run_state *ret_facts)
{
    json_t *object = json_loadb(text, len, JSON_DISABLE_EOF_CHECK, NULL);
    size_t n_target, n_groups, n_temps, n_kept;
    const char *const *target = strings_of(arena, object, "target", &n_target);
    const char *const *groups = strings_of(arena, object, "groups", &n_groups);
    const char *const *temps = strings_of(arena, object, "temps", &n_temps);
    const char *const *kept = strings_of(arena, object, "kept", &n_kept);
    *ret_facts = (struct run_state){.run_id = string_of(arena, object, "run_id"),
                                    .folder = string_of(arena, object, "folder"),
                                    .pid = (pid_t)json_integer_value(json_object_get(object, "pid")),
                                    .temps = temps,
                                    .n_temps = n_temps,
                                    .groups = groups,
                                    .n_groups = n_groups,
                                    .target = target,
                                    .n_target = n_target,
                                    .kept = kept,
                                    .n_kept = n_kept - n_kept % 2};
    json_decref(object);
}
