/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger: a line for each promise, on disk when it is acknowledged, whatever it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "record/ledger.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct fixture {
    char path[32];
    int dir;
};
static struct fixture fixture;

static int set_up(void **state)
{
    strcpy(fixture.path, "/tmp/test-ledger-XXXXXX");
    assert_non_null(mkdtemp(fixture.path));
    fixture.dir = open(fixture.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(fixture.dir);
    return io_remove_tree(AT_FDCWD, fixture.path);
}

static const struct ledger_entry entry = {"acme.pay", 1, "/p/\"quoted\".so", "tenant.delete", "t1\n\x01\xff end"};

/* Line `n` of the file, from 0. */
static json_t *line(const struct fixture *f, int n)
{
    autobuf struct buf text = {0};
    assert_int_equal(io_read_file(f->dir, LEDGER_NAME, SIZE_MAX, &text), 0);
    const char *p = buf_str(&text);
    for (; n > 0; n--)
        p = strchr(p, '\n') + 1;
    const char *end = strchr(p, '\n');
    assert_non_null(end);
    json_t *value = json_loadb(p, (size_t)(end - p), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(value);
    return value;
}

static const char *text_of(const json_t *value, const char *key)
{
    return json_string_value(json_object_get(value, key));
}

static void nothing_makes_no_file(void **state)
{
    const struct fixture *f = *state;
    struct ledger l = LEDGER_INIT(f->dir);
    ledger_close(&l);
    assert_int_equal(faccessat(f->dir, LEDGER_NAME, F_OK, 0), -1);
}

static void promises_are_written_before_they_are_acknowledged(void **state)
{
    const struct fixture *f = *state;
    struct ledger l = LEDGER_INIT(f->dir);
    uint64_t id;
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    assert_int_equal(id, 1);
    json_t *first = line(f, 0); /* while the ledger is open: nothing waits in a buffer */
    assert_string_equal(text_of(first, "op"), "defer");
    assert_string_equal(text_of(first, "case"), "acme.pay");
    assert_string_equal(text_of(first, "plugin"), "/p/\"quoted\".so");
    assert_string_equal(text_of(first, "payload"), "t1\n\x01\xef\xbf\xbd end");
    assert_int_equal(json_integer_value(json_object_get(first, "attempt")), 1);
    json_decref(first);
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    assert_int_equal(id, 2);
    assert_int_equal(ledger_settle(&l, 2, "", NULL), 0);
    assert_int_equal(ledger_settle(&l, 1, "no route", NULL), 0);
    ledger_close(&l);
    json_t *done = line(f, 2), *failed = line(f, 3);
    assert_string_equal(text_of(done, "op"), "done");
    assert_int_equal(json_integer_value(json_object_get(done, "id")), 2);
    assert_null(json_object_get(done, "error"));
    assert_string_equal(text_of(failed, "op"), "failed");
    assert_string_equal(text_of(failed, "error"), "no route");
    json_decref(done);
    json_decref(failed);
    struct stat st;
    assert_int_equal(fstatat(f->dir, LEDGER_NAME, &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void what_cannot_be_written_is_not_acknowledged(void **state)
{
    const struct fixture *f = *state;
    pid_t pid = fork();
    if (pid == 0) { /* a file limit stands for the full disk */
        struct ledger l = LEDGER_INIT(f->dir);
        uint64_t id = 42;
        struct err err = {0};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, 0});
        int r = ledger_defer(&l, &entry, &id, &err);
        bool named = err.text && strstr(err.text, LEDGER_NAME);
        _exit(r == -EFBIG && id == 42 && l.last_id == 0 && named ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_link_in_its_place_is_not_followed(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(symlinkat("target", f->dir, LEDGER_NAME), 0);
    struct ledger l = LEDGER_INIT(f->dir);
    uint64_t id;
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), -ELOOP);
    assert_int_equal(faccessat(f->dir, "target", F_OK, 0), -1);
    ledger_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_makes_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(promises_are_written_before_they_are_acknowledged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_is_not_acknowledged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_in_its_place_is_not_followed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
