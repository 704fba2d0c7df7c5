/* SPDX-License-Identifier: Apache-2.0 */
/* Start, loop, stop. */
#include "common/clock.h"
#include "common/crypto.h"
#include "common/folder.h"
#include "events/events.h"
#include "gate.h"
#include "identity/auth.h"
#include "identity/token.h"
#include "identity/users.h"
#include "outbound/dns.h"
#include "outbound/outbound.h"
#include "outbound/outbox.h"
#include "provisioning/provisioning.h"
#include "server/http.h"
#include "server/listener.h"
#include "server/watch.h"
#include "server/ws.h"
#include "store/migrate.h"
#include "store/store.h"
#include "workloads/backup.h"
#include "workloads/balancer.h"
#include "workloads/driver.h"
#include "workloads/workload.h"
#include "workloads/workload_monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAREWELL_MS 300

static bool on_signal(int fd, void *payload)
{
    struct testbed *tb = payload;
    struct signalfd_siginfo info;

    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            workloads_children(tb);
        else
            tb->stopping = true;
    }
    return true;
}

static bool on_stdin(int fd, void *payload)
{
    struct testbed *tb = payload;
    char buf[256];
    ssize_t n = read(fd, buf, sizeof buf);

    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return true;
    tb->stopping = true;
    return false;
}

static int watch_signals(struct testbed *tb)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return -1;
    tb->signals = watch_open(tb, fd, on_signal, tb);
    if (!tb->signals)
        return -1;
    if (!tb->opt.stop_on_stdin_eof)
        return 0;
    fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    tb->standard_input = fd < 0 ? NULL : watch_open(tb, fd, on_stdin, tb);
    return tb->standard_input ? 0 : -1;
}

/* A secret, of which a command line would tell everybody: -1 after a message. */
static int read_first_line(const char *path, char *ret_line, size_t size)
{
    FILE *f = fopen(path, "re");
    bool read = f && fgets(ret_line, (int)size, f);

    if (!read)
        fprintf(stderr, "muster-testbed: %s: %s\n", path, f ? "it is empty" : strerror(errno));
    if (f)
        fclose(f);
    if (!read)
        return -1;
    ret_line[strcspn(ret_line, "\r\n")] = '\0';
    return 0;
}

/* The administrator's password: 65 bytes at least. */
static int choose_password(const struct options *opt, char *ret_password, size_t size)
{
    if (!opt->admin_password_file) {
        crypto_random_hex(16, ret_password);
        return 0;
    }
    if (read_first_line(opt->admin_password_file, ret_password, size) != 0)
        return -1;
    if (strlen(ret_password) >= 10)
        return 0;
    fprintf(stderr, "muster-testbed: %s: a password has 10 characters at least\n", opt->admin_password_file);
    return -1;
}

static int read_orchestrator_token(struct options *opt)
{
    if (!opt->orchestrator_token_file)
        return 0;
    return read_first_line(opt->orchestrator_token_file, opt->orchestrator_token, sizeof opt->orchestrator_token);
}

/* Whoever waits for the file must find it whole, or not at all. */
static int write_port_file(const char *path, const char *line)
{
    char *temporary = NULL;
    int failed = -1;

    if (asprintf(&temporary, "%s.%d.tmp", path, (int)getpid()) < 0)
        return -1;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ssize_t len = (ssize_t)strlen(line);
        failed = write(fd, line, (size_t)len) != len;
        failed |= close(fd) != 0;
        failed = failed || rename(temporary, path) != 0;
        if (failed)
            unlink(temporary);
    }
    if (failed)
        fprintf(stderr, "muster-testbed: %s: %s\n", path, strerror(errno));
    free(temporary);
    return failed ? -1 : 0;
}

static int announce(struct testbed *tb, const char *password)
{
    char url[128], ws[128];
    json_t *defects = json_array();

    snprintf(url, sizeof url, "http://%s:%d", tb->opt.listen, http_port(tb));
    snprintf(ws, sizeof ws, "ws://%s:%d/ws", tb->opt.listen, http_port(tb));
    for (int i = 0; i < DEFECT_COUNT; i++)
        if (defect(tb, (enum defect_id)i))
            json_array_append_new(defects, json_string(defect_name((enum defect_id)i)));
    if (tb->opt.foreign_route)
        json_array_append_new(defects, json_sprintf("foreign %s", tb->opt.foreign_route));
    if (tb->opt.open_route)
        json_array_append_new(defects, json_sprintf("open %s", tb->opt.open_route));
    json_t *ready = json_pack("{s:s, s:s, s:i, s:s, s:s, s:o}", "url", url, "ws", ws, "pid", (int)getpid(),
                              "admin_user", "admin", "admin_password", password, "defects", defects);
    char *text = json_dumps(ready, JSON_COMPACT);
    json_decref(ready);
    if (!text)
        return -1;
    char *whole = NULL;
    int made = asprintf(&whole, "%s\n", text);
    free(text);
    if (made < 0)
        return -1;
    int rc = tb->opt.port_file ? write_port_file(tb->opt.port_file, whole) : 0;
    if (rc == 0) {
        fputs(whole, stdout);
        fflush(stdout);
    }
    free(whole);
    return rc;
}

/* What a database in memory was in the life before. */
static int recall_image(struct testbed *tb)
{
    if (!tb->life.image)
        return 0;
    int rc = store_recall(tb->db, tb->life.image);
    unlink(tb->life.image);
    return rc;
}

/* With its tables at the version that this program, or --migrate, wants. */
static int open_store(struct testbed *tb)
{
    int to = tb->opt.migrate_to >= 0 ? tb->opt.migrate_to : MIGRATE_LATEST;
    char why[MIGRATE_WHY_MAX];

    tb->db = store_open(tb->opt.store);
    if (!tb->db || recall_image(tb) != 0)
        return -1;
    if (migrate_shared(tb->db, to, why) == 0) {
        if (to == MIGRATE_LATEST)
            store_spoil(tb->db, &tb->opt.defects);
        return 0;
    }
    fprintf(stderr, "muster-testbed: the platform's tables: %s\n", why);
    return -1;
}

/* Of the store: what goes on from one life to the next, as the numbers of events, goes by it. */
static int count_lives(struct testbed *tb)
{
    char text[24];

    tb->life.number = 1 + store_number(tb->db, "SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'lives'", "");
    snprintf(text, sizeof text, "%lld", (long long)tb->life.number);
    return store_run(tb->db,
                     "INSERT INTO meta (key, value) VALUES ('lives', ?)"
                     " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     "s", text) < 0
               ? -1
               : 0;
}

static int start(struct testbed *tb)
{
    char password[256];
    ssize_t n = readlink("/proc/self/exe", tb->exe, sizeof tb->exe - 1);

    if (n < 0 || choose_password(&tb->opt, password, sizeof password) != 0 || read_orchestrator_token(&tb->opt) != 0)
        return -1;
    tb->exe[n] = '\0';
    tb->started_ms = clock_mono_ms();
    if (open_store(tb) != 0 || folder_open(tb) != 0 || count_lives(tb) != 0 || token_load_key(tb) != 0 ||
        events_start(tb) != 0 || (!tb->life.inherited && user_ensure_admin(tb, password) != 0))
        return -1;
    if (gate_open(tb) != 0 || watch_signals(tb) != 0 || outbound_start(tb) != 0 || dns_start(tb) != 0)
        return -1;
    outbox_start(tb, provisioning_mail_ended);
    if (workloads_load(tb) != 0)
        return -1;
    backups_start(tb);
    workload_monitor_start(tb);
    provisioning_recover(tb);
    if (!tb->life.inherited)
        return announce(tb, password);
    life_answer(&tb->life);
    return 0;
}

static void farewell_over(lws_sorted_usec_list_t *sul)
{
    (void)sul; /* it only has to wake the loop */
}

/* Where the next life finds what only this process has. */
static void leave_behind(struct testbed *tb)
{
    char *image = folder_path(tb, "life.db");

    life_free(&tb->life);
    if (tb->folder.is_private)
        tb->life.folder = strdup(tb->folder.path);
    if (store_keep(tb->db, image) == 0)
        tb->life.image = strdup(image);
    free(image);
}

/* Processes first: nothing may be left of them whatever happens next. */
static void stop(struct testbed *tb)
{
    lws_sorted_usec_list_t timer = {0};

    gate_close();
    listener_stop(tb);
    provisioning_stop(tb);
    backups_stop(tb);
    workload_monitor_stop();
    workloads_stop_all(tb);
    balancer_stop();
    if (tb->lws && tb->vhost) {
        int64_t until = clock_mono_ms() + FAREWELL_MS;
        ws_close_all(tb, WS_GOING_AWAY, "the platform stops");
        lws_sul_schedule(tb->lws, 0, &timer, farewell_over, FAREWELL_MS * 1000);
        while (ws_client_count() > 0 && clock_mono_ms() < until && lws_service(tb->lws, 0) >= 0)
            ;
        lws_sul_cancel(&timer);
    }
    outbox_stop();
    outbound_stop(tb);
    dns_stop(tb);
    watch_close(tb->signals);
    watch_close(tb->standard_input);
    if (tb->life.end == LIFE_GOES_ON)
        lws_context_destroy(tb->lws); /* else it would hang up on who waits for the next life */
    events_stop(tb);
    login_limits_free(tb);
    if (tb->life.end != LIFE_GOES_ON)
        leave_behind(tb); /* with what was written on the way */
    store_close(tb->db);
    if (tb->life.end != LIFE_GOES_ON)
        return;
    folder_close(tb);
    life_free(&tb->life);
}

/* Comes back only if it cannot be. */
static int begin_next(struct testbed *tb, char **argv)
{
    if (tb->life.end == LIFE_STOPPED)
        stop(tb);
    else
        leave_behind(tb);
    if (tb->life.end == LIFE_KILLED && tb->driver && tb->driver->children)
        tb->driver->close(); /* as a kernel does with those of a process that was killed */
    life_begin_next(&tb->life, argv);
    life_free(&tb->life);
    return 1;
}

int main(int argc, char **argv)
{
    static struct testbed tb;

    int status = options_parse(argc, argv, &tb.opt);
    if (status >= 0)
        return status;
    if (!store_named(tb.opt.store)) {
        fprintf(
            stderr,
            "muster-testbed: --store wants sqlite:FILE, :memory: or postgresql://...\nTry 'muster-testbed --help'.\n");
        return 2;
    }
    life_inherit(&tb.life);
    umask(0077); /* what a store's file holds is nobody else's to read */
    if (tb.opt.migrate_to >= 0) {
        status = open_store(&tb) == 0 ? 0 : 1;
        store_close(tb.db);
        return status;
    }
    status = start(&tb) == 0 ? 0 : 1;
    while (status == 0 && !tb.stopping && lws_service(tb.lws, 0) >= 0)
        ;
    if (status == 0 && tb.life.end != LIFE_GOES_ON)
        return begin_next(&tb, argv);
    stop(&tb);
    return status;
}
