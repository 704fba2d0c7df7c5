/* SPDX-License-Identifier: Apache-2.0 */
/* A folder, looked through level by level. */
#include "slotdir/survey.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct queue {
    char **paths; /* of folders still to be read */
    size_t n, cap;
};

static uint64_t data_of(const struct stat *st)
{
    enum { BLOCK = 512 };
    uint64_t size = (uint64_t)st->st_size, blocks = (uint64_t)st->st_blocks * BLOCK;
    return size < blocks ? size : blocks;
}

static void look_at(struct survey *s, struct queue *q, struct arena *arena, int fd, const char *name, char *path)
{
    struct stat st;
    s->n++;
    if (s->n_names < SURVEY_NAMES)
        s->names[s->n_names++] = arena_strdup(arena, path);
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        st.st_mode = 0;
    if (S_ISREG(st.st_mode))
        s->bytes += data_of(&st);
    s->barred = s->barred || (S_ISREG(st.st_mode) && !(st.st_mode & 0400)) ||
                (S_ISDIR(st.st_mode) && (st.st_mode & 0700) != 0700);
    if (!S_ISDIR(st.st_mode)) {
        free(path);
        return;
    }
    GROW(q->paths, q->n, q->cap);
    q->paths[q->n++] = path;
}

static void read_folder(struct survey *s, struct queue *q, struct arena *arena, int dirfd, const char *path,
                        uint64_t most)
{
    autoclose int fd = openat(dirfd, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    autoclosedir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return;
    int held = steal_fd(&fd); /* the DIR's now */
    for (struct dirent *e; s->n < most && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            look_at(s, q, arena, held, e->d_name, xasprintf("%s%s%s", path, *path ? "/" : "", e->d_name));
}

void survey_folder(int dirfd, uint64_t most, struct arena *arena, struct survey *ret)
{
    *ret = (struct survey){0};
    struct queue q = {0};
    read_folder(ret, &q, arena, dirfd, "", most);
    while (q.n > 0) {
        autofree char *path = q.paths[--q.n];
        read_folder(ret, &q, arena, dirfd, path, most);
    }
    ret->barred = ret->barred || ret->n >= most;
    free(q.paths);
}
