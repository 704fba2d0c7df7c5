/* SPDX-License-Identifier: Apache-2.0 */
/*
 * muster-stack against a program that comes to grief in known functions (subject.c): what it prints is held
 * against the source, line by line, and the program must be left as it was. Its sockets are in sockets_test.c.
 *
 *     stack_test MUSTER_STACK SUBJECT OBJECT BARE_OBJECT SPLIT_OBJECT SUBJECT_SOURCE OBJECT_SOURCE
 */
#include "looking.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *object_path, *bare_object_path, *split_object_path;
static const char *subject_source, *object_source;

/* How often a hanging subject is looked at until it has got where it hangs. */
enum { LOOKS = 200 };

static void look_at_crash(const struct subject *subject)
{
    char pid[16], tid[16];
    snprintf(pid, sizeof pid, "%d", (int)subject->pid);
    snprintf(tid, sizeof tid, "%d", subject->tid);
    assert_int_equal(
        look(0, (const char *[]){"muster-stack", pid, "--crash", "--tid", tid, "--max-frames", "12", NULL}), 0);
}

/* The line of a source file that carries MARK(name). */
static int marked_line(const char *source, const char *name)
{
    char mark[64], line[512];
    snprintf(mark, sizeof mark, "MARK(%s)", name);
    FILE *f = fopen(source, "re");
    assert_non_null(f);
    int found = 0;
    for (int n = 1; !found && fgets(line, sizeof line, f); n++)
        if (strstr(line, mark))
            found = n;
    fclose(f);
    assert_true(found > 0);
    return found;
}

/* "store at .../subject.c:62" */
static void frame_at(const char *function, const char *source, const char *mark, char *ret_text, size_t size)
{
    snprintf(ret_text, size, "  %s at %s:%d\n", function, source, marked_line(source, mark));
}

/* The output's nth line after the heading, from 0, with its newline. */
static const char *frame(int n)
{
    static char line[1024];
    const char *p = output;
    for (int i = 0; i <= n; i++) {
        p = strchr(p, '\n');
        assert_non_null(p);
        p++;
    }
    size_t length = strcspn(p, "\n") + 1;
    snprintf(line, sizeof line, "%.*s", (int)length, p);
    return line;
}

static void assert_frame(int n, const char *function, const char *source, const char *mark)
{
    char want[1024];
    frame_at(function, source, mark, want, sizeof want);
    assert_string_equal(frame(n), want);
}

static void test_crash_begins_where_it_struck(void **state)
{
    (void)state;
    struct subject subject = subject_start("segv", NULL);
    look_at_crash(&subject);
    char heading[64];
    snprintf(heading, sizeof heading, "thread %d \"subject\"\n", subject.tid);
    assert_memory_equal(output, heading, strlen(heading));
    assert_frame(0, "store", subject_source, "store");
    assert_frame(1, "refund", subject_source, "refund");
    assert_frame(2, "main", subject_source, "main-segv");
    assert_null(strstr(output, "on_crash"));
    assert_null(strstr(output, "files:"));
    subject_end(&subject);
}

static void test_inlined_functions_are_shown(void **state)
{
    (void)state;
    struct subject subject = subject_start("inlined", NULL);
    look_at_crash(&subject);
    assert_frame(0, "inlined_store", subject_source, "inlined");
    assert_frame(1, "pay", subject_source, "pay");
    subject_end(&subject);
}

static void test_call_through_null_names_the_caller(void **state)
{
    (void)state;
    struct subject subject = subject_start("nowhere", NULL);
    look_at_crash(&subject);
    assert_string_equal(frame(0), "  0x0, where no code is\n");
    assert_frame(1, "call_nowhere", subject_source, "nowhere");
    subject_end(&subject);
}

static void test_call_through_garbage_names_the_caller(void **state)
{
    (void)state;
    struct subject subject = subject_start("garbage", NULL);
    look_at_crash(&subject);
    assert_string_equal(frame(0), "  0x10, where no code is\n");
    assert_frame(1, "call_nowhere", subject_source, "nowhere");
    subject_end(&subject);
}

static void test_stack_overflow_is_cut_in_the_middle(void **state)
{
    (void)state;
    struct subject subject = subject_start("overflow", NULL);
    look_at_crash(&subject);
    assert_frame(1, "recurse", subject_source, "recurse");
    assert_non_null(strstr(output, " more frames\n"));
    char outermost[1024];
    frame_at("main", subject_source, "main-overflow", outermost, sizeof outermost);
    assert_non_null(strstr(output, outermost));
    subject_end(&subject);
}

static void test_abort_names_who_called_it(void **state)
{
    (void)state;
    struct subject subject = subject_start("abort", NULL);
    look_at_crash(&subject);
    char caller[1024];
    frame_at("give_up", subject_source, "abort", caller, sizeof caller);
    assert_non_null(strstr(output, caller));
    assert_non_null(strstr(output, "  abort+0x"));
    subject_end(&subject);
}

static void test_crash_in_an_opened_object(void **state)
{
    (void)state;
    struct subject subject = subject_start("object", object_path);
    look_at_crash(&subject);
    assert_frame(0, "object_store", object_source, "object");
    assert_non_null(strstr(frame(1), "  object_crash at "));
    assert_null(strstr(output, "main at ")); /* the program's own frames say nothing about what it loaded */
    subject_end(&subject);
}

static void test_object_without_debug_information(void **state)
{
    (void)state;
    struct subject subject = subject_start("object", bare_object_path);
    look_at_crash(&subject);
    assert_non_null(strstr(frame(0), " in bare_object.so\n"));
    assert_non_null(strstr(frame(1), "  object_crash+0x"));
    subject_end(&subject);
}

static void test_debug_information_beside_the_object(void **state)
{
    (void)state;
    struct subject subject = subject_start("object", split_object_path);
    look_at_crash(&subject);
    assert_frame(0, "object_store", object_source, "object");
    subject_end(&subject);
}

/* That of libdebuginfod brings thirty libraries, and the process stands still until they are there. */
static void test_no_http_client_is_loaded(void **state)
{
    (void)state;
    char folder[] = "/tmp/muster-stack-XXXXXX", loaded[64], path[PATH_MAX], line[1024];
    assert_non_null(mkdtemp(folder));
    snprintf(loaded, sizeof loaded, "%s/loaded", folder);
    setenv("LD_DEBUG", "libs", 1);
    setenv("LD_DEBUG_OUTPUT", loaded, 1);
    struct subject subject = subject_start("object", bare_object_path);
    look_at_crash(&subject);
    unsetenv("LD_DEBUG");
    unsetenv("LD_DEBUG_OUTPUT");
    bool has_libdw = false, has_client = false;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "re");
        while (f && fgets(line, sizeof line, f)) {
            has_libdw |= strstr(line, "libdw.so") != NULL;
            has_client |= strstr(line, "libdebuginfod") != NULL || strstr(line, "libcurl") != NULL;
        }
        if (f)
            fclose(f);
        unlink(path);
    }
    closedir(dir);
    rmdir(folder);
    subject_end(&subject);
    assert_true(has_libdw);
    assert_false(has_client);
}

static void test_crash_in_a_thread(void **state)
{
    (void)state;
    struct subject subject = subject_start("thread", NULL);
    assert_int_not_equal(subject.tid, subject.pid);
    /* The other thread may still be on its way out of clone(), where a stack begins and none can be walked. */
    for (int i = 0; i < LOOKS && (i == 0 || !strstr(output, "thread_crash at ")); i++)
        look_at_crash(&subject);
    assert_frame(0, "store", subject_source, "store");
    assert_non_null(strstr(output, "thread_crash at "));
    subject_end(&subject);
}

/* Looks until the output has all of the texts. */
static void look_until(const struct subject *subject, const char *const *texts)
{
    for (int i = 0; i < LOOKS; i++) {
        look_at(subject);
        const char *const *text = texts;
        while (*text && strstr(output, *text))
            text++;
        if (!*text)
            return;
    }
    fail_msg("the last of %d looks had: %s", LOOKS, output);
}

static void test_deadlock_shows_both_threads(void **state)
{
    (void)state;
    struct subject subject = subject_start("deadlock", NULL);
    char waiting[1024];
    frame_at("lock_in_order", subject_source, "lock", waiting, sizeof waiting);
    look_until(&subject, (const char *[]){"\"locker\" state=S wchan=", "other_thread at ", "deadlock at ", waiting,
                                          "files:\n  0 -> ", NULL});
    subject_end(&subject);
}

static void test_a_running_thread_goes_on(void **state)
{
    (void)state;
    struct subject subject = subject_start("spin", NULL);
    look_until(&subject, (const char *[]){"state=R", "  spin at ", NULL});
    assert_int_equal(waitpid(subject.pid, NULL, WNOHANG | WUNTRACED), 0);
    subject_end(&subject);
}

static void test_a_stopped_process_stays_stopped(void **state)
{
    (void)state;
    struct subject subject = subject_start("stopped", NULL);
    int status;
    assert_int_equal(waitpid(subject.pid, &status, WUNTRACED), subject.pid);
    assert_true(WIFSTOPPED(status));
    look_at(&subject);
    assert_non_null(strstr(output, "state=T"));
    assert_non_null(strstr(output, "  main at "));
    /* Let go of, it stops again as soon as it is scheduled. Had it gone on, it would have said so and never stop. */
    look_until(&subject, (const char *[]){"state=T", NULL});
    kill(subject.pid, SIGCONT);
    assert_int_equal(read_tid(&subject), subject.tid);
    subject_end(&subject);
}

static void test_variables_are_those_of_now(void **state)
{
    (void)state;
    struct subject subject = subject_start("spin", NULL);
    look_at(&subject);
    assert_non_null(strstr(output, " SUBJECT_SET_LATER"));
    assert_null(strstr(output, "also-a-secret"));
    assert_null(strstr(output, " SUBJECT_TAKEN_AWAY"));
    subject_end(&subject);
    /* What it has spoilt it may have had at first. */
    subject = subject_start("no-environment", NULL);
    look_at(&subject);
    assert_non_null(strstr(output, " SUBJECT_SECRET"));
    assert_non_null(strstr(output, " SUBJECT_TAKEN_AWAY"));
    assert_null(strstr(output, "hunter2"));
    subject_end(&subject);
}

static void test_refusal_is_one_clear_line(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    struct subject subject = subject_start("spin", NULL);
    char pid[16], want[128];
    snprintf(pid, sizeof pid, "%d", (int)subject.pid);
    snprintf(want, sizeof want, "stack unavailable: ptrace of %s refused (Operation not permitted)\n", pid);
    assert_int_equal(look(65534, (const char *[]){"muster-stack", pid, "--crash", NULL}), 0);
    assert_string_equal(output, want);
    subject_end(&subject);
}

static void test_wrong_command_lines(void **state)
{
    (void)state;
    struct subject subject = subject_start("spin", NULL);
    subject_end(&subject);
    char gone[16];
    snprintf(gone, sizeof gone, "%d", (int)subject.pid);
    assert_int_equal(look(0, (const char *[]){"muster-stack", gone, NULL}), 1);
    assert_int_equal(look(0, (const char *[]){"muster-stack", NULL}), 4);
    assert_int_equal(look(0, (const char *[]){"muster-stack", "12x", NULL}), 4);
    assert_int_equal(look(0, (const char *[]){"muster-stack", "1", "2", NULL}), 4);
    assert_int_equal(look(0, (const char *[]){"muster-stack", "1", "--max-frames", "0", NULL}), 4);
    assert_int_equal(look(0, (const char *[]){"muster-stack", "1", "--wait", NULL}), 4);
}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 4;
    muster_stack = argv[1];
    subject_path = argv[2];
    object_path = argv[3];
    bare_object_path = argv[4];
    split_object_path = argv[5];
    subject_source = argv[6];
    object_source = argv[7];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crash_begins_where_it_struck),
        cmocka_unit_test(test_inlined_functions_are_shown),
        cmocka_unit_test(test_call_through_null_names_the_caller),
        cmocka_unit_test(test_call_through_garbage_names_the_caller),
        cmocka_unit_test(test_stack_overflow_is_cut_in_the_middle),
        cmocka_unit_test(test_abort_names_who_called_it),
        cmocka_unit_test(test_crash_in_an_opened_object),
        cmocka_unit_test(test_object_without_debug_information),
        cmocka_unit_test(test_debug_information_beside_the_object),
        cmocka_unit_test(test_no_http_client_is_loaded),
        cmocka_unit_test(test_crash_in_a_thread),
        cmocka_unit_test(test_deadlock_shows_both_threads),
        cmocka_unit_test(test_a_running_thread_goes_on),
        cmocka_unit_test(test_a_stopped_process_stays_stopped),
        cmocka_unit_test(test_variables_are_those_of_now),
        cmocka_unit_test(test_refusal_is_one_clear_line),
        cmocka_unit_test(test_wrong_command_lines),
    };
    return cmocka_run_group_tests_name("muster-stack", tests, NULL, NULL);
}
