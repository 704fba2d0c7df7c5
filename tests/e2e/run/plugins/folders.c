/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that make their folders hard to keep and to remove; the one after each is innocent. */
#include <muster/muster.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int number(struct muster_ctx *t, const char *key, int otherwise)
{
    const char *text = m_target(t, key);
    return text ? atoi(text) : otherwise;
}

static void touch(struct muster_ctx *t, const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    REQUIRE_INT(fd, >=, 0);
    close(fd);
}

static void nest(struct muster_ctx *t, const char *dir)
{
    REQUIRE_INT(chdir(dir), ==, 0);
    for (int i = 0; i < number(t, "depth", 600); i++)
        REQUIRE_INT(mkdir("d", 0700) == 0 && chdir("d") == 0, ==, 1);
    touch(t, "bottom.txt");
}

/* Both of its folders are there, and empty. */
static void be_innocent(struct muster_ctx *t)
{
    CHECK_INT(rmdir(m_attempt(t)->temp_dir), ==, 0);
    CHECK_INT(rmdir(m_attempt(t)->artifacts_dir), ==, 0);
}

SCENARIO(a_nests_its_temp_folder, .timeout_ms = 60000)
{
    nest(t, m_attempt(t)->temp_dir);
}
SCENARIO(b_innocent)
{
    be_innocent(t);
}
SCENARIO(c_nests_its_artifacts, .timeout_ms = 60000)
{
    nest(t, m_attempt(t)->artifacts_dir);
}
SCENARIO(d_innocent)
{
    be_innocent(t);
}

SCENARIO(e_has_many_files, .timeout_ms = 60000)
{
    REQUIRE_INT(chdir(m_attempt(t)->temp_dir), ==, 0);
    for (int i = 0; i < number(t, "files", 3000); i++) {
        char name[32];
        snprintf(name, sizeof name, "%d", i);
        touch(t, name);
    }
}
SCENARIO(f_innocent, .timeout_ms = 2000)
{
    be_innocent(t);
}

CLEANUP(tell, "tell")
{
    (void)payload;
    puts("cleaned");
}

/* Its names are those of the runner's own files; the first of them can't be opened without waiting. */
SCENARIO(g_takes_our_names)
{
    REQUIRE_INT(chdir(m_attempt(t)->artifacts_dir), ==, 0);
    CHECK_INT(mkfifo("stdout.log", 0600), ==, 0);
    CHECK_INT(mkfifo("cleanup-stdout.log", 0600), ==, 0);
    DEFER("tell", "");
    touch(t, "stderr.log");
    m_attach(t, "crash.txt", "text/plain", "its own", 7);
    puts("printed");
    fflush(stdout);
    raise(SIGSEGV);
}
SCENARIO(h_innocent)
{
    be_innocent(t);
}

/* Long enough for a look that trusts times of change to believe that nothing has changed. */
SCENARIO(i_takes_its_time)
{
    usleep(60 * 1000);
}
SCENARIO(j_hides_a_file)
{
    struct stat st;
    int fd = open(m_attempt(t)->temp_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE_INT(fstat(fd, &st), ==, 0);
    int file = openat(fd, "hidden", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    REQUIRE_INT(file, >=, 0);
    close(file);
    CHECK_INT(futimens(fd, (struct timespec[2]){st.st_atim, st.st_mtim}), ==, 0);
    close(fd);
}
SCENARIO(k_innocent)
{
    be_innocent(t);
}

static void make_immutable(struct muster_ctx *t, const char *path, int file)
{
    int flags = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r = ioctl(fd, FS_IOC_GETFLAGS, &flags);
    flags |= FS_IMMUTABLE_FL;
    if (r < 0 || ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0)
        SKIP("%s can't be made immutable here: %s", file ? "a file" : "a folder", strerror(errno));
    close(fd);
}

SCENARIO(l_leaves_an_immutable_file)
{
    REQUIRE_INT(chdir(m_attempt(t)->temp_dir), ==, 0);
    touch(t, "stays");
    make_immutable(t, "stays", 1);
}
SCENARIO(m_innocent)
{
    be_innocent(t);
}
SCENARIO(n_makes_its_folder_immutable)
{
    make_immutable(t, m_attempt(t)->temp_dir, 0);
}
SCENARIO(o_innocent)
{
    be_innocent(t);
}

SCENARIO(p_attaches_a_sparse_file)
{
    REQUIRE_INT(chdir(m_attempt(t)->artifacts_dir), ==, 0);
    touch(t, "small.txt");
    touch(t, "sparse.img");
    off_t size = (off_t)number(t, "gigabytes", 1000) << 30;
    int fd = open("sparse.img", O_WRONLY | O_CLOEXEC);
    CHECK_INT(ftruncate(fd, size), ==, 0);
    CHECK_INT(pwrite(fd, "data", 4, size / 2), ==, 4);
    close(fd);
}

/* What can't be removed is found behind more files than are removed at once. */
SCENARIO(q_hides_an_immutable_file, .timeout_ms = 60000)
{
    REQUIRE_INT(chdir(m_attempt(t)->temp_dir), ==, 0);
    REQUIRE_INT(mkdir("inner", 0700), ==, 0);
    touch(t, "inner/stays");
    make_immutable(t, "inner/stays", 1);
    for (int i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d", i);
        touch(t, name);
    }
}
/* The folder that the run's temporary one is in: what is in there can't be removed. For who is not root. */
SCENARIO(r_locks_the_folder_above)
{
    REQUIRE_INT(chdir(m_attempt(t)->temp_dir), ==, 0);
    CHECK_INT(chmod("../..", 0500), ==, 0);
}
SCENARIO(s_defers_and_leaves_an_immutable_file)
{
    DEFER("tell", "");
    REQUIRE_INT(chdir(m_attempt(t)->temp_dir), ==, 0);
    touch(t, "stays");
    make_immutable(t, "stays", 1);
}
/* Tells where its folder is, and waits for somebody to have done something in it. */
SCENARIO(t_waits_for_a_stranger)
{
    char path[1024], byte;
    snprintf(path, sizeof path, "%s/path", m_target(t, "dir"));
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    REQUIRE_INT(write(fd, m_attempt(t)->temp_dir, strlen(m_attempt(t)->temp_dir)), >, 0);
    close(fd);
    snprintf(path, sizeof path, "%s/go", m_target(t, "dir"));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    REQUIRE_INT(fd, >=, 0);
    CHECK_INT(read(fd, &byte, 1), ==, 1);
    close(fd);
}
/* A group in which something is mounted can't be removed. */
SCENARIO(u_mounts_in_its_cgroup)
{
    if (system("base=$(awk '$3 == \"cgroup2\" { print $2; exit }' /proc/self/mounts)\n"
               "group=$base$(sed -n 's/^0:://p' /proc/self/cgroup)\n"
               "case $group in /*muster-*) ;; *) exit 1 ;; esac\n"
               "mkdir \"$group/inner\" && mount -t tmpfs none \"$group/inner\" 2>/dev/null || exit 1\n"
               "echo \"$group/inner\" >\"$MUSTER_ARTIFACTS/group\"") != 0)
        SKIP("nothing can be mounted in a cgroup here");
}

/* Modes that would keep its owner from reading and from removing them. */
SCENARIO(v_bars_its_artifacts)
{
    REQUIRE_INT(chdir(m_attempt(t)->artifacts_dir), ==, 0);
    REQUIRE_INT(mkdir("barred", 0700) + mkdir("barred/inner", 0700) + mkdir("fixed", 0700), ==, 0);
    touch(t, "barred/inner/file");
    touch(t, "fixed/file");
    touch(t, "plain");
    CHECK_INT(symlink("/etc/shadow", "link"), ==, 0);
    CHECK_INT(chmod("barred/inner/file", 0) + chmod("plain", 0) + chmod("barred/inner", 0) + chmod("barred", 0), ==, 0);
    CHECK_INT(chmod("fixed", 0555), ==, 0);
}

/* 20 MB that no archive makes smaller, a terabyte of holes, and more output than any report shows. */
SCENARIO(w_leaves_much)
{
    REQUIRE_INT(chdir(m_attempt(t)->artifacts_dir), ==, 0);
    FILE *noise = fopen("noise", "w");
    REQUIRE(noise != NULL);
    unsigned long long state = 1;
    for (int i = 0; i < 20 * 1000 * 1000 / 8; i++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        unsigned long long word = state ^ state >> 29;
        fwrite(&word, sizeof word, 1, noise);
    }
    CHECK_INT(fclose(noise), ==, 0);
    touch(t, "sparse.img");
    CHECK_INT(truncate("sparse.img", 1LL << 40), ==, 0);
    for (int i = 0; i < 100 * 1000; i++)
        printf("line %d of the output\n", i);
    FAIL("so that a report shows it");
}

MUSTER_PLUGIN("e2e.folders", "1.0")
