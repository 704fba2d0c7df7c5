/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios that create real things, under names that never come again, for the tests of the ledger. `--set dir=` is
 * where the things are, `--set out=` where runs are kept. Every cleanup that is called says so in dir/calls, and looks
 * into the run's ledger: one that is done already must not be called.
 */
#include <common/tenancy.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1024, COMM_SIZE = 16 };

static const char *setting(struct muster_ctx *t, const char *key)
{
    const char *value = m_target(t, key);
    if (!value)
        ERROR("--set %s=... is missing", key);
    return value;
}

static void path_of(struct muster_ctx *t, const char *folder, const char *name, char ret_path[PATH_SIZE])
{
    snprintf(ret_path, PATH_SIZE, "%s/%s/%s", setting(t, "dir"), folder, name);
}

/* One write, so that lines of several processes don't mix. */
static void say(struct muster_ctx *t, const char *what, const char *name)
{
    char path[PATH_SIZE], line[PATH_SIZE];
    snprintf(path, sizeof path, "%s/calls", setting(t, "dir"));
    int n = snprintf(line, sizeof line, "%s %s\n", what, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, (size_t)n) != n)
        ERROR("%s: %s", path, strerror(errno));
    close(fd);
}

/* "run/case/attempt/what", with no slash in it. */
static void make_name(char ret_name[256], const char *what)
{
    snprintf(ret_name, 256, "%s_%s_%s_%s", getenv("MUSTER_RUN_ID"), getenv("MUSTER_CASE"), getenv("MUSTER_ATTEMPT"),
             what);
}

/* ---- undoing ---------------------------------------------------------------------------------------------- */

static bool is_done_in(char *ledger, const char *payload)
{
    char wanted[512], id[64] = "", *state = NULL;
    snprintf(wanted, sizeof wanted, "\"payload\":\"%s\"}", payload);
    for (char *line = strtok_r(ledger, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        const char *at = strstr(line, "\"id\":");
        if (at && strstr(line, wanted))
            snprintf(id, sizeof id, "\"op\":\"done\",\"id\":%ld}", atol(at + 5));
        if (*id && strstr(line, id))
            return true;
    }
    return false;
}

static bool is_done(struct muster_ctx *t, const char *payload)
{
    char path[PATH_SIZE];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s/ledger.jsonl", setting(t, "out"), getenv("MUSTER_RUN_ID"));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        ERROR("%s: %s", path, strerror(errno));
    char *text = calloc(1, (size_t)st.st_size + 1);
    ssize_t n = read(fd, text, (size_t)st.st_size);
    close(fd);
    bool done = n == st.st_size && is_done_in(text, payload);
    free(text);
    return done;
}

/* The lock goes with the process, however that ends. */
static int begin_undoing(struct muster_ctx *t, const char *payload)
{
    char path[PATH_SIZE];
    if (is_done(t, payload))
        say(t, "TWICE", payload);
    path_of(t, "busy", payload, path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        say(t, "TOGETHER", payload);
    return fd;
}

static void end_undoing(struct muster_ctx *t, const char *payload, int busy, bool was_there)
{
    char path[PATH_SIZE];
    say(t, was_there ? "undone" : "nothing", payload);
    path_of(t, "busy", payload, path);
    unlink(path);
    close(busy);
}

CLEANUP(remove_file, "file.remove", .timeout_ms = 5000)
{
    char path[PATH_SIZE];
    int busy = begin_undoing(t, payload);
    path_of(t, "things", payload, path);
    bool was_there = unlink(path) == 0;
    if (!was_there && errno != ENOENT)
        FAIL("%s: %s", path, strerror(errno));
    end_undoing(t, payload, busy, was_there);
}

/* A thread's name has 15 bytes: those of the process's number that it was told. */
static void comm_of(const char *name, char ret_comm[COMM_SIZE])
{
    unsigned long hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    snprintf(ret_comm, COMM_SIZE, "h%013lx", hash & 0xfffffffffffff);
}

static bool has_comm(pid_t pid, const char *comm)
{
    char path[64], found[64] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, found, sizeof found - 1);
    if (fd >= 0)
        close(fd);
    found[n > 0 ? n : 0] = '\0';
    found[strcspn(found, "\n")] = '\0';
    return strcmp(found, comm) == 0;
}

static void end_process(pid_t pid, const char *comm)
{
    int fd = pid > 0 ? pidfd_open(pid, 0) : -1;
    if (fd < 0)
        return;
    if (has_comm(pid, comm)) {
        pidfd_send_signal(fd, SIGKILL, NULL, 0);
        poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 2000);
    }
    close(fd);
}

CLEANUP(end_child, "process.end", .timeout_ms = 5000)
{
    char path[PATH_SIZE], text[32] = "", comm[COMM_SIZE];
    int busy = begin_undoing(t, payload);
    path_of(t, "things", payload, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool was_there = fd >= 0;
    ssize_t n = was_there ? read(fd, text, sizeof text - 1) : 0;
    if (was_there)
        close(fd);
    comm_of(payload, comm);
    if (n > 0)
        end_process(atoi(text), comm);
    unlink(path);
    end_undoing(t, payload, busy, was_there);
}

CLEANUP(remove_tenant, "platform.tenant.remove", .timeout_ms = 20000)
{
    char subdomain[COMM_SIZE];
    int busy = begin_undoing(t, payload);
    comm_of(payload, subdomain);
    end_undoing(t, payload, busy, tenancy_remove(t, m_login(t, "admin"), subdomain) > 0);
}

/* ---- creating --------------------------------------------------------------------------------------------- */

static void create_file(struct muster_ctx *t, const char *what)
{
    char name[256], path[PATH_SIZE];
    make_name(name, what);
    path_of(t, "things", name, path);
    DEFER("file.remove", name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        ERROR("%s: %s", path, strerror(errno));
    close(fd);
}

static _Noreturn void be_child(const char *path, const char *comm, int ready)
{
    char text[16];
    setsid();
    prctl(PR_SET_NAME, comm);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int n = snprintf(text, sizeof text, "%d", (int)getpid());
    if (fd < 0 || write(fd, text, (size_t)n) != n || write(ready, "", 1) != 1)
        _exit(1);
    close_range(3, ~0U, 0);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    for (;;)
        pause();
}

/* The process is there when this returns, so that nothing is created once the attempt has ended. */
static void create_process(struct muster_ctx *t)
{
    char name[256], path[PATH_SIZE], comm[COMM_SIZE], byte;
    int ready[2];
    make_name(name, "process");
    path_of(t, "things", name, path);
    comm_of(name, comm);
    DEFER("process.end", name);
    REQUIRE(pipe2(ready, O_CLOEXEC) == 0);
    if (fork() == 0)
        be_child(path, comm, ready[1]);
    close(ready[1]);
    REQUIRE(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
}

/* Asked for, and not waited for: it may be cleaned up half made. */
static void create_tenant(struct muster_ctx *t)
{
    char name[256], subdomain[COMM_SIZE];
    make_name(name, "tenant");
    comm_of(name, subdomain);
    struct m_session *platform = m_login(t, "admin");
    DEFER("platform.tenant.remove", name);
    START(platform, "tenant.create", ORDER(subdomain), ARG("plan", "starter"));
}

/* Something to be killed in: an event that never comes, for a moment that differs from case to case. */
static void dwell(int ms)
{
    poll(NULL, 0, ms);
}

#define HOARD(name_, ms_, process_, end_)                                                                              \
    SCENARIO(name_, .summary = "Creates things")                                                                       \
    {                                                                                                                  \
        create_file(t, "first");                                                                                       \
        if (process_)                                                                                                  \
            create_process(t);                                                                                         \
        dwell(ms_);                                                                                                    \
        create_file(t, "second");                                                                                      \
        end_;                                                                                                          \
    }

HOARD(a1, 0, 0, )
HOARD(a2, 3, 1, )
HOARD(a3, 1, 0, )
HOARD(a4, 7, 1, )
HOARD(b1, 0, 1, )
HOARD(b2, 5, 0, )
HOARD(b3, 2, 1, )
HOARD(b4, 9, 0, )
HOARD(c1, 0, 0, )
HOARD(c2, 4, 1, )
HOARD(c3, 6, 1, )
HOARD(c4, 12, 0, )
HOARD(d1, 1, 1, )
HOARD(d2, 0, 0, )
HOARD(d3, 8, 1, )
HOARD(d4, 15, 0, )
HOARD(e1, 2, 0, )
HOARD(e2, 0, 1, )
HOARD(e3, 10, 1, )
HOARD(e4, 20, 0, )

#define HOARD_TENANT(name_, ms_)                                                                                       \
    SCENARIO(name_, .summary = "Creates a tenant of the platform", .markers = MARKERS("platform"),                     \
             .needs = OPERATIONS("tenant.create"))                                                                     \
    {                                                                                                                  \
        create_file(t, "first");                                                                                       \
        create_tenant(t);                                                                                              \
        dwell(ms_);                                                                                                    \
    }

HOARD_TENANT(f1, 0)
HOARD_TENANT(f2, 20)
HOARD_TENANT(f3, 50)

SCENARIO(no_tenant_is_left, .markers = MARKERS("survey"), .needs = OPERATIONS("tenant.list"))
{
    struct m_json *found = DO(m_login(t, "admin"), "tenant.list");
    for (int64_t i = 0; i < m_json_count(found, "/tenants"); i++)
        CHECK_STR(m_json_str(found, m_fmt(t, "/tenants/%d/state", (int)i)), ==, "gone");
}

/* Not for an undisturbed run: `-m bad`. */
SCENARIO(fails, .markers = MARKERS("bad"))
{
    create_file(t, "first");
    create_file(t, "second");
    REQUIRE(0);
}

SCENARIO(crashes, .markers = MARKERS("bad"))
{
    create_file(t, "first");
    create_process(t);
    abort();
}

SCENARIO(mangles, .markers = MARKERS("bad"))
{
    DEFER("file.remove", "no text: \xff");
}

SCENARIO(waits, .markers = MARKERS("wait"))
{
    create_file(t, "first");
    create_process(t);
    for (;;)
        pause();
}

MUSTER_PLUGIN("hoard", "1.0.0")
