/* SPDX-License-Identifier: Apache-2.0 */
/* What is believed of the process that reads tables. A child plays it. */
#include "testing.h"

#include "base/cleanup.h"
#include "base/mem.h"
#include "ipc/sock.h"
#include "tables/fetch.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* A helper that answers each question with these bytes. */
static struct table_helper helper_that_says(const struct message *m)
{
    int pair[2];
    assert_int_equal(sock_pair(pair), 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        autobuf struct buf packet = {0};
        close_fd(pair[0]);
        while (sock_receive(pair[1], 0, &packet, NULL) > 0)
            sock_send_message(pair[1], m, NULL, 0);
        _exit(0);
    }
    close_fd(pair[1]);
    return (struct table_helper){.pid = pid, .sock = pair[0], .signals = -1};
}

static int fetch(struct table_helper *h, struct err *err)
{
    static const struct param_info items[] = {{TYPE_STR, "plan", "free", ""}};
    const struct param_list params = {items, 1};
    struct arena arena = {0};
    struct table_info table;
    int r = table_fetch(h, "plans.csv", &params, &arena, &table, err);
    arena_free(&arena);
    return r;
}

static void one_that_makes_no_sense_is_ended(void **state)
{
    (void)state;
    static const char *unknown[] = {"sideboard"}, *none[] = {"plan"};
    const struct message lies[] = {
        {.type = MSG_GO},
        {.type = MSG_ROWS, .rows = {.last = true, .columns = {unknown, 1}}},
        {.type = MSG_ROWS, .rows = {.last = true, .columns = {none, 1}}}, /* no rows */
    };
    for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
        autoerr struct err err = {0};
        struct table_helper h = helper_that_says(&lies[i]);
        assert_int_equal(fetch(&h, &err), -EPROTO);
        assert_int_equal(h.pid, 0);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* reaped, too */
        assert_int_equal(errno, ECHILD);
    }
}

static void one_that_is_gone_is_forgotten(void **state)
{
    (void)state;
    autoerr struct err err = {0};
    const struct message nothing = {.type = MSG_GO};
    struct table_helper h = helper_that_says(&nothing);
    siginfo_t info;
    kill(h.pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)h.pid, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(fetch(&h, &err), -EPIPE);
    assert_int_equal(h.pid, 0);
}

static void one_that_refuses_a_file_is_asked_again(void **state)
{
    (void)state;
    const struct message no = {.type = MSG_REFUSED, .refused = {.text = "plans.csv:1: no"}};
    struct table_helper h = helper_that_says(&no);
    for (int i = 0; i < 2; i++) {
        autoerr struct err err = {0};
        pid_t before = h.pid;
        assert_int_equal(fetch(&h, &err), -EINVAL);
        assert_string_equal(err_text(&err), "plans.csv:1: no");
        assert_int_equal(h.pid, before);
    }
    table_helper_end(&h);
    assert_int_equal(h.pid, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_makes_no_sense_is_ended),
        cmocka_unit_test(one_that_is_gone_is_forgotten),
        cmocka_unit_test(one_that_refuses_a_file_is_asked_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
