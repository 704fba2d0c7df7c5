/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios that pass, and write where only the run itself should. */
#include <muster/muster.h>

#include <muster/kit/wait.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

MUSTER_PLUGIN("e2e.meddles", "1.0.0")

/* In the run's folder: a slot's artifacts folder is <run>/.slots/<slot>. */
static const char *in_run(struct muster_ctx *t, const char *name)
{
    static char path[PATH_MAX];
    char folder[PATH_MAX];
    REQUIRE(realpath(getenv("MUSTER_ARTIFACTS"), folder) != NULL);
    for (int i = 0; i < 2; i++)
        *strrchr(folder, '/') = '\0';
    REQUIRE(snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path);
    return path;
}

static void write_to(struct muster_ctx *t, const char *name, int flags, const char *text)
{
    int fd = open(in_run(t, name), flags | O_WRONLY | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    CHECK_INT(write(fd, text, strlen(text)), ==, (int)strlen(text));
    close(fd);
}

SCENARIO(behaves)
{
    puts("as it should");
    m_attach(t, "notes.txt", "text/plain", "mine", 4);
    CHECK(1);
}

SCENARIO(adds_a_line_to_the_log)
{
    write_to(t, "events.jsonl", O_APPEND, "{\"v\":1,\"seq\":1,\"type\":\"attempt.ended\"}\n");
}

SCENARIO(changes_the_log_in_place)
{
    write_to(t, "events.jsonl", 0, "[");
}

SCENARIO(replaces_the_log)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", in_run(t, "forged"));
    write_to(t, "forged", O_CREAT, "{}\n");
    CHECK_INT(rename(path, in_run(t, "events.jsonl")), ==, 0);
}

SCENARIO(removes_the_log)
{
    CHECK_INT(unlink(in_run(t, "events.jsonl")), ==, 0);
}

SCENARIO(links_the_log)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", in_run(t, "events.jsonl"));
    CHECK_INT(link(path, in_run(t, ".slots/link")), ==, 0);
}

SCENARIO(puts_a_link_in_place_of_cases)
{
    CHECK_INT(symlink("/tmp", in_run(t, "cases")), ==, 0);
    puts("this has no place to go to");
}

SCENARIO(adds_a_file)
{
    write_to(t, "junit.xml", O_CREAT, "<testsuites/>");
}

/* In its own folder, which its output has made before. */
SCENARIO(forges_its_crash)
{
    puts("something");
    fflush(stdout);
    struct stat st;
    const char *folder = in_run(t, "cases/e2e.meddles.forges_its_crash/attempt-1");
    REQUIRE(M_UNTIL(t, 5000, 1, stat(folder, &st) == 0));
    write_to(t, "cases/e2e.meddles.forges_its_crash/attempt-1/crash.txt", O_CREAT, "SIGSEGV in somebody else\n");
}

SCENARIO(changes_what_it_printed)
{
    puts("I confess");
    fflush(stdout);
    struct stat st;
    const char *log = in_run(t, "cases/e2e.meddles.changes_what_it_printed/attempt-1/stdout.log");
    REQUIRE(M_UNTIL(t, 5000, 1, stat(log, &st) == 0 && st.st_size > 0));
    CHECK_INT(truncate(log, 0), ==, 0);
}

SCENARIO(makes_a_case_of_its_own)
{
    mkdir(in_run(t, "cases"), 0700);
    CHECK_INT(mkdir(in_run(t, "cases/e2e.meddles.invented"), 0700), ==, 0);
}

SCENARIO(says_that_all_is_undone)
{
    write_to(t, "ledger.jsonl", O_APPEND | O_CREAT, "{\"v\":1,\"op\":\"done\",\"id\":1}\n");
}

SCENARIO(invents_a_fixture)
{
    CHECK_INT(mkdir(in_run(t, "fixtures"), 0700), ==, 0);
    write_to(t, "fixtures/forged.log", O_CREAT, "up and well\n");
}

/* A name that some reader might take for its own folder. */
SCENARIO(invents_an_attempt)
{
    mkdir(in_run(t, "cases"), 0700);
    mkdir(in_run(t, "cases/e2e.meddles.invents_an_attempt"), 0700);
    CHECK_INT(mkdir(in_run(t, "cases/e2e.meddles.invents_an_attempt/attempt-01"), 0700), ==, 0);
}

CLEANUP(undo_nothing, "undo_nothing")
{
    (void)t, (void)payload;
}

SCENARIO(changes_its_ledger)
{
    DEFER("undo_nothing", "a");
    write_to(t, "ledger.jsonl", O_APPEND, "{\"v\":1,\"op\":\"done\",\"id\":1}\n");
}

SCENARIO(moves_the_folder)
{
    char run[PATH_MAX], elsewhere[PATH_MAX + 8];
    snprintf(run, sizeof run, "%s", in_run(t, ""));
    run[strlen(run) - 1] = '\0';
    snprintf(elsewhere, sizeof elsewhere, "%s.moved", run);
    CHECK_INT(rename(run, elsewhere), ==, 0);
    CHECK_INT(rename(elsewhere, run), ==, 0);
}
