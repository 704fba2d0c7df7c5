/* SPDX-License-Identifier: Apache-2.0 */
/* Starting subjects, and muster-stack. */
#include "looking.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

const char *muster_stack, *subject_path;
char output[65536];

int read_tid(struct subject *subject)
{
    char line[32];
    assert_non_null(fgets(line, sizeof line, subject->out));
    return atoi(line);
}

struct subject subject_start(const char *way, const char *object)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct subject subject = {.pid = fork()};
    assert_true(subject.pid >= 0);
    if (subject.pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        setenv("SUBJECT_SECRET", "hunter2", 1);
        setenv("SUBJECT_TAKEN_AWAY", "hunter2", 1);
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a failed assertion leaves it behind */
        execl(subject_path, "subject", way, object, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    subject.out = fdopen(ends[0], "r");
    subject.tid = read_tid(&subject);
    return subject;
}

void subject_end(struct subject *subject)
{
    kill(subject->pid, SIGKILL);
    waitpid(subject->pid, NULL, 0);
    fclose(subject->out);
}

int look(uid_t as, const char *const *args)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    int program = open(muster_stack, O_PATH); /* whoever `as` is, the way to it may be closed to him */
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        if (as && setresuid(as, as, as) != 0)
            _exit(126);
        fexecve(program, (char *const *)args, environ);
        _exit(127);
    }
    close(program);
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got; (got = read(ends[0], output + n, sizeof output - 1 - n)) > 0;)
        n += (size_t)got;
    output[n] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

void look_at(const struct subject *subject)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)subject->pid);
    assert_int_equal(look(0, (const char *[]){"muster-stack", pid, NULL}), 0);
}
