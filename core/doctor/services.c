/* SPDX-License-Identifier: Apache-2.0 */
/* What the services that come with muster need: looked for where their fixtures look. */
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/spawn.h"
#include "doctor/doctor.h"
#include "doctor/search.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define POSTGRES_FOLDER "/usr/lib/postgresql"
#define DOCKER_SOCKET   "/var/run/docker.sock"
#define PYTHON          "/usr/bin/python3"
#define KNOTD           "/usr/sbin/knotd"

static void found(struct findings *f, const char *name, char *text)
{
    findings_add(f, FINDING_OK, name, text, NULL);
}

/* ---- postgres ---------------------------------------------------------------------------------------------------- */

/* Appends the versions that Debian's folder has. The newest, malloc'd; NULL: it has none. */
static char *list_versions(struct buf *out)
{
    autoclosedir DIR *dir = opendir(POSTGRES_FOLDER);
    char *newest = NULL;
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        autofree char *bin = xasprintf(POSTGRES_FOLDER "/%s/bin", e->d_name);
        autofree char *initdb = search_in(bin, "initdb");
        if (!initdb || !search_newer(NULL, e->d_name))
            continue;
        buf_addf(out, "%s%s", out->len > 0 ? ", " : "", e->d_name);
        if (search_newer(newest, e->d_name) != newest) {
            free(newest);
            newest = xstrdup(e->d_name);
        }
    }
    return newest;
}

static void look_for_postgres(struct findings *f, const char *name)
{
    autobuf struct buf versions = {0};
    autofree char *newest = list_versions(&versions);
    autofree char *own = newest ? NULL : search_path("initdb");
    autofree char *setpriv = search_path("setpriv");
    if (!newest && !own)
        findings_add(f, FINDING_LACKS, name,
                     xasprintf("There is no initdb in " POSTGRES_FOLDER "/VERSION/bin or in PATH: no server can be "
                               "started."),
                     xasprintf("Install PostgreSQL (Debian has it in postgresql), or use another: --set "
                               "postgres_bindir=DIR, --set postgres_url=URL."));
    else if (geteuid() == 0 && (!setpriv || (!getpwnam("postgres") && !getpwnam("nobody"))))
        findings_add(f, FINDING_LACKS, name,
                     xasprintf("PostgreSQL refuses to run as root, and %s to run it as another.",
                               setpriv ? "there is neither a user postgres nor nobody" : "there is no setpriv in PATH"),
                     xasprintf("Run muster as an ordinary user, or install what is missing (util-linux)."));
    else if (newest)
        found(f, name,
              xasprintf("%s in " POSTGRES_FOLDER "; %s is taken unless version= says another", buf_str(&versions),
                        newest));
    else
        found(f, name, xasprintf("%s", own));
}

/* ---- docker ------------------------------------------------------------------------------------------------------ */

/* 0: somebody listens there; or a positive errno. Does not wait. */
static int try_socket(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno;
    if (strlen(path) >= sizeof a.sun_path)
        return ENAMETOOLONG;
    memcpy(a.sun_path, path, strlen(path) + 1);
    bool listens = connect(fd, (struct sockaddr *)&a, sizeof a) == 0 || errno == EAGAIN;
    return listens ? 0 : errno;
}

static void look_for_own_daemon(struct findings *f, const char *name)
{
    autofree char *in_path = search_path("dockerd");
    autofree char *in_sbin = in_path ? NULL : search_in(SEARCH_SBIN, "dockerd");
    const char *dockerd = in_path ? in_path : in_sbin;
    if (dockerd && geteuid() == 0)
        found(f, name,
              xasprintf("%s: a run starts one of its own, since no daemon listens at " DOCKER_SOCKET, dockerd));
    else
        findings_add(f, FINDING_LACKS, name,
                     xasprintf("No daemon listens at " DOCKER_SOCKET ", and %s.",
                               dockerd ? "only root may start one" : "there is no dockerd to start one"),
                     xasprintf("Start Docker (Debian has it in docker.io), or say where another is: DOCKER_HOST, --set "
                               "docker=URL."));
}

static void look_for_docker(struct findings *f, const char *name)
{
    const char *host = getenv("DOCKER_HOST");
    bool given = host && *host;
    if (given && strncmp(host, "unix://", 7) != 0) {
        findings_add(f, FINDING_NOTE, name, xasprintf("DOCKER_HOST is %s; whether one answers was not tried.", host),
                     NULL);
        return;
    }
    const char *path = given ? host + 7 : DOCKER_SOCKET;
    int e = try_socket(path);
    if (e == 0)
        found(f, name, xasprintf("A daemon listens at %s.", path));
    else if (given || ((e == EACCES || e == EPERM) && geteuid() != 0))
        findings_add(f, FINDING_LACKS, name, xasprintf("%s: %s", path, strerror(e)),
                     e == EACCES || e == EPERM
                         ? xasprintf("Have the user in the group of that socket (usermod -aG docker USER).")
                         : xasprintf("Have DOCKER_HOST name a socket at which a daemon listens."));
    else
        look_for_own_daemon(f, name);
}

/* ---- browser, dns ------------------------------------------------------------------------------------------------ */

/* chromedriver starts it, from where it likes. */
static char *find_chromium(void)
{
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
                                        "chrome"};
    char *path = NULL;
    for (size_t i = 0; !path && i < ARRAY_LEN(names); i++)
        path = search_path(names[i]);
    return path;
}

static void look_for_browser(struct findings *f, const char *name)
{
    autofree char *driver = search_path("chromedriver");
    autofree char *chromium = find_chromium();
    if (driver && chromium)
        found(f, name, xasprintf("%s, %s", driver, chromium));
    else
        findings_add(f, FINDING_LACKS, name,
                     xasprintf("There is no %s%s%s in PATH: scenarios with a browser are skipped or fail.",
                               driver ? "" : "chromedriver", driver || chromium ? "" : " and no ",
                               chromium ? "" : "chromium"),
                     xasprintf("Install them (Debian has them in chromium-driver and chromium), or say where they are: "
                               "--set chromedriver=PATH, --set chromium=PATH, --set webdriver=URL."));
}

static void look_for_dns(struct findings *f, const char *name)
{
    char *path = access(KNOTD, X_OK) == 0 ? xasprintf(KNOTD) : search_path("knotd");
    if (path)
        found(f, name, path);
    else
        findings_add(f, FINDING_LACKS, name, xasprintf("There is no " KNOTD ", and no knotd in PATH."),
                     xasprintf("Install Knot DNS (Debian has it in knot), or say where it is: --set dns_knotd=PATH."));
}

/* ---- mail -------------------------------------------------------------------------------------------------------- */

/* Its end, for which it has a second. */
static int wait_for(pid_t pid)
{
    autoclose int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    int status = 0;
    if (fd < 0 || poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 1000) != 1)
        kill(pid, SIGKILL);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool has_aiosmtpd(const char *python)
{
    static const char program[] = "import importlib.util, sys; sys.exit(not importlib.util.find_spec('aiosmtpd'))";
    char *const argv[] = {(char *)"python3", (char *)"-IB", (char *)"-c", (char *)(uintptr_t)program, NULL};
    const struct spawn what = {
        .program = python, .argv = argv, .fds = {SPAWN_NULL, SPAWN_NULL, SPAWN_NULL}, .n_fds = 3};
    pid_t pid;
    return spawn(&what, &pid) == 0 && wait_for(pid) == 0;
}

static void look_for_mail(struct findings *f, const char *name)
{
    autofree char *python = access(PYTHON, X_OK) == 0 ? xasprintf(PYTHON) : search_path("python3");
    if (python && has_aiosmtpd(python))
        found(f, name, xasprintf("%s, which has aiosmtpd", python));
    else
        findings_add(f, FINDING_LACKS, name,
                     python ? xasprintf("%s does not have aiosmtpd, with which the service takes mails.", python)
                            : xasprintf("There is no " PYTHON ", and no python3 in PATH, in which the service runs."),
                     xasprintf("Install it (Debian has it in python3-aiosmtpd), or say which Python has it: --set "
                               "mail_python=PATH."));
}

const struct doctor_service doctor_services[] = {{"postgres", look_for_postgres}, {"docker", look_for_docker},
                                                 {"browser", look_for_browser},   {"dns", look_for_dns},
                                                 {"mail", look_for_mail},         {NULL, NULL}};
