/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of a server. It is not in the fixture's temporary folder: that is root's where root runs muster, and
 * closed to who PostgreSQL runs as.
 */
#include "postgres.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLEANUP_NAME "postgres.remove"
#define NAME_BEGINS  "muster-postgres-"

/* ---- its end ----------------------------------------------------------------------------------------------------- */

static void remove_below(int dir_fd, const char *name);

static void remove_entries(int fd)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    for (const struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            remove_below(dirfd(dir), e->d_name);
    closedir(dir);
}

/* By descriptors and never through a link: its owner is not root, who may be at work here. */
static void remove_below(int dir_fd, const char *name)
{
    if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
        return;
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        remove_entries(fd);
    unlinkat(dir_fd, name, AT_REMOVEDIR);
}

/* The key and the number of its System V segment, which it writes into the seventh line of that file. A server that
 * ends as it should removes it; of one that was killed it would stay until the machine is started anew. */
static int read_segment(const char *folder, long *ret_key)
{
    char path[4096], line[256];
    int id = -1;
    snprintf(path, sizeof path, "%s/data/postmaster.pid", folder);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
    for (int n = 1; in && fgets(line, sizeof line, in); n++)
        if (n == 7 && sscanf(line, "%ld %d", ret_key, &id) != 2)
            id = -1;
    if (in)
        fclose(in);
    return id;
}

/* The number may be another's by now: whose it is, its key and its owner say. Who still has it mapped is dying. */
static void remove_segment(struct muster_ctx *t, const char *folder)
{
    struct shmid_ds segment;
    struct stat st;
    long key;
    int id = read_segment(folder, &key);
    const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
    if (id < 0 || stat(folder, &st) < 0)
        return;
    for (int try = 0; shmctl(id, IPC_STAT, &segment) == 0; try++) {
        if (segment.shm_perm.__key != (key_t)key || segment.shm_perm.cuid != st.st_uid)
            return;
        if (segment.shm_nattch == 0 && shmctl(id, IPC_RMID, NULL) == 0)
            return;
        if (try == 1000)
            FAIL("shared memory segment %d of the server in %s cannot be removed: %lu processes have it mapped", id,
                 folder, (unsigned long)segment.shm_nattch);
        clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
    }
}

CLEANUP(remove_folder, CLEANUP_NAME, .timeout_ms = 60000)
{
    const char *name = strrchr(payload, '/');
    if (!name || strncmp(name + 1, NAME_BEGINS, strlen(NAME_BEGINS)) != 0)
        FAIL("not a folder of ours: \"%s\"", payload);
    remove_segment(t, payload);
    remove_below(AT_FDCWD, payload);
    if (access(payload, F_OK) == 0)
        FAIL("%s cannot be removed: %s", payload, strerror(errno));
}

/* ---- its beginning ----------------------------------------------------------------------------------------------- */

/* Where muster puts the run's temporary folder: TMPDIR, mostly. */
static const char *run_base(struct muster_ctx *t)
{
    const char *temp = m_attempt(t)->temp_dir, *at = strstr(temp, "/muster-");
    return at && at > temp ? m_keep(t, temp, (size_t)(at - temp)) : "/tmp";
}

/* Whether anybody may pass through it and all above it. */
static int is_open(struct muster_ctx *t, const char *path)
{
    struct stat st;
    for (size_t n = strlen(path); n; n--) {
        if (n != strlen(path) && path[n] != '/')
            continue;
        if (stat(m_keep(t, path, n), &st) < 0 || !(st.st_mode & S_IXOTH))
            return 0;
    }
    return 1;
}

/* A socket's path is short: "/.s.PGSQL.65535" has to fit behind it, and a lock's ".lock". */
static int has_room(const char *path)
{
    struct sockaddr_un a;
    return strlen(path) + strlen("/.s.PGSQL.65535.lock") < sizeof a.sun_path;
}

static const char *folder_below(struct muster_ctx *t, const char *base)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        ERROR("no random bytes: %s", strerror(errno));
    return m_fmt(t, "%s/" NAME_BEGINS "%016" PRIx64, base, random);
}

const char *make_folder(struct muster_ctx *t, const struct account *who, const char *base)
{
    const char *const bases[] = {*base ? base : run_base(t), "/tmp", "/var/tmp"};
    for (size_t i = 0; i < (*base ? 1 : sizeof bases / sizeof *bases); i++) {
        const char *folder = folder_below(t, bases[i]);
        if (!has_room(folder) || (who->name && !is_open(t, bases[i])))
            continue;
        DEFER(CLEANUP_NAME, folder);
        if (mkdir(folder, 0700) < 0 || (who->name && chown(folder, who->uid, who->gid) < 0))
            ERROR("%s: %s", folder, strerror(errno));
        return folder;
    }
    ERROR("there is no folder for PostgreSQL's files: %s cannot be used%s%s%s", bases[0], *base ? "" : ", nor can /tmp",
          who->name ? ", by the user " : "", who->name ? who->name : ": its path is too long for a socket in it");
}
