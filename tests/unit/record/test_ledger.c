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

#include <errno.h>
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

static void a_relative_path_is_written_in_full(void **state)
{
    const struct fixture *f = *state;
    struct ledger l = LEDGER_INIT(f->dir);
    struct ledger_entry relative = entry;
    relative.plugin_path = "plugins/pay.so";
    uint64_t id;
    for (int i = 0; i < 2; i++)
        assert_int_equal(ledger_defer(&l, &relative, &id, NULL), 0);
    autofree char *cwd = get_current_dir_name();
    autofree char *full = xasprintf("%s/plugins/pay.so", cwd);
    for (int i = 0; i < 2; i++) {
        json_t *value = line(f, i);
        assert_string_equal(text_of(value, "plugin"), full);
        json_decref(value);
    }
    ledger_close(&l);
}

static void half_a_line_is_taken_back(void **state)
{
    const struct fixture *f = *state;
    pid_t pid = fork();
    if (pid == 0) {
        struct ledger l = LEDGER_INIT(f->dir);
        uint64_t id;
        signal(SIGXFSZ, SIG_IGN);
        if (ledger_defer(&l, &entry, &id, NULL) < 0)
            _exit(2);
        struct rlimit limit = {(rlim_t)l.size + 20, (rlim_t)l.size + 1000};
        setrlimit(RLIMIT_FSIZE, &limit);
        if (ledger_defer(&l, &entry, &id, NULL) != -EFBIG)
            _exit(3);
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(ledger_defer(&l, &entry, &id, NULL) == 0 && id == 2 && l.outstanding == 2 ? 0 : 4);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    struct ledger_read r;
    assert_int_equal(ledger_read(f->dir, &r, NULL), 0);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.n_damages, 0);
    ledger_read_free(&r);
}

/* ---- reading ---- */

static void write_ledger(const struct fixture *f, const char *text)
{
    assert_int_equal(io_write_file(f->dir, LEDGER_NAME, text, strlen(text)), 0);
}

#define DEFER(id_)                                                                                                     \
    "{\"v\":1,\"op\":\"defer\",\"id\":" #id_ ",\"case\":\"c\",\"attempt\":1,\"plugin\":\"/p.so\",\"cleanup\":\"x\","   \
    "\"payload\":\"p" #id_ "\"}\n"
#define DONE(id_)   "{\"v\":1,\"op\":\"done\",\"id\":" #id_ "}\n"
#define FAILED(id_) "{\"v\":1,\"op\":\"failed\",\"id\":" #id_ ",\"error\":\"no route\"}\n"

static void what_was_written_is_read(void **state)
{
    const struct fixture *f = *state;
    struct ledger_read r;
    assert_int_equal(ledger_read(f->dir, &r, NULL), 0); /* no file: nothing was deferred */
    assert_int_equal(r.n, 0);
    ledger_read_free(&r);
    struct ledger l = LEDGER_INIT(f->dir);
    uint64_t id;
    for (int i = 0; i < 3; i++)
        assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    assert_int_equal(ledger_settle(&l, 3, "no route", NULL), 0);
    assert_int_equal(ledger_settle(&l, 2, "no route", NULL), 0);
    assert_int_equal(ledger_settle(&l, 2, "", NULL), 0);
    assert_int_equal(l.outstanding, 2);
    ledger_close(&l);
    assert_int_equal(ledger_read(f->dir, &r, NULL), 0);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.n_outstanding, 2);
    assert_int_equal(r.n_damages + (size_t)r.cut, 0);
    assert_string_equal(r.items[0].entry.case_id, entry.case_id);
    assert_string_equal(r.items[0].entry.plugin_path, entry.plugin_path);
    assert_string_equal(r.items[0].entry.cleanup, entry.cleanup);
    assert_int_equal(r.items[0].entry.attempt, entry.attempt);
    assert_string_equal(r.items[0].error, "");
    assert_true(r.items[1].done);
    assert_string_equal(r.items[1].error, "");
    assert_false(r.items[2].done);
    assert_string_equal(r.items[2].error, "no route");
    ledger_read_free(&r);
}

static void a_cut_last_line_costs_nothing_else(void **state)
{
    const struct fixture *f = *state;
    static const char whole[] = DEFER(1) DEFER(2), cut[] = "{\"v\":1,\"op\":\"done\",\"id\":1";
    autofree char *text = xasprintf("%s%s", whole, cut);
    write_ledger(f, text);
    struct ledger_read r;
    assert_int_equal(ledger_read(f->dir, &r, NULL), 0);
    assert_int_equal(r.n_outstanding, 2);
    assert_int_equal(r.n_damages, 0);
    assert_int_equal(r.lines, 2);
    assert_int_equal(r.whole, strlen(whole));
    assert_int_equal(r.cut, strlen(cut));
    assert_int_equal(ledger_drop_cut(f->dir, &r, NULL), 0);
    ledger_read_free(&r);
    struct ledger l = LEDGER_INIT(f->dir);
    assert_int_equal(ledger_settle(&l, 2, "", NULL), 0);
    ledger_close(&l);
    assert_int_equal(ledger_read(f->dir, &r, NULL), 0);
    assert_int_equal(r.n_outstanding, 1);
    assert_int_equal(r.n_damages + (size_t)r.cut, 0);
    ledger_read_free(&r);
}

static void bad_lines_are_named_and_the_others_count(void **state)
{
    const struct fixture *f = *state;
    static const struct {
        const char *text, *what;
    } bad[] = {
        {"rubbish\n", "this is no JSON"},
        {"\n", "this is no JSON"},
        {"[]\n", "this is no line of a ledger"},
        {"{\"v\":1,\"op\":\"done\"}\n", "this is no line of a ledger"},
        {"{\"v\":1,\"op\":\"done\",\"id\":-1}\n", "this is no line of a ledger"},
        {"{\"v\":2,\"op\":\"done\",\"id\":1}\n", "version 2"},
        {"{\"v\":1,\"op\":\"lease\",\"id\":9}\n", "operation \"lease\""},
        {"{\"v\":1,\"op\":\"defer\",\"id\":9}\n", "entry 9 lacks a field"},
        {DEFER(1), "entry 1 comes after entry 1"},
        {DONE(7), "entry 7 is settled but was never made"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        autofree char *text = xasprintf("%s%s%s%s", DEFER(1), bad[i].text, DEFER(2), DONE(1));
        write_ledger(f, text);
        struct ledger_read r;
        assert_int_equal(ledger_read(f->dir, &r, NULL), 0);
        assert_int_equal(r.n, 2);
        assert_int_equal(r.n_outstanding, 1);
        assert_true(r.items[0].done);
        assert_false(r.items[1].done);
        assert_int_equal(r.n_damages, 1);
        assert_int_equal(r.damages[0].line, 2);
        assert_non_null(strstr(r.damages[0].what, bad[i].what));
        ledger_read_free(&r);
    }
}

static void done_is_final(void **state)
{
    const struct fixture *f = *state;
    write_ledger(f, DEFER(1) DONE(1) DONE(1) FAILED(1));
    struct ledger_read r;
    assert_int_equal(ledger_read(f->dir, &r, NULL), 0);
    assert_int_equal(r.n_outstanding, 0);
    assert_true(r.items[0].done);
    assert_string_equal(r.items[0].error, "");
    ledger_read_free(&r);
}

/* The C library's calls, counted: see CMakeLists.txt. */
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __real_fsync(int fd);
int __real_fdatasync(int fd);

static int n_fsync, n_fdatasync, failing_sync;

int __wrap_fsync(int fd)
{
    n_fsync++;
    return __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
    n_fdatasync++;
    if (failing_sync) {
        errno = failing_sync;
        return -1;
    }
    return __real_fdatasync(fd);
}

static struct ledger open_as(const struct fixture *f, const char *word)
{
    enum durability mode = DURABILITY_PROCESS;
    assert_int_equal(durability_parse(word, &mode), 0);
    struct ledger l = LEDGER_INIT(f->dir);
    l.sync = durability_sync_of(mode);
    n_fsync = n_fdatasync = failing_sync = 0;
    return l;
}

static void nothing_is_synced_unless_asked_for(void **state)
{
    struct ledger l = open_as(*state, "process");
    uint64_t id;
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    assert_int_equal(ledger_settle(&l, id, "", NULL), 0);
    assert_int_equal(n_fsync + n_fdatasync, 0);
    ledger_close(&l);
    enum durability mode;
    assert_int_equal(durability_parse("paper", &mode), -EINVAL);
}

static void a_line_is_on_the_disk_before_it_is_acknowledged(void **state)
{
    struct ledger l = open_as(*state, "disk");
    uint64_t id;
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    assert_int_equal(n_fdatasync, 1);
    int folders = n_fsync;
    assert_true(folders >= 3); /* the run's folder, /tmp, the root */
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    assert_int_equal(n_fdatasync, 2);
    assert_int_equal(ledger_settle(&l, 1, "", NULL), 0);
    assert_int_equal(ledger_settle(&l, 2, "it failed", NULL), 0);
    assert_int_equal(n_fdatasync, 2); /* a cleanup that is run twice is the lesser evil */
    assert_int_equal(n_fsync, folders);
    ledger_close(&l);
}

static void what_does_not_reach_the_disk_is_taken_back(void **state)
{
    const struct fixture *f = *state;
    struct ledger l = open_as(f, "disk");
    autoerr struct err err = {0};
    uint64_t id = 77;
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    failing_sync = EIO;
    assert_int_equal(ledger_defer(&l, &entry, &id, &err), -EIO);
    assert_non_null(strstr(err_text(&err), "ledger.jsonl"));
    assert_int_equal(id, 1);
    assert_int_equal(l.outstanding, 1);
    failing_sync = 0;
    assert_int_equal(ledger_defer(&l, &entry, &id, NULL), 0);
    ledger_close(&l);
    struct ledger_read read;
    assert_int_equal(ledger_read(f->dir, &read, NULL), 0);
    assert_int_equal(read.n, 2);
    assert_int_equal(read.n_damages, 0);
    assert_int_equal(read.cut, 0);
    ledger_read_free(&read);
}

/* Opening a FIFO for writing waits for a reader, who may never come; what is written into one is lost. */
static void a_fifo_in_its_place_is_refused_at_once(void **state)
{
    const struct fixture *f = *state;
    for (int with_reader = 0; with_reader < 2; with_reader++) {
        assert_int_equal(mkfifoat(f->dir, LEDGER_NAME, 0600), 0);
        autoclose int reader = with_reader ? openat(f->dir, LEDGER_NAME, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
        assert_int_equal(reader >= 0, with_reader);
        struct ledger l = LEDGER_INIT(f->dir);
        uint64_t id;
        assert_int_equal(ledger_defer(&l, &entry, &id, NULL), with_reader ? -EINVAL : -ENXIO);
        ledger_close(&l);
        assert_int_equal(unlinkat(f->dir, LEDGER_NAME, 0), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_makes_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(promises_are_written_before_they_are_acknowledged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_is_not_acknowledged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_in_its_place_is_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_relative_path_is_written_in_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(half_a_line_is_taken_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_written_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_last_line_costs_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_lines_are_named_and_the_others_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(done_is_final, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_synced_unless_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_is_on_the_disk_before_it_is_acknowledged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_reach_the_disk_is_taken_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fifo_in_its_place_is_refused_at_once, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
