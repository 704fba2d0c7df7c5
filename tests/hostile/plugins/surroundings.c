/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that change what their process stands in: directories, limits, environment, signals. All pass. */
#include "bystanders.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

static const char *temp_dir(struct muster_ctx *t)
{
    return m_attempt(t)->temp_dir;
}

SCENARIO(removes_its_temp_dir)
{
    REQUIRE_INT(chdir("/"), ==, 0);
    CHECK_INT(rmdir(temp_dir(t)), ==, 0);
}

SCENARIO(replaces_its_temp_dir_by_a_link)
{
    REQUIRE_INT(chdir("/"), ==, 0);
    REQUIRE_INT(rmdir(temp_dir(t)), ==, 0);
    CHECK_INT(symlink("/usr", temp_dir(t)), ==, 0);
}

SCENARIO(replaces_its_temp_dir_by_a_file)
{
    REQUIRE_INT(chdir("/"), ==, 0);
    REQUIRE_INT(rmdir(temp_dir(t)), ==, 0);
    int fd = open(temp_dir(t), O_WRONLY | O_CREAT, 0);
    CHECK_INT(fd, >=, 0);
}

SCENARIO(leaves_unremovable_modes)
{
    REQUIRE_INT(chdir(temp_dir(t)), ==, 0);
    REQUIRE_INT(mkdir("a", 0700), ==, 0);
    REQUIRE_INT(mkdir("a/b", 0700), ==, 0);
    int fd = open("a/b/file", O_WRONLY | O_CREAT, 0);
    CHECK_INT(close(fd), ==, 0);
    CHECK_INT(mkfifo("a/fifo", 0), ==, 0);
    CHECK_INT(symlink("/", "a/link"), ==, 0);
    CHECK_INT(chmod("a/b", 0), ==, 0);
    CHECK_INT(chmod("a", 0500), ==, 0);
    CHECK_INT(chmod(temp_dir(t), 0), ==, 0);
}

/* Deeper than a path may be long and than a process may have descriptors, and with a name that shells stumble over. */
SCENARIO(leaves_a_deep_tree)
{
    REQUIRE_INT(chdir(temp_dir(t)), ==, 0);
    for (int i = 0; i < 3000; i++)
        if (mkdir("deep", 0700) != 0 || chdir("deep") != 0)
            FAIL("at depth %d: %s", i, strerror(errno));
    CHECK_INT(mkdir("-rf \n*", 0700), ==, 0);
}

SCENARIO(leaves_many_files)
{
    REQUIRE_INT(chdir(temp_dir(t)), ==, 0);
    char name[32];
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "file-%d", i);
        close(open(name, O_WRONLY | O_CREAT, 0600));
    }
}

SCENARIO(changes_directory)
{
    CHECK_INT(chdir("/"), ==, 0);
}

SCENARIO(changes_umask)
{
    umask(0777);
    CHECK_INT(m_attach(t, "under-a-umask.txt", "text/plain", "kept", 4), ==, 0);
}

SCENARIO(lowers_its_limits)
{
    static const int limits[] = {RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_STACK};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        CHECK_INT(setrlimit((__rlimit_resource_t)limits[i], &(struct rlimit){0, 0}), ==, 0);
    LOG("with nothing left");
}

SCENARIO(limits_its_memory)
{
    CHECK_INT(setrlimit(RLIMIT_AS, &(struct rlimit){4096, 4096}), ==, 0);
    LOG("without memory");
}

SCENARIO(empties_its_environment)
{
    CHECK_INT(clearenv(), ==, 0);
}

SCENARIO(ignores_all_signals)
{
    for (int s = 1; s < 65; s++)
        signal(s, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    CHECK_INT(sigprocmask(SIG_BLOCK, &all, NULL), ==, 0);
}

SCENARIO(lowers_its_priority)
{
    CHECK_INT(setpriority(PRIO_PROCESS, 0, 19), ==, 0);
}

SCENARIO(changes_root)
{
    if (geteuid() != 0)
        SKIP("needs root");
    REQUIRE_INT(chroot(temp_dir(t)), ==, 0);
    CHECK_INT(chdir("/"), ==, 0);
}

SCENARIO(drops_its_user)
{
    if (geteuid() != 0)
        SKIP("needs root");
    CHECK_INT(setresgid(65534, 65534, 65534), ==, 0);
    CHECK_INT(setresuid(65534, 65534, 65534), ==, 0);
}

SCENARIO(mounts_over_its_temp_dir)
{
    if (mount("none", temp_dir(t), "tmpfs", 0, "size=64k") != 0)
        SKIP("may not mount");
    CHECK_INT(chdir(temp_dir(t)), ==, 0);
    close(open("in-the-mount", O_WRONLY | O_CREAT, 0600));
}

/* Whoever empties the temp dir must not empty what is mounted in it. */
SCENARIO(mounts_another_folder_in_its_temp_dir)
{
    const char *precious = m_target(t, "precious");
    REQUIRE(precious != NULL);
    REQUIRE_INT(mkdir("here", 0700), ==, 0);
    if (mount(precious, "here", NULL, MS_BIND, NULL) != 0)
        SKIP("may not mount");
    CHECK_INT(access("here/keep-me", F_OK), ==, 0);
}

/* Every name that the runner itself writes, and ways out of the folder. */
SCENARIO(attaches_under_false_names)
{
    static const char *const names[] = {
        "../escaped", "/tmp/hostile-escaped", "a/../../escaped", "stdout.log", "stderr.log", "", ".", "a//b", "a/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK_INT(m_attach(t, names[i], NULL, "x", 1), ==, -1);
}

/* The folder for artifacts is shared with the runner: what is planted there must not lead it away. */
SCENARIO(plants_links_among_its_artifacts)
{
    REQUIRE_INT(chdir(m_attempt(t)->artifacts_dir), ==, 0);
    CHECK_INT(symlink("/etc/passwd", "passwd.txt"), ==, 0);
    CHECK_INT(symlink("/", "root"), ==, 0);
    CHECK_INT(mkfifo("fifo", 0600), ==, 0);
    char led_away[4096]; /* what it attaches is evidence, and not elsewhere */
    snprintf(led_away, sizeof led_away, "%s/led-away", temp_dir(t));
    CHECK_INT(symlink(led_away, "away.txt"), ==, 0);
    CHECK_INT(m_attach(t, "away.txt", "text/plain", "x", 1), ==, -1);
    CHECK_INT(access(led_away, F_OK), ==, -1);
    close(open("plain.txt", O_WRONLY | O_CREAT, 0));
}

MUSTER_PLUGIN("hostile.surroundings", "1.0")
