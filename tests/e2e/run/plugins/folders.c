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
    CHECK_INT(truncate("sparse.img", (off_t)number(t, "gigabytes", 1000) << 30), ==, 0);
}

MUSTER_PLUGIN("e2e.folders", "1.0")
