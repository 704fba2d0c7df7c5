/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL's programs: where they are, as whom they run, and running one to its end. */
#include "postgres.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEBIAN_DIR "/usr/lib/postgresql"

struct account find_account(struct muster_ctx *t)
{
    struct account me = {getuid(), getgid(), NULL};
    if (geteuid() != 0)
        return me;
    const struct passwd *p = getpwnam("postgres");
    p = p ? p : getpwnam("nobody");
    if (!p)
        ERROR("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody to run it as");
    return (struct account){p->pw_uid, p->pw_gid, m_keep(t, p->pw_name, strlen(p->pw_name))};
}

/* The highest number among its folders, "15" or "9.6"; 0: there is none. */
static double newest_version(void)
{
    double newest = 0;
    DIR *dir = opendir(DEBIAN_DIR);
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        char *end;
        double version = strtod(e->d_name, &end);
        if (!*end && version > newest)
            newest = version;
    }
    if (dir)
        closedir(dir);
    return newest;
}

const char *find_program(struct muster_ctx *t, const char *name)
{
    const char *given = m_target(t, "postgres_bindir");
    if (given)
        return m_fmt(t, "%s/%s", given, name);
    const char *wanted = m_param(t, "version");
    double newest = *wanted ? 0 : newest_version();
    const char *version = *wanted ? wanted : m_fmt(t, "%g", newest);
    const char *path = m_fmt(t, DEBIAN_DIR "/%s/bin/%s", version, name);
    if (access(path, X_OK) == 0)
        return path;
    if (*wanted)
        ERROR("postgres(version=%s): there is no %s: install postgresql-%s, or say where it is: "
              "--set postgres_bindir=DIR",
              wanted, path, wanted);
    return name;
}

const char *const *as_account(struct muster_ctx *t, const struct account *who, const char *const *argv)
{
    static const char *all[72];
    size_t n = 0;
    if (who->name) {
        all[n++] = "setpriv";
        all[n++] = m_fmt(t, "--reuid=%u", (unsigned)who->uid);
        all[n++] = m_fmt(t, "--regid=%u", (unsigned)who->gid);
        all[n++] = "--clear-groups";
    }
    for (; *argv; argv++) {
        if (n + 1 == sizeof all / sizeof *all)
            ERROR("%s has too many arguments", argv[0]);
        all[n++] = *argv;
    }
    all[n] = NULL;
    return all;
}

void run_program(struct muster_ctx *t, const char *const *argv)
{
    pid_t pid;
    int status = 0;
    int e = posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ);
    if (e != 0)
        ERROR("%s: %s: install PostgreSQL (Debian has it in postgresql), or say where it is: "
              "--set postgres_bindir=DIR; or use a server that runs already: --set postgres_url=URL",
              argv[0], strerror(e));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    const char *program = argv[0];
    for (const char *const *a = argv; *a; a++)
        if (strstr(*a, "initdb"))
            program = *a;
    if (WIFSIGNALED(status))
        ERROR("%s was ended by signal %d: what it said is in stdout.log and stderr.log", program, WTERMSIG(status));
    ERROR(
        "%s ended with status %d: what it said is in stdout.log and stderr.log; where it could not be started at all, "
        "install PostgreSQL (Debian has it in postgresql)",
        program, WEXITSTATUS(status));
}
