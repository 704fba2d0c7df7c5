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

SCENARIO(passes_on_a_retry, .reruns = 1)
{
    puts("as it should");
    REQUIRE_STR(getenv("MUSTER_ATTEMPT"), ==, "2");
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

/* The runner has taken note of that other case's end: its log says so. */
static int has_ended(struct muster_ctx *t, const char *case_id)
{
    char wanted[256], line[4096];
    int found = 0;
    snprintf(wanted, sizeof wanted, "\"case\":\"%s\"", case_id);
    FILE *log = fopen(in_run(t, "events.jsonl"), "re");
    while (log && !found && fgets(line, sizeof line, log))
        found = strstr(line, "\"case.ended\"") && strstr(line, wanted);
    if (log)
        fclose(log);
    return found;
}

#define ANOTHERS "cases/e2e.meddles.behaves/attempt-1/"

static void await_end_of(struct muster_ctx *t, const char *case_id)
{
    REQUIRE(M_UNTIL(t, 20000, 10, has_ended(t, case_id)));
}

static void await_the_other(struct muster_ctx *t)
{
    await_end_of(t, "e2e.meddles.behaves");
}

SCENARIO(overwrites_anothers_output)
{
    await_the_other(t);
    write_to(t, ANOTHERS "stdout.log", 0, "AS IT SHOULD\n");
}

SCENARIO(overwrites_the_output_of_a_retry)
{
    await_end_of(t, "e2e.meddles.passes_on_a_retry");
    write_to(t, "cases/e2e.meddles.passes_on_a_retry/attempt-2/stdout.log", 0, "AS IT SHOULD\n");
}

/* With as much, and with its time put back. */
SCENARIO(overwrites_anothers_file)
{
    struct stat st;
    await_the_other(t);
    REQUIRE_INT(stat(in_run(t, ANOTHERS "files/notes.txt"), &st), ==, 0);
    write_to(t, ANOTHERS "files/notes.txt", 0, "ours");
    const struct timespec times[] = {st.st_atim, st.st_mtim};
    CHECK_INT(utimensat(AT_FDCWD, in_run(t, ANOTHERS "files/notes.txt"), times, 0), ==, 0);
}

SCENARIO(adds_to_anothers_files)
{
    await_the_other(t);
    write_to(t, ANOTHERS "files/more.txt", O_CREAT, "more");
}

SCENARIO(removes_anothers_file)
{
    await_the_other(t);
    CHECK_INT(unlink(in_run(t, ANOTHERS "files/notes.txt")), ==, 0);
}

SCENARIO(points_latest_elsewhere)
{
    CHECK_INT(unlink(in_run(t, "../latest")), ==, 0);
    CHECK_INT(symlink("20200101-000000-0123456789ab", in_run(t, "../latest")), ==, 0);
}

SCENARIO(changes_the_runs_state)
{
    write_to(t, ".run-state", 0, "[");
}
